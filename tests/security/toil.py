"""How much work an answer took: what can be timed from outside, counted instead of timed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from argon2 import low_level

from idp.storage.drivers import SqliteDriver
from idp.storage.statements import SQLITE, Statement

HASHED = "argon2"


class Toil:
    """Every statement and every hash, in order, while `counted` is open."""

    def __init__(self) -> None:
        self.done: list[str] = []

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        self.done.clear()
        part: list[str] = []
        yield part
        part += self.done


def watch(monkeypatch: pytest.MonkeyPatch) -> Toil:
    """The real work goes on; this only looks."""
    toil = Toil()
    real = {"rows": SqliteDriver.rows, "count": SqliteDriver.count}

    def watched(name: str) -> Any:
        def run(driver: SqliteDriver, statement: Statement, values: dict[str, object]) -> Any:
            toil.done.append(" ".join(statement.in_words_of(SQLITE).sql.split())[:60])
            return real[name](driver, statement, values)

        return run

    def verify_secret(*arguments: Any) -> bool:
        toil.done.append(HASHED)
        return bool(low_level.verify_secret(*arguments))

    for name in real:
        monkeypatch.setattr(SqliteDriver, name, watched(name))
    monkeypatch.setattr("idp.crypto.hash_formats.verify_secret", verify_secret)
    return toil
