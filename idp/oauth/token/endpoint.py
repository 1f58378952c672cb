"""POST /oauth2/token: one shape for all grants.

```
parse ─▶ client's keys, proofs, plugins (async) ─▶ ONE unit of work: claim assertion and proof · judge · claim · persist
                                                                                                   │
                                       respond ◀─ sign (after the commit: what is signed needs no row) ◀─┘
```

Signing waits for the commit so that no RSA key works while the one writer of the database is held.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from idp.oauth.errors import InvalidRequest, UnauthorizedClient, UnsupportedGrantType
from idp.oauth.request import OAuthRequest
from idp.oauth.rules import OAuthRules
from idp.oauth.token.access_tokens import AccessTokens
from idp.oauth.token.authorizations import Authorizations
from idp.oauth.token.binding import JKT, confirmation
from idp.oauth.token.client_auth import AuthenticatedClient, ClientAuthentication
from idp.oauth.token.dpop import DpopProofs, Proof
from idp.oauth.token.grant import Decision, Inquiry, Issue, TokenRequest, TokenRule
from idp.oauth.token.id_tokens import IdTokenOrder, IdTokens
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenEndpoint:
    """Raises an OAuthRefusal. `grants` by `grant_type`."""

    store: Store
    clock: Clock
    authenticate: ClientAuthentication
    proofs: DpopProofs
    grants: Mapping[str, TokenRule]
    access_tokens: AccessTokens
    id_tokens: IdTokens
    authorizations: Authorizations
    rules: OAuthRules

    async def __call__(self, request: OAuthRequest) -> Mapping[str, object]:
        """The answer's members (RFC 6749 §5.1)."""
        grant_type = request.form.get("grant_type")
        if grant_type is None:
            raise InvalidRequest("grant_type is missing")
        known = await self.authenticate.examine(request)
        rule = self._rule(grant_type, known)
        proof = self.proofs.examine(request, access_token=None)
        asked = self._asked(request, rule, known, proof)
        decision = await rule.prepare(asked)
        issue = await self._decide(decision, known, proof, asked.now)
        if self.authorizations.are_wanted(issue):
            issue = replace(issue, told=await self.authorizations.of(issue))
        return await self._minted(issue, asked.now)

    def _rule(self, grant_type: str, known: AuthenticatedClient) -> TokenRule:
        rule = self.grants.get(grant_type)
        if rule is None:
            raise UnsupportedGrantType("this grant type is not supported")
        if grant_type not in known.client.metadata.grant_types:
            raise UnauthorizedClient("the client did not register this grant type")
        return rule

    def _asked(
        self, request: OAuthRequest, rule: TokenRule, known: AuthenticatedClient, proof: Proof | None
    ) -> TokenRequest:
        jkt = proof.jkt if proof is not None else None
        return TokenRequest(
            known=known,
            parameters={name: value for name, value in request.form.items() if name in rule.parameters},
            resources=request.resources,
            jkt=jkt,
            confirmation=confirmation(known, jkt, self.rules),
            source=request.source,
            now=self.clock.now(),
        )

    async def _decide(
        self, decision: Decision | Issue, known: AuthenticatedClient, proof: Proof | None, now: datetime
    ) -> Issue:
        if known.assertion is None and proof is None:
            if isinstance(decision, Issue):
                return decision
            if isinstance(decision, Inquiry):
                return await self.store.read(decision)

        def decide(work: UnitOfWork) -> Issue:
            known.claim(work, now)
            if proof is not None:
                proof.claim(work, now)
            return decision if isinstance(decision, Issue) else decision(work)

        return await self.store.transact(decide)

    async def _minted(self, issue: Issue, now: datetime) -> Mapping[str, object]:
        access = self.access_tokens.mint(issue, now)
        answer: dict[str, object] = {
            "access_token": access.value,
            "token_type": "DPoP" if issue.confirmation and JKT in issue.confirmation else "Bearer",
            "expires_in": access.expires_in,
        }
        if issue.scope_told:
            answer["scope"] = " ".join(issue.scope_told)
        if issue.refresh_token is not None:
            answer["refresh_token"] = issue.refresh_token
        if issue.issued_token_type is not None:
            answer["issued_token_type"] = issue.issued_token_type
        if issue.is_openid and issue.grant is not None:
            order = IdTokenOrder(
                client=issue.client,
                grant=issue.grant,
                account=issue.account,
                nonce=issue.nonce,
                access_token=access.value,
            )
            answer["id_token"] = await self.id_tokens.mint(order, now)
        return answer
