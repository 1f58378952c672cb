"""What stands in at the edge: a clock that is moved, and a database of signing keys in memory."""

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TypeVar, cast

from idp.core.errors import Refusal
from idp.core.events import Event
from idp.core.ids import KeyId
from idp.core.session import Source
from idp.ports.storage import StoredKey, UnitOfWork

R = TypeVar("R")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


class MovedClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime = NOON) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        self._now += by


class KeysInMemory:
    """The shelf of signing keys."""

    def __init__(self, rows: dict[KeyId, StoredKey]) -> None:
        self.rows = rows

    def all(self) -> Sequence[StoredKey]:
        return tuple(self.rows.values())

    def add(self, key: StoredKey) -> None:
        self.rows[key.id] = key

    def advance(self, key_id: KeyId, *, expected: str, state: str, now: datetime) -> bool:
        key = self.rows.get(key_id)
        if key is None or key.state != expected:
            return False
        moved = replace(key, activated_at=now) if state == "active" else replace(key, retired_at=now)
        self.rows[key_id] = replace(moved, state=state)
        return True

    def remove(self, key_id: KeyId) -> bool:
        return self.rows.pop(key_id, None) is not None


class WorkInMemory:
    """A unit of work that knows the keys and the audit trail."""

    def __init__(self, rows: dict[KeyId, StoredKey]) -> None:
        self.keys = KeysInMemory(rows)
        self.events: list[tuple[Event, Source, datetime]] = []

    def record(self, event: Event, *, source: Source, now: datetime) -> None:
        self.events.append((event, source, now))


class StoreInMemory:
    """Units run one after another, each whole or not at all, in threads of their own: callers race as processes do.

    `before_the_next_unit` is what another process does just before; `committed` holds the keys after each unit.
    """

    def __init__(self) -> None:
        self.rows: dict[KeyId, StoredKey] = {}
        self.events: list[tuple[Event, Source, datetime]] = []
        self.committed: list[Sequence[StoredKey]] = []
        self.before_the_next_unit: Callable[[], object] | None = None
        self._lane = threading.Lock()

    async def transact(self, fn: Callable[[UnitOfWork], R]) -> R:
        return await asyncio.to_thread(self._unit, fn)

    async def read(self, fn: Callable[[UnitOfWork], R]) -> R:
        with self._lane:
            return fn(cast(UnitOfWork, WorkInMemory(dict(self.rows))))

    def _unit(self, fn: Callable[[UnitOfWork], R]) -> R:
        with self._lane:
            if (elsewhere := self.before_the_next_unit) is not None:
                self.before_the_next_unit = None
                elsewhere()
            work = WorkInMemory(dict(self.rows))
            try:
                result = fn(cast(UnitOfWork, work))
            except Refusal:
                self._commit(work)
                raise
            self._commit(work)
            return result

    def _commit(self, work: WorkInMemory) -> None:
        self.rows = work.keys.rows
        self.events += work.events
        self.committed.append(work.keys.all())
