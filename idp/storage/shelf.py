"""What every shelf stands on: one connection inside one transaction."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

Values = Sequence[Any]
"""A row, read by position: in the order of the statement's columns."""


class Shelf:
    """Runs statements that were built once, at import, with values bound by name."""

    __slots__ = ("_connection",)

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def _first(self, statement: sa.Executable, **values: object) -> Values | None:
        return self._connection.execute(statement, values).first()

    def _all(self, statement: sa.Executable, **values: object) -> Sequence[Values]:
        return self._connection.execute(statement, values).all()

    def _count(self, statement: sa.Executable, **values: object) -> int:
        """How many rows the statement changed."""
        return self._connection.execute(statement, values).rowcount
