"""A JWT of the client's own as a grant (RFC 7523 §2.1, §3): a token about somebody who let it act while away.

Authlib's JWTBearerGrant reads the wall clock, remembers no `jti`, and takes the issuer's word for who the client is;
here the clock is a port, an assertion serves once, and the client has authenticated itself as well.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from idp.core.client import Client, Origin
from idp.core.ids import AccountId
from idp.oauth.algorithms import FAPI_SIGNING, SIGNING
from idp.oauth.errors import InvalidGrant, InvalidRequest, UnauthorizedClient
from idp.oauth.neighbours import KnownClients
from idp.oauth.referee.jose import KeyUnknown, TokenRefused, is_time, parse_jws, verify_parsed
from idp.oauth.rules import OFFLINE_ACCESS
from idp.oauth.token.assertions import LONGEST_ID, LONGEST_LIFE, SKEW
from idp.oauth.token.behalf import OnBehalf, allowed_scope, may_be_acted_for
from idp.oauth.token.grant import Decision, Issue, TokenRequest, TokenRule
from idp.oauth.token.once import Once
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork

JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
REFUSED = "the assertion is invalid, expired or used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asserted:
    """What an assertion that holds says. Its `jti` is yet to be claimed."""

    account_id: AccountId
    once: Once


@dataclass(frozen=True, kw_only=True)
class RedeemAssertion(TokenRule):
    """For whom a client may act: those whose consent to it holds `offline_access`, within what they consented to; and
    everybody, for a client of the operator's that skips consent. `sub` is the account's id: a pairwise client has none.
    """

    grant_type = JWT_BEARER
    parameters = frozenset({"assertion", "scope"})

    clients: KnownClients
    digester: Digester
    behalf: OnBehalf

    async def prepare(self, asked: TokenRequest) -> Decision | Issue:
        if asked.client.is_public or asked.client.metadata.subject_type != "public":
            raise UnauthorizedClient("this client cannot act for people")
        sent = asked.parameters.get("assertion")
        if sent is None:
            raise InvalidRequest("assertion is missing")
        claims = await self._verified(sent, asked.client)
        return partial(self._decide, asked, self._judged(claims, asked.client, asked.now))

    def _decide(self, asked: TokenRequest, asserted: Asserted, work: UnitOfWork) -> Issue:
        account = may_be_acted_for(work, asserted.account_id)
        scope = self._scope(work, asked, account.id)
        return self.behalf.issue(work, asked, account, scope, once=asserted.once)

    def _scope(self, work: UnitOfWork, asked: TokenRequest, account_id: AccountId) -> tuple[str, ...]:
        client = asked.client
        if client.terms.skip_consent and client.origin in (Origin.CONFIG, Origin.OPERATOR):
            return allowed_scope(client, asked.scope or client.metadata.scope, asked.scope or client.metadata.scope)
        consent = work.oauth.consents.get(account_id, client.id)
        if consent is None or OFFLINE_ACCESS not in consent.scope:
            raise InvalidGrant(REFUSED)
        return allowed_scope(client, asked.scope or consent.scope, consent.scope)

    async def _verified(self, sent: str, client: Client) -> Mapping[str, object]:
        algorithms = FAPI_SIGNING if self.behalf.families.rules.is_fapi2(client) else SIGNING
        try:
            parsed = parse_jws(sent)
            try:
                verify_parsed(parsed, await self.clients.keys(client), algorithms)
            except KeyUnknown:
                verify_parsed(parsed, await self.clients.keys(client, fresh=True), algorithms)
        except TokenRefused:
            raise InvalidGrant(REFUSED) from None
        return parsed.claims

    def _judged(self, claims: Mapping[str, object], client: Client, now: datetime) -> Asserted:
        issuer = self.behalf.families.rules.issuer
        subject, token_id, audience, ends = (claims.get(name) for name in ("sub", "jti", "aud", "exp"))
        named = audience if isinstance(audience, list) else [audience]
        is_for_us = any(one in (issuer, f"{issuer}/oauth2/token") for one in named if isinstance(one, str))
        if claims.get("iss") != client.id or not is_for_us or not isinstance(subject, str):
            raise InvalidGrant(REFUSED)
        if not isinstance(token_id, str) or not 0 < len(token_id) <= LONGEST_ID:
            raise InvalidGrant(REFUSED)
        if not is_time(ends) or not _is_now(claims, ends, now):
            raise InvalidGrant(REFUSED)
        digest = self.digester.digest("jwt-bearer", client.id, token_id)
        expires_at = now + timedelta(seconds=ends - now.timestamp())
        return Asserted(
            account_id=AccountId(subject), once=Once(purpose="jwt_bearer", digest=digest, expires_at=expires_at)
        )


def _is_now(claims: Mapping[str, object], ends: float, now: datetime) -> bool:
    issued, begins = claims.get("iat", 0), claims.get("nbf", 0)
    ahead = now.timestamp() + SKEW.total_seconds()
    is_begun = is_time(issued) and is_time(begins) and issued <= ahead and begins <= ahead
    return is_begun and now.timestamp() < ends <= ahead + LONGEST_LIFE.total_seconds()
