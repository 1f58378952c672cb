"""Client secrets: made once, shown once, kept as a digest."""

import hmac
from dataclasses import dataclass
from datetime import datetime

from idp.core.client import Client, ClientMetadata, ClientSecret
from idp.core.ids import ClientId
from idp.oauth.clients.vocabulary import SECRET_METHODS
from idp.ports.ambient import Entropy
from idp.ports.crypto import Sealer

SHORTEST = 16


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
            sealed = self.sealer.seal(secret.encode(), ClientSecret.context_of(client_id))
        return ClientSecret(digest=ClientSecret.digest_of(secret), sealed=sealed, expires_at=expires_at)


def knows_secret(client: Client, secret: str, now: datetime) -> bool:
    """Whether `secret` is one of the client's. Every one is compared, each in constant time."""
    digest = ClientSecret.digest_of(secret)
    matches = [hmac.compare_digest(kept.digest, digest) and kept.is_live(now) for kept in client.secrets]
    return any(matches)
