"""What hangs on a grant: the tokens that a code, a device or a refresh token buys from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.account import Account
from idp.core.client import Client, ResourceServer
from idp.core.events import Event, EventName, Outcome
from idp.core.grant import Grant, GrantToken
from idp.core.ids import GrantId
from idp.oauth.codes import digest_of_refresh
from idp.oauth.errors import InvalidGrant, InvalidScope
from idp.oauth.rules import OPENID, OAuthRules
from idp.oauth.token.grant import Issue, TokenRequest
from idp.oauth.token.targets import meant, narrowed
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork

REFRESH = "refresh_token"
OVER = "the grant is invalid, expired or used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Families:
    """`tells_more`: somebody besides the protocol has claims for ID tokens, so the account is read for each."""

    entropy: Entropy
    digester: Digester
    rules: OAuthRules
    tells_more: bool = False

    def live(self, work: UnitOfWork, grant_id: GrantId, now: datetime) -> Grant:
        """Grant, session and account read again, whatever was true when the code was issued (row 98)."""
        found = work.oauth.grants.live(grant_id, now)
        if found is None or not found.is_live(now):
            raise InvalidGrant(OVER)
        return found.grant

    def judge(
        self, work: UnitOfWork, asked: TokenRequest, grant: Grant, scope: tuple[str, ...], *, nonce: str | None = None
    ) -> Issue:
        """What is to be bought. Refuses before anything is claimed: a wrong `resource` burns no code and no token."""
        scope = self._still_allowed(asked.client, scope)
        audience = narrowed(asked.resources, grant.resources)
        known = self._servers(work) if audience else {}
        is_openid = OPENID in scope
        return Issue(
            client=asked.client,
            subject=grant.subject,
            scope=scope,
            audience=audience,
            token_scope=meant(scope, audience, known),
            confirmation=asked.confirmation,
            grant=grant,
            is_openid=is_openid,
            account=self._account(work, grant) if is_openid else None,
            nonce=nonce,
            actor=grant.actor,
        )

    def open(self, work: UnitOfWork, asked: TokenRequest, issue: Issue) -> Issue:
        """The family's first tokens, once what they are bought with is claimed: with a refresh token, if it may."""
        grant = issue.grant
        if grant is None:
            return issue
        if asked.client.is_public and asked.confirmation and not grant.confirmation:
            # nothing else tells a public client from who stole its refresh token (RFC 9449 §5, RFC 8705 §4)
            work.oauth.grants.bind(grant.id, asked.confirmation)
        if REFRESH not in asked.client.metadata.grant_types:
            return issue
        token, link = self.link(asked.client, grant, asked.now)
        work.oauth.tokens.add(link)
        self.prolong(work, grant, link)
        return replace(issue, refresh_token=token)

    def link(self, client: Client, grant: Grant, now: datetime) -> tuple[str, GrantToken]:
        """The one copy of a new refresh token, and what is kept of it.

        However often it is used, the family ends when the grant is as old as `refresh_longest` (ASVS 10.4.8).
        """
        token = self.entropy.token()
        life = client.terms.refresh_life or self.rules.refresh_life
        kept = GrantToken(
            digest=digest_of_refresh(self.digester, token),
            grant_id=grant.id,
            issued_at=now,
            expires_at=min(now + life, grant.created_at + self.rules.refresh_longest),
        )
        return token, kept

    def prolong(self, work: UnitOfWork, grant: Grant, link: GrantToken) -> None:
        if grant.expires_at < link.expires_at:
            work.oauth.grants.prolong(grant.id, link.expires_at)

    def revoke(self, work: UnitOfWork, asked: TokenRequest, grant_id: GrantId, name: EventName) -> None:
        """Ends all that was bought. Committed although the caller refuses: one of two users of it is a thief."""
        grant = work.oauth.grants.by_id(grant_id)
        if grant is not None and work.oauth.grants.revoke(grant_id, asked.now):
            event = Event(
                name=name,
                outcome=Outcome.FAILURE,
                account_id=grant.account_id,
                session_id=grant.session_id,
                detail={"client": grant.client_id},
            )
            work.record(event, source=asked.source, now=asked.now)

    def _account(self, work: UnitOfWork, grant: Grant) -> Account | None:
        """None where there is nothing to tell of it beyond what the grant holds."""
        return work.accounts.by_id(grant.account_id) if self.tells_more or grant.claims.get("id_token") else None

    def _still_allowed(self, client: Client, scope: tuple[str, ...]) -> tuple[str, ...]:
        """Without what the client may not ask for any more (row 97)."""
        registered = frozenset(client.metadata.scope)
        left = tuple(word for word in scope if not registered or word in registered)
        if scope and not left:
            raise InvalidScope("the client may not ask for any of the scopes any more")
        return left

    def _servers(self, work: UnitOfWork) -> Mapping[str, ResourceServer]:
        return {server.identifier: server for server in work.oauth.resources.all()}
