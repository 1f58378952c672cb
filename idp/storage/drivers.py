"""The two drivers, alike to a shelf: each statement of ours runs, is counted and fails in the same way on both."""

import sqlite3
from collections.abc import Awaitable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol

from sqlalchemy.util import await_only

from idp.storage.statements import POSTGRESQL, SQLITE, Statement, Values


class SqliteDriver:
    """Over `sqlite3`, on the thread where the connection was made. The lane begins and commits."""

    __slots__ = ("_raw",)

    def __init__(self, raw: sqlite3.Connection) -> None:
        self._raw = raw

    def rows(self, statement: Statement, values: dict[str, object]) -> Sequence[Values]:
        text = statement.in_words_of(SQLITE)
        return text.rows(self._raw.execute(text.sql, text.arguments(values)).fetchall())

    def count(self, statement: Statement, values: dict[str, object]) -> int:
        text = statement.in_words_of(SQLITE)
        return self._raw.execute(text.sql, text.arguments(values)).rowcount

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._raw.execute("SAVEPOINT part")
        try:
            yield
        except BaseException:
            self._raw.execute("ROLLBACK TO part")
            self._raw.execute("RELEASE part")
            raise
        self._raw.execute("RELEASE part")

    def hold(self, lock: int) -> None:
        """The only writer holds everything."""


class AsyncpgConnection(Protocol):
    """What we ask of asyncpg."""

    def fetch(self, query: str, *arguments: Any) -> Awaitable[list[Any]]: ...

    def execute(self, query: str, *arguments: Any) -> Awaitable[str]: ...

    def is_closed(self) -> bool: ...


class PostgresqlDriver:
    """Over asyncpg, from within a greenlet: to the unit of work each call just takes a while."""

    __slots__ = ("_connection",)

    def __init__(self, connection: AsyncpgConnection) -> None:
        self._connection = connection

    def rows(self, statement: Statement, values: dict[str, object]) -> Sequence[Values]:
        text = statement.in_words_of(POSTGRESQL)
        return text.rows(await_only(self._connection.fetch(text.sql, *text.arguments(values))))

    def count(self, statement: Statement, values: dict[str, object]) -> int:
        text = statement.in_words_of(POSTGRESQL)
        tag = await_only(self._connection.execute(text.sql, *text.arguments(values)))
        return int(tag.rpartition(" ")[2])  # "UPDATE 1", "INSERT 0 1"

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        self._command("SAVEPOINT part")
        try:
            yield
        except BaseException:
            if not self._connection.is_closed():
                self._command("ROLLBACK TO part")
            raise
        self._command("RELEASE part")

    def hold(self, lock: int) -> None:
        await_only(self._connection.execute("SELECT pg_advisory_xact_lock($1)", lock))

    def begin(self, characteristics: str) -> None:
        self._command(f"BEGIN {characteristics}")

    def commit(self) -> bool:
        """False when the server rolled back instead, a statement having failed before."""
        return self._command("COMMIT") == "COMMIT"

    def roll_back(self) -> None:
        """Never raises: a connection that cannot even do this is dead, and the server rolls back by itself."""
        with suppress(Exception):
            self._command("ROLLBACK")

    def _command(self, command: str) -> str:
        return await_only(self._connection.execute(command))


class SecondGlance(BaseException):
    """A unit needs more than a Glance gives. No verb may catch it."""


class Glance:
    """Lets one reading statement through, outside of any transaction, and no second."""

    __slots__ = ("_driver", "_is_used")

    def __init__(self, driver: PostgresqlDriver) -> None:
        self._driver = driver
        self._is_used = False

    def rows(self, statement: Statement, values: dict[str, object]) -> Sequence[Values]:
        if self._is_used or not statement.reads:
            raise SecondGlance
        self._is_used = True
        return self._driver.rows(statement, values)

    def count(self, statement: Statement, values: dict[str, object]) -> int:  # noqa: ARG002 - the port's signature
        raise SecondGlance

    def savepoint(self) -> AbstractContextManager[None]:
        raise SecondGlance

    def hold(self, lock: int) -> None:  # noqa: ARG002 - the port's signature
        raise SecondGlance
