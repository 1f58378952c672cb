"""What happens on a lane's thread: many units, one transaction."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from idp.core.errors import Refusal, StorageUnavailable
from idp.storage.faults import as_told, code_of
from idp.storage.lane import Unit
from idp.storage.lock import begin
from idp.storage.work import Work


class Writer:
    """Group commit: a savepoint for each unit, one COMMIT for all, and no result before it.

    `raw` is the driver's connection beneath `work`: transactions are begun and ended there, by hand.
    """

    def __init__(
        self, raw: sqlite3.Connection, work: Work, on_parcel: Callable[[], object], *, patience_seconds: float
    ) -> None:
        """`patience_seconds`: how long another process may hold the lock."""
        self._raw = raw
        self._work = work
        self._on_parcel = on_parcel
        self._patience_seconds = patience_seconds

    def run(self, units: Sequence[Unit[Any]]) -> None:
        wanted = [unit for unit in units if not unit.is_given_up]
        self._work.parcels = 0
        try:
            begin(self._raw, self._patience_seconds)
            for unit in wanted:
                self._run_one(unit)
            self._raw.execute("COMMIT")
        except sqlite3.Error as error:
            self._abandon()
            for unit in wanted:
                unit.error = _unavailable(error)
            return
        if self._work.parcels:
            self._on_parcel()

    def _run_one(self, unit: Unit[Any]) -> None:
        self._raw.execute("SAVEPOINT unit")
        try:
            unit.result = unit.fn(self._work)
        except Refusal as refusal:  # committed: what it recorded stays
            unit.error = refusal
        except Exception as error:
            unit.error = as_told(error)
            # a full disk may have ended the transaction already: then this fails, and with it the batch
            self._raw.execute("ROLLBACK TO unit")
        self._raw.execute("RELEASE unit")

    def _abandon(self) -> None:
        """Ends a transaction that is still open after a fault; after some, SQLite has ended it itself.

        Should even this fail, the next batch cannot begin, and tries again.
        """
        with suppress(sqlite3.Error):
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")


class Reader:
    """One snapshot for all reads of a batch. It ends with the batch, so the write-ahead log can be emptied."""

    def __init__(self, raw: sqlite3.Connection, work: Work) -> None:
        self._raw = raw
        self._work = work

    def run(self, units: Sequence[Unit[Any]]) -> None:
        self._raw.execute("BEGIN")
        try:
            for unit in units:
                self._run_one(unit)
        finally:
            self._raw.execute("ROLLBACK")

    def _run_one(self, unit: Unit[Any]) -> None:
        if unit.is_given_up:
            return
        try:
            unit.result = unit.fn(self._work)
        except Exception as error:
            unit.error = as_told(error)


def _unavailable(error: sqlite3.Error) -> StorageUnavailable:
    unavailable = StorageUnavailable(f"{code_of(error) or type(error).__name__}: {error}")
    unavailable.__cause__ = error
    return unavailable
