"""Is this token good? (RFC 7662, signed on demand by RFC 9701, and encrypted)"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from idp.core.client import Client
from idp.oauth.access.tokens import AccessToken, LookUpTokens, RefreshToken, Shown, grant_of, may_ask
from idp.oauth.errors import InvalidClient, InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.oauth.packing import packed
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock
from idp.ports.oauth import Signers
from idp.ports.storage import Store

INACTIVE: Mapping[str, object] = {"active": False}
TOKEN_TYPE = "token-introspection+jwt"
MEDIA_TYPE = f"application/{TOKEN_TYPE}"
TOLD = (
    "iss",
    "sub",
    "aud",
    "client_id",
    "scope",
    "jti",
    "iat",
    "exp",
    "auth_time",
    "acr",
    "cnf",
    "act",
    "roles",
    "groups",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Introspect:
    """For the client that a token was issued to, and for its resource server; to everybody else no token is active."""

    store: Store
    clock: Clock
    look_up: LookUpTokens
    clients: KnownClients
    signers: Signers
    rules: OAuthRules

    async def __call__(self, client: Client, token: str | None) -> Mapping[str, object]:
        """RFC 7662 §2.2. Raises InvalidClient for a public client: anybody could be it (§2.1, §4)."""
        if client.is_public:
            raise InvalidClient("introspection takes a client that can prove itself")
        if not token:
            raise InvalidRequest("token is missing")
        now = self.clock.now()
        shown = await self.store.read(lambda work: self.look_up(work, token, now))
        if shown is None or not may_ask(client, shown) or not shown.is_active(now):
            return INACTIVE
        return _told(shown)

    async def packed(self, client: Client, told: Mapping[str, object]) -> str:
        """Signed, and encrypted where the client registered that (RFC 9701 §5, §6). Raises InvalidRequest."""
        metadata = client.metadata
        algorithm = self.rules.signs_with(client, metadata.introspection_signed_response_alg)
        iat = _seconds(self.clock.now())
        claims = {"iss": self.rules.issuer, "aud": client.id, "iat": iat, "token_introspection": told}
        signed = self.signers(algorithm).sign(claims, TOKEN_TYPE)
        alg, enc = metadata.introspection_encrypted_response_alg, metadata.introspection_encrypted_response_enc
        return await packed(signed, client, self.clients, alg=alg, enc=enc)


def wants_a_token(client: Client, accept: str) -> bool:
    """Asked for by this request, or registered for all (RFC 9701 §4, §6): a registered answer is never in the clear."""
    metadata = client.metadata
    registered = metadata.introspection_signed_response_alg or metadata.introspection_encrypted_response_alg
    return bool(registered) or MEDIA_TYPE in accept


def _told(shown: Shown) -> Mapping[str, object]:
    match shown:
        case AccessToken(claims=claims):
            confirmation = claims.get("cnf")
            bound = isinstance(confirmation, Mapping) and "jkt" in confirmation
            told = {name: claims[name] for name in TOLD if name in claims}
            return {"active": True, "token_type": "DPoP" if bound else "Bearer", **told}
        case RefreshToken(link=link):
            grant = grant_of(shown)
            return {
                "active": True,
                "client_id": grant.client_id,
                "sub": grant.subject,
                "scope": " ".join(grant.scope),
                "iat": _seconds(link.issued_at),
                "exp": _seconds(link.expires_at),
            }


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
