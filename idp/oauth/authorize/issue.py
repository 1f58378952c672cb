"""The answer yes: a grant, and the code that opens it (RFC 6749 §4.1.2)."""

from dataclasses import dataclass

from idp.core.grant import AuthorizationCode, Grant
from idp.core.ids import GrantId
from idp.oauth.authorize import assurance
from idp.oauth.authorize.needs import Situation
from idp.oauth.codes import digest_of_code
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """256 random bits, of which the database holds a digest; bound to client, redirect URI, challenge and session."""

    entropy: Entropy
    digester: Digester
    rules: OAuthRules

    def __call__(self, work: UnitOfWork, situation: Situation) -> str:
        """The code. Raises ValueError where nobody is signed in: `first_need` sees to that."""
        grant = self._grant(situation)
        code = self.entropy.token()
        work.oauth.grants.open(grant)
        work.oauth.codes.add(self._kept(code, grant, situation))
        return code

    def _grant(self, situation: Situation) -> Grant:
        request, session, subject = situation.request, situation.session, situation.subject
        if session is None or subject is None:
            raise ValueError("nobody is signed in")
        now = situation.now
        life = situation.client.terms.access_life or self.rules.access_life
        return Grant(
            id=GrantId(self.entropy.id()),
            client_id=situation.client.id,
            account_id=session.account_id,
            subject=subject,
            session_id=session.id,
            scope=request.scope,
            resources=request.resources,
            claims=request.claims,
            nonce=request.nonce,
            acr=assurance.told(request, session.methods),
            methods=session.methods,
            authenticated_at=session.authenticated_at,
            created_at=now,
            expires_at=now + self.rules.code_life + life,
        )

    def _kept(self, code: str, grant: Grant, situation: Situation) -> AuthorizationCode:
        request, now = situation.request, situation.now
        return AuthorizationCode(
            digest=digest_of_code(self.digester, code),
            grant_id=grant.id,
            client_id=grant.client_id,
            redirect_uri=request.named_redirect_uri,
            code_challenge=request.code_challenge,
            dpop_jkt=request.dpop_jkt,
            issued_at=now,
            expires_at=now + self.rules.code_life,
        )
