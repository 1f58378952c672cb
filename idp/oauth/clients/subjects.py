"""The `sub` that a client sees (OIDC Core §8)."""

import base64
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.core.client import Client
from idp.core.ids import AccountId
from idp.ports.crypto import Digester


@dataclass(frozen=True, slots=True, kw_only=True)
class Subjects:
    """Pairwise subjects are a keyed digest: without the key nobody tells that two are one person's (§8.1)."""

    digester: Digester

    def of(self, client: Client, account_id: AccountId) -> str:
        if client.metadata.subject_type != "pairwise":
            return account_id
        digest = self.digester.digest("pairwise-subject", sector_of(client), account_id)
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def sector_of(client: Client) -> str:
    """The host that its sector shares, of sector_identifier_uri or else of its redirect URIs, which then have one.

    A client without a host that anybody vouches for is a sector by itself.
    """
    metadata = client.metadata
    named = metadata.sector_identifier_uri or next(iter(metadata.redirect_uris), "")
    return vouched_host(named) or client.id


def vouched_host(uri: str) -> str | None:
    """The host to which codes go, and nowhere else. None for what any app on a device can have: a scheme of its own,
    whatever name stands behind it, and loopback.
    """
    parts = urlsplit(uri)
    return parts.hostname if parts.scheme == "https" else None
