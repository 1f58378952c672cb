"""Short reads in SQLite on the caller's own thread: changing threads costs more than looking up a row by its key.

A read by way of the lane costs two changes of thread, and the two wait for one another's interpreter lock.
"""

import sqlite3
from collections.abc import Callable
from typing import TypeVar

from idp.storage.faults import as_told, code_of
from idp.storage.work import Work

R = TypeVar("R")

STEPS = 1000
"""Of SQLite's machine, some 50 µs, between two counts."""

MOST_COUNTS = 20
"""So long the event loop stands still for one unit: a millisecond. What takes longer is no glance."""

NO_GLANCE = ("SQLITE_INTERRUPT", "SQLITE_BUSY")


class TooLong(Exception):
    """Broken off. The lane may read it from the beginning: units that read change nothing."""


class Glances:
    """`raw` is a connection of this thread that reads only, and waits for no lock."""

    def __init__(self, raw: sqlite3.Connection, work: Work) -> None:
        self._raw = raw
        self._work = work
        self._left = 0
        raw.set_progress_handler(self._count, STEPS)

    def look(self, fn: Callable[[Work], R]) -> R:
        """What `fn` reads, in a snapshot. Raises TooLong, and what `fn` raises."""
        self._left = MOST_COUNTS
        try:
            self._raw.execute("BEGIN")
            return fn(self._work)
        except Exception as error:
            if code_of(error).startswith(NO_GLANCE):
                raise TooLong from None
            raise as_told(error) from error.__cause__
        finally:
            self._left = MOST_COUNTS  # this must not be broken off
            if self._raw.in_transaction:
                self._raw.execute("ROLLBACK")

    def _count(self) -> bool:
        """Whether it is too long."""
        self._left -= 1
        return self._left < 0
