"""Reads in SQLite on the caller's own thread, and when they are none."""

import sqlite3
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from idp.core.errors import NotFound
from idp.ports.storage import UnitOfWork
from idp.storage import OpenStore
from tests.storage.samples import NOW, a_session, keep

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) SELECT count(*) FROM n"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    return sqlite_url


class Reading:
    """A unit that reads with `statement`, and writes down on which thread."""

    def __init__(self, statement: str) -> None:
        self.threads: list[int] = []
        self._statement = statement

    def __call__(self, work: UnitOfWork) -> object:
        self.threads.append(threading.get_ident())
        unit: Any = work
        return unit._driver._raw.execute(self._statement).fetchone()[0]


async def test_a_short_read_changes_no_thread(store: OpenStore) -> None:
    short = Reading("SELECT 1")

    assert await store.read(short) == 1

    assert short.threads == [threading.get_ident()]


async def test_a_long_read_is_broken_off_and_made_where_it_holds_nobody_up(store: OpenStore) -> None:
    """The event loop stands still for a millisecond, not for a search."""
    long, short = Reading(LONG), Reading("SELECT 1")

    assert await store.read(long) == 100_000
    assert await store.read(short) == 1

    here = threading.get_ident()
    assert [thread == here for thread in long.threads] == [True, False]
    assert short.threads == [here]


async def test_many_short_reads_are_all_short(store: OpenStore) -> None:
    """What SQLite has counted for others does not count for this one."""
    short = Reading("SELECT count(*) FROM audit")

    for _ in range(2000):
        await store.read(short)

    assert set(short.threads) == {threading.get_ident()}


async def test_what_a_unit_raises_reaches_the_caller_and_leaves_nothing_open(store: OpenStore) -> None:
    def refuse(work: UnitOfWork) -> None:
        work.accounts.count()
        raise NotFound

    for _ in range(2):
        with pytest.raises(NotFound):
            await store.read(refuse)

    assert await store.read(lambda work: work.accounts.count()) == 0


async def test_a_principal_is_read_anew_whoever_changed_it(store: OpenStore, sqlite_url: str) -> None:
    """Row 16: what is remembered of rows is how they are read, not what they say."""
    await keep(store)
    await store.transact(lambda work: work.sessions.open(a_session()))
    assert await store.read(lambda work: work.sessions.principal(a_session().id))

    with closing(sqlite3.connect(Path(sqlite_url.removeprefix("sqlite:///")), isolation_level=None)) as other:
        other.execute("UPDATE sessions SET revoked_at = expires_at")
        other.execute("UPDATE accounts SET first_name = 'Grace'")

    found = await store.read(lambda work: work.sessions.principal(a_session().id))
    assert found is not None
    session, account = found
    assert not session.is_live(NOW)
    assert account.first_name == "Grace"
