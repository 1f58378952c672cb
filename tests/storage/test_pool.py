"""Connections, kept and lent: a real server at the other end."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import asyncpg
import pytest

from idp.core.errors import StorageUnavailable
from idp.storage import pool as pools
from idp.storage.pool import Pool


@pytest.fixture
async def pool(anyio_backend: str, postgresql_url: str) -> AsyncIterator[Pool]:
    pool = Pool(partial(asyncpg.connect, postgresql_url), size=2, patience_seconds=0.1)
    yield pool
    await pool.close()


async def test_a_sound_connection_is_lent_again_the_last_one_first(pool: Pool) -> None:
    first, second = await pool.take(), await pool.take()
    pool.give_back(first, is_sound=True)
    pool.give_back(second, is_sound=True)

    again = await pool.take()

    assert again is second
    pool.give_back(again, is_sound=True)


@pytest.mark.parametrize("state", ["in a transaction", "not sound", "closed"])
async def test_any_other_is_thrown_away(pool: Pool, state: str) -> None:
    spoilt = await pool.take()
    if state == "in a transaction":
        await spoilt.execute("BEGIN")
    if state == "closed":
        await spoilt.close()

    pool.give_back(spoilt, is_sound=state != "not sound")

    assert spoilt.is_closed()
    fresh = await pool.take()
    assert await fresh.fetchval("SELECT 1") == 1
    pool.give_back(fresh, is_sound=True)


async def test_a_connection_that_said_nothing_for_long_is_not_trusted(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = await pool.take()
    pool.give_back(old, is_sound=True)

    monkeypatch.setattr(pools, "LONGEST_IDLE_SECONDS", 0.0)

    fresh = await pool.take()
    assert fresh is not old
    assert old.is_closed()
    pool.give_back(fresh, is_sound=True)


async def test_there_are_never_more_than_the_pool_may_have(pool: Pool) -> None:
    lent = [await pool.take(), await pool.take()]

    with pytest.raises(StorageUnavailable):
        await pool.take()

    waiting = asyncio.create_task(pool.take())
    await asyncio.sleep(0)
    pool.give_back(lent[0], is_sound=True)
    assert await waiting is lent[0]
    for connection in lent:
        pool.give_back(connection, is_sound=True)


async def test_a_connection_that_cannot_be_made_takes_no_place(postgresql_url: str) -> None:
    async def fail() -> asyncpg.Connection:
        raise ConnectionRefusedError

    pool = Pool(fail, size=1, patience_seconds=0.1)

    for _ in range(3):
        with pytest.raises(ConnectionRefusedError):
            await pool.take()
