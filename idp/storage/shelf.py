"""What every shelf stands on: something that runs statements inside one transaction."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from idp.storage.statements import Statement, Values


class Driver(Protocol):
    """One connection in one transaction."""

    def rows(self, statement: Statement, values: dict[str, object]) -> Sequence[Values]:
        """What it selects or returns."""
        ...

    def count(self, statement: Statement, values: dict[str, object]) -> int:
        """How many rows it changed."""
        ...

    def savepoint(self) -> AbstractContextManager[None]:
        """What fails within is undone alone, and the transaction goes on."""
        ...

    def hold(self, lock: int) -> None:
        """Until the commit, nobody else gets past a `hold` of the same number."""
        ...


class Shelf:
    """`_driver` runs the shelf's statements, which were built at import."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Driver) -> None:
        self._driver = driver

    def _first(self, statement: Statement, **values: object) -> Values | None:
        rows = self._driver.rows(statement, values)
        return rows[0] if rows else None

    def _noun(self, statement: Statement, **values: object) -> Any:
        """The first of what the statement's rows are read as, or None."""
        nouns = self._driver.rows(statement, values)
        return nouns[0] if nouns else None

    def _all(self, statement: Statement, **values: object) -> Sequence[Values]:
        return self._driver.rows(statement, values)

    def _count(self, statement: Statement, **values: object) -> int:
        return self._driver.count(statement, values)
