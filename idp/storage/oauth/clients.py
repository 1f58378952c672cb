"""Clients and resource servers. Each change raises the generation in its own transaction: caches look at that alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import bindparam

from idp.core.client import Client, ClientMetadata, ClientSecret, ClientTerms, Origin, ResourceServer
from idp.core.ids import ClientId
from idp.core.secret import Digest, Sealed
from idp.storage.oauth.documents import from_document, to_document
from idp.storage.oauth.tables import (
    clients,
    consents,
    device_authorizations,
    generations,
    grants,
    interactions,
    pushed_requests,
    resource_servers,
    session_clients,
)
from idp.storage.shelf import Shelf
from idp.storage.statements import Statement, Values, insertion

_NAMES = tuple(column.name for column in clients.c)
_UPDATED = tuple(name for name in _NAMES if name not in {"id", "created_at"})
_BY_ID = clients.c.id == bindparam("client_id")

_ADD = Statement(insertion(clients).on_conflict_do_nothing(index_elements=[clients.c.id]).returning(clients.c.id))
_GET = Statement(sa.select(*clients.c).where(_BY_ID))
_UPDATE = Statement(sa.update(clients).where(_BY_ID).values({name: bindparam(name) for name in _UPDATED}))
_REMOVE = Statement(sa.delete(clients).where(_BY_ID))
_PAGE = Statement(
    sa.select(*clients.c)
    .where(clients.c.id > bindparam("after"))
    .order_by(clients.c.id)
    .limit(bindparam("amount", type_=sa.Integer))
)
_OF_ORIGIN = Statement(sa.select(*clients.c).where(clients.c.origin == bindparam("origin")).order_by(clients.c.id))
# codes and tokens go with their grants
_BELONGINGS = tuple(
    Statement(sa.delete(table).where(table.c.client_id == bindparam("client_id")))
    for table in (grants, consents, session_clients, interactions, pushed_requests, device_authorizations)
)

_SUBJECT = "clients"
_OURS = generations.c.subject == _SUBJECT
_RAISE = Statement(
    insertion(generations).on_conflict_do_update(
        index_elements=[generations.c.subject], set_={"number": generations.c.number + 1}
    )
)
_GENERATION = Statement(sa.select(generations.c.number).where(_OURS))

_RESOURCE_NAMES = tuple(column.name for column in resource_servers.c)
_INSERT_RESOURCE = insertion(resource_servers)
_PUT_RESOURCE = Statement(
    _INSERT_RESOURCE.on_conflict_do_update(
        index_elements=[resource_servers.c.identifier],
        set_={"scopes": _INSERT_RESOURCE.excluded.scopes, "name": _INSERT_RESOURCE.excluded.name},
    )
)
_RESOURCES = Statement(sa.select(*resource_servers.c).order_by(resource_servers.c.identifier))
_REMOVE_RESOURCE = Statement(
    sa.delete(resource_servers).where(resource_servers.c.identifier == bindparam("of_identifier"))
)


class _Counted(Shelf):
    """A shelf whose changes are counted."""

    __slots__ = ()

    def _raise_if(self, *, changed: bool) -> bool:
        if changed:
            self._count(_RAISE, subject=_SUBJECT, number=1)
        return changed


class ClientShelf(_Counted):
    __slots__ = ()

    def add(self, client: Client) -> bool:
        return self._raise_if(changed=self._first(_ADD, **_row(client)) is not None)

    def by_id(self, client_id: ClientId) -> Client | None:
        row = self._first(_GET, client_id=client_id)
        return None if row is None else _client_from(row)

    def update(self, client: Client) -> bool:
        row = _row(client)
        values = {name: row[name] for name in _UPDATED}
        return self._raise_if(changed=self._count(_UPDATE, client_id=client.id, **values) == 1)

    def remove(self, client_id: ClientId) -> bool:
        for belonging in _BELONGINGS:
            self._count(belonging, client_id=client_id)
        return self._raise_if(changed=self._count(_REMOVE, client_id=client_id) == 1)

    def page(self, *, after: ClientId | None, limit: int) -> Sequence[Client]:
        return [_client_from(row) for row in self._all(_PAGE, after=after or "", amount=limit)]

    def of_origin(self, origin: Origin) -> Sequence[Client]:
        return [_client_from(row) for row in self._all(_OF_ORIGIN, origin=origin)]

    def generation(self) -> int:
        row = self._first(_GENERATION)
        return row[0] if row else 0


class ResourceShelf(_Counted):
    __slots__ = ()

    def put(self, resource: ResourceServer) -> None:
        """The time of creation stays what it was."""
        self._count(_PUT_RESOURCE, **{name: getattr(resource, name) for name in _RESOURCE_NAMES})
        self._raise_if(changed=True)

    def all(self) -> Sequence[ResourceServer]:
        return [_resource_from(row) for row in self._all(_RESOURCES)]

    def remove(self, identifier: str) -> bool:
        return self._raise_if(changed=self._count(_REMOVE_RESOURCE, of_identifier=identifier) == 1)


def _row(client: Client) -> dict[str, Any]:
    row = {name: getattr(client, name) for name in _NAMES}
    return row | {
        "metadata": to_document(client.metadata),
        "terms": to_document(client.terms),
        "secrets": [_secret_document(secret) for secret in client.secrets],
    }


def _client_from(values: Values) -> Client:
    row = dict(zip(_NAMES, values, strict=True))
    return Client(
        **row
        | {
            "metadata": from_document(ClientMetadata, row["metadata"]),
            "terms": from_document(ClientTerms, row["terms"]),
            "secrets": tuple(_secret_from(document) for document in row["secrets"]),
            "origin": Origin(row["origin"]),
        }
    )


def _secret_document(secret: ClientSecret) -> dict[str, Any]:
    sealed = None if secret.sealed is None else secret.sealed.hex()
    return to_document(secret) | {"digest": secret.digest.hex(), "sealed": sealed}


def _secret_from(document: Mapping[str, Any]) -> ClientSecret:
    sealed = document["sealed"]
    values = {
        "digest": Digest(bytes.fromhex(document["digest"])),
        "sealed": None if sealed is None else Sealed(bytes.fromhex(sealed)),
    }
    return from_document(ClientSecret, {**document, **values})


def _resource_from(values: Values) -> ResourceServer:
    row = dict(zip(_RESOURCE_NAMES, values, strict=True))
    return ResourceServer(**row | {"scopes": tuple(row["scopes"])})
