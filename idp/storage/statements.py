"""Statements: built with SQLAlchemy Core at import, made into text once for each database, run by the driver itself.

What remains at run time is the driver's own work and a conversion of the few columns that need one. Measured on one
machine, the read behind every cookie: 35 µs this way and 64 through SQLAlchemy's connection on SQLite, 130 and 450 on
PostgreSQL.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy import bindparam
from sqlalchemy.dialects.postgresql import Insert, asyncpg, insert
from sqlalchemy.dialects.sqlite import pysqlite
from sqlalchemy.engine import Dialect

Values: TypeAlias = Sequence[Any]
"""A row, read by position: in the order of the statement's columns."""

Built: TypeAlias = "sa.Select[Any] | sa.Insert | sa.Update | sa.Delete"
_Convert: TypeAlias = Callable[[Any], Any]

SQLITE: Dialect = pysqlite.dialect()
POSTGRESQL: Dialect = asyncpg.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy's own gap


class Statement:
    """One statement. Values are bound by name; a name that is missing is a KeyError.

    With a `noun`, that is what its rows are read as. Of `remembers` rows it is kept, and what comes out of the database
    exactly as before, byte by byte, is not made anew: the database is asked every time.
    """

    __slots__ = ("_built", "_noun", "_remembers", "_texts", "reads")

    def __init__(self, built: Built, noun: Callable[[Values], object] | None = None, *, remembers: int = 0) -> None:
        self.reads = isinstance(built, sa.Select)
        self._built = built
        self._noun = noun
        self._remembers = remembers
        self._texts: dict[str, Text] = {}

    def in_words_of(self, dialect: Dialect) -> "Text":
        if (text := self._texts.get(dialect.name)) is None:
            text = self._texts[dialect.name] = Text(self._built, dialect)
            if self._noun is not None:
                text.read_as(self._noun, remembers=self._remembers)
        return text


class Text:
    """A statement in the words of one database."""

    __slots__ = ("_constants", "_incoming", "_outgoing", "_read", "sql")

    def __init__(self, built: Built, dialect: Dialect) -> None:
        compiled = built.compile(dialect=dialect)
        binds = compiled.binds
        self.sql = compiled.string
        self._constants = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
        self._incoming = [
            (name, binds[name].type.dialect_impl(dialect).bind_processor(dialect))
            for name in compiled.positiontup or ()
        ]
        converters = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in _columns(built)]
        self._outgoing = [(place, convert) for place, convert in enumerate(converters) if convert is not None]
        self._read: Callable[[Any], Any] | None = self._row if self._outgoing else None

    def read_as(self, noun: Callable[[Values], object], *, remembers: int) -> None:
        def read(row: Sequence[Any]) -> object:
            return noun(self._row(row))

        self._read = lru_cache(maxsize=remembers)(read)

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """`values` in the places where the text wants them."""
        if self._constants:
            values = self._constants | values
        return [convert(values[name]) if convert else values[name] for name, convert in self._incoming]

    def rows(self, fetched: Sequence[Sequence[Any]]) -> list[Any]:
        read = self._read
        return [read(row) for row in fetched] if read else list(fetched)

    def _row(self, fetched: Sequence[Any]) -> Values:
        row = list(fetched)
        for place, convert in self._outgoing:
            if (value := row[place]) is not None:
                row[place] = convert(value)
        return row


def insertion(table: sa.Table, *, generated: str = "") -> Insert:
    """An insertion that names every column but the one the database generates."""
    return insert(table).values({column.name: bindparam(column.name) for column in table.c if column.name != generated})


def _columns(built: Built) -> Sequence[sa.ColumnElement[Any]]:
    if isinstance(built, sa.Select):
        return list(built.selected_columns)
    return list(built.exported_columns) if built._returning else []
