"""Client ID metadata documents: a client whose id is the https address of its own metadata.

draft-ietf-oauth-client-id-metadata-document, as MCP clients use it. Off unless the operator says otherwise: whoever
names an address makes us fetch it, through the guard, and so many only. Nothing is stored; the fetcher's cache keeps
what was fetched.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from idp.core.client import Client, ClientMetadata, Origin
from idp.core.ids import ClientId
from idp.core.session import Source
from idp.oauth.clients.addresses import check_only_https
from idp.oauth.clients.flaws import Misfit
from idp.oauth.clients.metadata import parse_metadata
from idp.oauth.clients.sectors import CheckSector
from idp.oauth.clients.strangers import strangers_terms
from idp.oauth.errors import OAuthRefusal
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock
from idp.ports.oauth import Fetcher, FetchRefused
from idp.ports.storage import Store
from idp.usecases.signin.guesses import Guesses, subscriber_of

ACCEPT = "application/json, application/cimd+json"
METHODS = frozenset({"none", "private_key_jwt"})
"""A secret cannot be agreed on with an address that everybody reads (draft §4.1)."""

FETCHED = "document"
"""The throttle's name for what is fetched because a stranger names it (row 102)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataDocuments:
    store: Store
    fetcher: Fetcher
    clock: Clock
    rules: OAuthRules
    guesses: Guesses
    check_sector: CheckSector

    async def find(self, client_id: str, source: Source | None = None) -> Client | None:
        """None for whatever is wrong with the address or the document: it is not a client.

        What has to be fetched for somebody is charged first. Raises TooManyRequests.
        """
        if not is_document_address(client_id):
            return None
        if source is not None and not self.fetcher.keeps(client_id, accept=ACCEPT):
            whose, now = subscriber_of(source.address), self.clock.now()
            await self.store.transact(lambda work: self.guesses.take_turn(work, FETCHED, whose, now))
        try:
            fetched = await self.fetcher.get(client_id, accept=ACCEPT)
            document = json.loads(fetched.body)
        except (FetchRefused, ValueError, RecursionError):
            return None
        if not isinstance(document, dict) or document.get("client_id") != client_id:
            return None
        metadata = await self._metadata(document)
        if metadata is None or metadata.token_endpoint_auth_method not in METHODS:
            return None
        now = self.clock.now()
        return Client(id=ClientId(client_id), metadata=metadata, origin=Origin.DOCUMENT, created_at=now, updated_at=now)

    async def _metadata(self, document: Mapping[str, object]) -> ClientMetadata | None:
        """No secret of any kind may stand in it."""
        if "client_secret" in document or "client_secret_expires_at" in document:
            return None
        resources = await self.store.read(lambda work: work.oauth.resources.all())
        terms = strangers_terms(self.rules, resources)
        try:
            metadata = parse_metadata({"token_endpoint_auth_method": "none", **document}, terms)
            await self.check_sector(metadata)
        except OAuthRefusal:
            return None
        return metadata


def is_document_address(client_id: str) -> bool:
    """https, with a path, without query, fragment, user name or dot segments (draft §3)."""
    try:
        check_only_https(client_id)
    except Misfit:
        return False
    parts = urlsplit(client_id)
    return parts.path not in {"", "/"} and "?" not in client_id
