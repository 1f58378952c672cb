"""The one way to a store."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from idp.ports.ambient import Entropy
from idp.ports.crypto import Sealer
from idp.ports.storage import Store
from idp.storage.limits import Limits
from idp.storage.location import PostgresqlServer, SqliteFile, locate
from idp.storage.sqlite import open_sqlite
from idp.storage.work import Stationery


class OpenStore(Store, Protocol):
    """A store that somebody has to close."""

    @property
    def parcels_waiting(self) -> asyncio.Event:
        """Set after each commit that put something into the outbox; the relay clears it before it looks."""
        ...

    async def ping(self) -> None:
        """Raises StorageUnavailable when the database does not answer soon."""
        ...

    async def close(self) -> None:
        """Finishes what was begun, refuses what comes."""
        ...


async def open_store(
    url: str,
    *,
    entropy: Entropy,
    sealer: Sealer,
    subscribers: Sequence[str] = (),
    limits: Limits | None = None,
) -> OpenStore:
    """Opens the database at `url`, whose tables must be up to date (`idp.storage.upgrade`).

    `subscribers` are told of every recorded event, each by a parcel of its own; read anew for each, so a list may grow.
    Raises UnsupportedUrl, and StorageUnavailable, SchemaOutdated among them.
    """
    stationery = Stationery(entropy=entropy, sealer=sealer, subscribers=subscribers)
    match locate(url):
        case SqliteFile(path):
            return await open_sqlite(path, stationery, limits or Limits())
        case PostgresqlServer(address):
            from idp.storage.postgresql import open_postgresql  # noqa: PLC0415 - a start on SQLite need not pay for asyncpg

            return await open_postgresql(address, stationery, limits or Limits())
