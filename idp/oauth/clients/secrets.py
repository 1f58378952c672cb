"""Client secrets: made once, shown once, kept as a digest."""

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from idp.core.client import Client, ClientMetadata, ClientSecret
from idp.core.ids import ClientId
from idp.core.secret import Digest
from idp.oauth.clients.vocabulary import SECRET_METHODS
from idp.ports.ambient import Entropy
from idp.ports.crypto import Sealer

SHORTEST = 16
LONGEST = 256


def secret_digest(secret: str) -> Digest:
    """SHA-256: 256 random bits need no slow hash (performance, advice 6)."""
    return Digest(sha256(secret.encode("utf-8", "surrogatepass")).digest())


def seal_context(client_id: ClientId) -> str:
    return f"client-secret:{client_id}"


def needs_secret(metadata: ClientMetadata) -> bool:
    return metadata.token_endpoint_auth_method in SECRET_METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecrets:
    entropy: Entropy
    sealer: Sealer

    def make(self) -> str:
        """256 random bits."""
        return self.entropy.token()

    def keep(
        self, client_id: ClientId, metadata: ClientMetadata, secret: str, *, expires_at: datetime | None = None
    ) -> ClientSecret:
        """Sealed as well for client_secret_jwt alone: an HMAC can be checked in no other way."""
        sealed = None
        if metadata.token_endpoint_auth_method == "client_secret_jwt":
            sealed = self.sealer.seal(secret.encode(), seal_context(client_id))
        return ClientSecret(digest=secret_digest(secret), sealed=sealed, expires_at=expires_at)

    def opened(self, client: Client, now: datetime) -> Iterator[str]:
        """The live secrets themselves, for client_secret_jwt. Raises SealBroken."""
        for kept in client.secrets:
            if kept.sealed is not None and _is_live(kept, now):
                yield self.sealer.open(kept.sealed, seal_context(client.id)).decode()


def knows_secret(client: Client, secret: str, now: datetime) -> bool:
    """Whether `secret` is one of the client's. Every one is compared, each in constant time."""
    digest = secret_digest(secret)
    matches = [hmac.compare_digest(kept.digest, digest) and _is_live(kept, now) for kept in client.secrets]
    return any(matches)


def _is_live(secret: ClientSecret, now: datetime) -> bool:
    return secret.expires_at is None or now < secret.expires_at
