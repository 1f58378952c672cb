"""The book of clients: who is known, by which keys, and which APIs tokens may be for."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from idp.core.client import Client, ResourceServer
from idp.core.ids import ClientId
from idp.core.session import Source
from idp.oauth.clients.flaws import Misfit
from idp.oauth.clients.public_keys import SHORTEST_RSA, large_enough, usable_keys
from idp.oauth.ways_out import WaysOut
from idp.ports.oauth import FetchRefused
from idp.ports.storage import Store, UnitOfWork

LONGEST_ID = 2048
MOST_KNOWN = 1024
JWK_SET = "application/json, application/jwk-set+json"
_NO_KEYS: Mapping[str, object] = {"keys": []}


class ClientDocuments(Protocol):
    """Clients that are described by a document at the address that is their id."""

    async def find(self, client_id: str, source: Source | None = None) -> Client | None: ...


class KnownRows:
    """Clients as they were read last. The generation is read with every look, in the same snapshot: nothing here is
    older than the database. What it saves is reading a client's metadata from their text.
    """

    def __init__(self, size: int = MOST_KNOWN) -> None:
        self._size = size
        self._held: tuple[int, dict[ClientId, Client]] = (-1, {})

    def look(self, work: UnitOfWork, client_id: ClientId) -> Client | None:
        generation = work.oauth.clients.generation()
        of_generation, clients = self._held
        if generation != of_generation or len(clients) > self._size:
            clients = {}
            self._held = (generation, clients)
        known = clients.get(client_id)
        if known is None and (known := work.oauth.clients.by_id(client_id)) is not None:
            clients[client_id] = known
        return known


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientBook:
    """One small read for each question: what the command line changes is in effect at once.

    `documents` is None where client ID metadata documents are off. RSA keys of fewer bits than `smallest_rsa` are none.
    """

    store: Store
    ways_out: WaysOut
    documents: ClientDocuments | None = None
    smallest_rsa: int = SHORTEST_RSA
    _known: KnownRows = field(default_factory=KnownRows)

    async def find(self, client_id: str, source: Source | None = None) -> Client | None:
        """A client that may act now. A row of ours wins over a document, so that a disabled one stays disabled."""
        if not 0 < len(client_id) <= LONGEST_ID or not client_id.isprintable():
            return None
        client = await self.store.read(lambda work: self._known.look(work, ClientId(client_id)))
        if client is None and self.documents is not None and client_id.startswith("https://"):
            client = await self.documents.find(client_id, source)
        return client if client is not None and client.disabled_at is None else None

    def look(self, work: UnitOfWork, client_id: ClientId) -> Client | None:
        """One of ours that may act now, in a unit of work that runs anyway."""
        client = self._known.look(work, client_id)
        return client if client is not None and client.disabled_at is None else None

    async def keys(self, client: Client, *, fresh: bool = False) -> Mapping[str, object]:
        """Its public keys as a JWK Set; an empty one where there are none, or its `jwks_uri` gives none.

        `fresh` goes past the cache, for a `kid` that is not in it (at most once a minute for an address).
        """
        return large_enough(await self._every_key(client, fresh=fresh), self.smallest_rsa)

    async def _every_key(self, client: Client, *, fresh: bool) -> Mapping[str, object]:
        metadata = client.metadata
        if metadata.jwks is not None:
            return metadata.jwks
        if metadata.jwks_uri is None:
            return _NO_KEYS
        fetcher = self.ways_out.of(client)
        fetch = fetcher.get_fresh if fresh else fetcher.get
        try:
            fetched = await fetch(metadata.jwks_uri, accept=JWK_SET)
            return usable_keys(json.loads(fetched.body))
        except (FetchRefused, Misfit, ValueError, RecursionError):
            return _NO_KEYS

    async def resources(self) -> Mapping[str, ResourceServer]:
        """By identifier, as it stands in `resource` parameters."""
        found = await self.store.read(lambda work: work.oauth.resources.all())
        return {resource.identifier: resource for resource in found}
