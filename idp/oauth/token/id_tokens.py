"""ID tokens (OIDC Core §2, §3.1.3.6)."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from idp.core.account import Account
from idp.core.claims import LONGEST_TOKEN_LIFE
from idp.core.client import Client
from idp.core.grant import Grant
from idp.oauth.algorithms import DEFAULT_CONTENT_ENCRYPTION, FAPI_SIGNING
from idp.oauth.errors import InvalidRequest
from idp.oauth.neighbours import ClaimsOf, KnownClients
from idp.oauth.referee.jose import TokenRefused
from idp.oauth.referee.jwe import encrypt
from idp.oauth.rules import OPENID, OAuthRules
from idp.oauth.session_ids import SessionIds
from idp.ports.oauth import Signers

ID_TOKEN_TYPE = "JWT"
HASHES = {"EdDSA": hashlib.sha512}
FAPI_DEFAULT = "PS256"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokenOrder:
    """Who is told what about whom. `nonce` is the authorization request's; a refreshed token has none (§12.2).

    `account` is None where nobody asked for claims of it.
    """

    client: Client
    grant: Grant
    account: Account | None = None
    nonce: str | None = None
    access_token: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdTokens:
    clients: KnownClients
    claims: ClaimsOf
    signers: Signers
    rules: OAuthRules
    session_ids: SessionIds

    async def mint(self, order: IdTokenOrder, now: datetime) -> str:
        """Signed, and encrypted where the client registered that. Raises InvalidRequest when it gave no key for it."""
        told = await self._told(order)
        algorithm = self._algorithm(order.client)
        # what the protocol says is laid over what anybody else has to tell
        signed = self.signers(algorithm).sign({**told, **self._claims(order, algorithm, now)}, ID_TOKEN_TYPE)
        return await self._encrypted(signed, order.client)

    def _claims(self, order: IdTokenOrder, algorithm: str, now: datetime) -> Mapping[str, object]:
        client, grant = order.client, order.grant
        life = min(client.terms.id_token_life or self.rules.id_token_life, LONGEST_TOKEN_LIFE)
        claims: dict[str, object] = {
            "iss": self.rules.issuer,
            "sub": grant.subject,
            "aud": client.id,
            "azp": client.id,
            "iat": int(now.timestamp()),
            "exp": int((now + life).timestamp()),
            "auth_time": int(grant.authenticated_at.timestamp()),
        }
        optional = {
            "nonce": order.nonce,
            "acr": grant.acr,
            "amr": list(grant.methods) or None,
            "sid": self.session_ids.of(client.id, grant.session_id) if grant.session_id is not None else None,
            "at_hash": half_hash(order.access_token, algorithm) if order.access_token else None,
        }
        return claims | {name: value for name, value in optional.items() if value is not None}

    async def _told(self, order: IdTokenOrder) -> Mapping[str, object]:
        """The claims asked for in the ID token; those of the scope are told at userinfo (§5.4)."""
        if order.account is None:
            return {}
        asked = order.grant.claims.get("id_token")
        requested = asked if isinstance(asked, Mapping) else {}
        return await self.claims.of(order.account, (OPENID,), requested, order.client)

    def _algorithm(self, client: Client) -> str:
        algorithm = client.metadata.id_token_signed_response_alg
        return FAPI_DEFAULT if self.rules.is_fapi2(client) and algorithm not in FAPI_SIGNING else algorithm

    async def _encrypted(self, signed: str, client: Client) -> str:
        metadata = client.metadata
        if metadata.id_token_encrypted_response_alg is None:
            return signed
        enc = metadata.id_token_encrypted_response_enc or DEFAULT_CONTENT_ENCRYPTION
        try:
            return encrypt(signed, await self.clients.keys(client), metadata.id_token_encrypted_response_alg, enc)
        except TokenRefused:
            raise InvalidRequest("the client has no key to encrypt its ID tokens for") from None


def half_hash(text: str, algorithm: str) -> str:
    """`at_hash`, `c_hash`, `s_hash`: the left half of the digest that the signature uses (§3.1.3.6).

    Ed25519 signs over SHA-512.
    """
    digest = HASHES.get(algorithm, hashlib.sha256)(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
