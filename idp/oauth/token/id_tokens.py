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
from idp.oauth.locales import spoken
from idp.oauth.neighbours import ClaimsOf, KnownClients
from idp.oauth.packing import packed
from idp.oauth.rules import OPENID, OAuthRules
from idp.oauth.session_ids import SessionIds
from idp.ports.oauth import Signers

ID_TOKEN_TYPE = "JWT"
HASHES = {"EdDSA": hashlib.sha512}


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
        algorithm = self.rules.signs_with(order.client, order.client.metadata.id_token_signed_response_alg)
        # what the protocol says is laid over what anybody else has to tell
        signed = self.signers(algorithm).sign({**told, **self._claims(order, algorithm, now)}, ID_TOKEN_TYPE)
        return await self._packed(signed, order.client)

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
        told = await self.claims.of(order.account, (OPENID,), requested, order.client)
        return spoken(told, order.grant.claims)

    async def _packed(self, signed: str, client: Client) -> str:
        alg, enc = client.metadata.id_token_encrypted_response_alg, client.metadata.id_token_encrypted_response_enc
        return await packed(signed, client, self.clients, alg=alg, enc=enc)


def half_hash(text: str, algorithm: str) -> str:
    """`at_hash`, `c_hash`, `s_hash`: the left half of the digest that the signature uses (§3.1.3.6).

    Ed25519 signs over SHA-512.
    """
    digest = HASHES.get(algorithm, hashlib.sha256)(text.encode()).digest()
    return base64.urlsafe_b64encode(digest[: len(digest) // 2]).rstrip(b"=").decode()
