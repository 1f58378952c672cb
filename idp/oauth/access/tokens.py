"""A token that somebody shows to ask about it, or to end it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.core.client import Client
from idp.core.errors import SessionExpired
from idp.core.grant import Grant, GrantToken
from idp.core.ids import GrantId
from idp.oauth.codes import REVOKED, digest_of_refresh, digest_of_token_id
from idp.ports.crypto import Digester, TokenVerifier
from idp.ports.oauth_storage import LiveGrant
from idp.ports.storage import UnitOfWork

LONGEST = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessToken:
    """`found` is None for a token that stands on no grant: a client's own (RFC 6749 §4.4)."""

    claims: Mapping[str, object]
    found: LiveGrant | None
    is_revoked: bool

    def is_active(self, now: datetime) -> bool:
        return not self.is_revoked and (self.found is None or self.found.is_live(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefreshToken:
    link: GrantToken
    found: LiveGrant

    def is_active(self, now: datetime) -> bool:
        return self.link.used_at is None and now < self.link.expires_at and self.found.is_live(now)


Shown = AccessToken | RefreshToken


@dataclass(frozen=True, slots=True, kw_only=True)
class LookUpTokens:
    """What a text is, if it is a token of ours. `token_type_hint` is not needed: the two look different."""

    verifier: TokenVerifier
    digester: Digester

    def __call__(self, work: UnitOfWork, token: str, now: datetime) -> Shown | None:
        """An access token of the OpenID Provider, live by its signature and times; or a refresh token, used or not."""
        if len(token) > LONGEST or not token.isascii():
            return None
        return self._access(work, token, now) if token.count(".") == 2 else self._refresh(work, token, now)

    def _access(self, work: UnitOfWork, token: str, now: datetime) -> AccessToken | None:
        try:
            claims = self.verifier.verify_issued(token, ACCESS_TOKEN_TYPE)
        except SessionExpired:
            return None
        if "scope" not in claims:
            return None  # a cookie contract's: nothing that OAuth's endpoints may speak of (row 77)
        digest = digest_of_token_id(self.digester, str(claims.get("jti")))
        is_revoked = work.oauth.replays.knows(REVOKED, digest, now)
        grant_id = claims.get("gid")
        if grant_id is None:
            return AccessToken(claims=claims, found=None, is_revoked=is_revoked)
        found = work.oauth.grants.live(cast(GrantId, grant_id), now)
        return AccessToken(claims=claims, found=found, is_revoked=is_revoked) if found else None

    def _refresh(self, work: UnitOfWork, token: str, now: datetime) -> RefreshToken | None:
        link = work.oauth.tokens.find(digest_of_refresh(self.digester, token))
        found = work.oauth.grants.live(link.grant_id, now) if link else None
        return RefreshToken(link=link, found=found) if link and found else None


def client_of(shown: Shown) -> str:
    """The client it was issued to."""
    return str(shown.claims["client_id"]) if isinstance(shown, AccessToken) else grant_of(shown).client_id


def grant_of(shown: RefreshToken) -> Grant:
    return shown.found.grant


def may_ask(client: Client, shown: Shown) -> bool:
    """The owner of a token, and the resource server that it is for, whose client id is its identifier."""
    if client_of(shown) == client.id:
        return True
    audience = shown.claims.get("aud") if isinstance(shown, AccessToken) else ()
    return client.id in ([audience] if isinstance(audience, str) else cast(list[str], audience))
