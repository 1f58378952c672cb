"""Clients and resource servers that the configuration names exist from the start on, and only as long as it does."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from idp.core.client import Client, ClientMetadata, ClientSecret, ClientTerms, Origin, ResourceServer
from idp.core.ids import ClientId
from idp.oauth.clients.secrets import ClientSecrets, knows_secret
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredClient:
    """`secret` is None for a client that proves itself otherwise, or not at all."""

    id: ClientId
    metadata: ClientMetadata
    terms: ClientTerms = field(default_factory=ClientTerms)
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredResource:
    identifier: str
    scopes: tuple[str, ...] = ()
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareClients:
    """A client of the configuration that it no longer names is disabled: named again, its people need not consent anew.

    A client of another origin that the configuration names is the configuration's from then on. A resource server stays
    until `idp resource delete`: it has no way in that one could leave open.
    """

    store: Store
    clock: Clock
    secrets: ClientSecrets

    async def __call__(self, clients: Sequence[DeclaredClient], resources: Sequence[DeclaredResource] = ()) -> None:
        now = self.clock.now()
        if await self.store.read(lambda work: not _changes(work, clients, resources)):
            return  # the usual start: nothing to write
        await self.store.transact(lambda work: self._declare(work, clients, resources, now))

    def _declare(
        self,
        work: UnitOfWork,
        clients: Sequence[DeclaredClient],
        resources: Sequence[DeclaredResource],
        now: datetime,
    ) -> None:
        for wanted in clients:
            known = work.oauth.clients.by_id(wanted.id)
            client = self._client(wanted, known, now)
            if known is None:
                work.oauth.clients.add(client)
            elif not _stands(known, wanted):
                work.oauth.clients.update(client)
        for orphan in _orphans(work, clients):
            work.oauth.clients.update(replace(orphan, disabled_at=now, updated_at=now))
        for resource in resources:
            work.oauth.resources.put(
                ResourceServer(
                    identifier=resource.identifier, scopes=resource.scopes, name=resource.name, created_at=now
                )
            )

    def _client(self, wanted: DeclaredClient, known: Client | None, now: datetime) -> Client:
        secrets: tuple[ClientSecret, ...] = ()
        if wanted.secret is not None:
            secrets = (self.secrets.keep(wanted.id, wanted.metadata, wanted.secret),)
        return Client(
            id=wanted.id,
            metadata=wanted.metadata,
            terms=wanted.terms,
            secrets=secrets,
            origin=Origin.CONFIG,
            created_at=known.created_at if known else now,
            updated_at=now,
        )


def _changes(work: UnitOfWork, clients: Sequence[DeclaredClient], resources: Sequence[DeclaredResource]) -> bool:
    if any(not _stands(work.oauth.clients.by_id(wanted.id), wanted) for wanted in clients):
        return True
    if _orphans(work, clients):
        return True
    known = {(held.identifier, held.scopes, held.name) for held in work.oauth.resources.all()}
    return any((wanted.identifier, wanted.scopes, wanted.name) not in known for wanted in resources)


def _stands(known: Client | None, wanted: DeclaredClient) -> bool:
    if known is None or known.origin is not Origin.CONFIG or known.disabled_at is not None:
        return False
    if (known.metadata, known.terms) != (wanted.metadata, wanted.terms):
        return False
    if wanted.secret is None:
        return not known.secrets
    return len(known.secrets) == 1 and knows_secret(known, wanted.secret, known.updated_at)


def _orphans(work: UnitOfWork, clients: Sequence[DeclaredClient]) -> list[Client]:
    named = {wanted.id for wanted in clients}
    declared = work.oauth.clients.of_origin(Origin.CONFIG)
    return [held for held in declared if held.id not in named and held.disabled_at is None]
