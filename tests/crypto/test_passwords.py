"""Password hashing: exact, equally slow for everybody, bounded, and out of everyone's way."""

import asyncio
import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from idp.core.errors import MalformedRequest, Overloaded
from idp.crypto.ambient import SystemEntropy
from idp.crypto.hash_formats import Argon2Cost
from idp.crypto.passwords import HashingPool

CHEAP = Argon2Cost(memory_kib=64, passes=1)
DEAR = Argon2Cost(memory_kib=32_768, passes=1)
SURROGATE = "\ud83d"


@contextlib.contextmanager
def opened(cost: Argon2Cost, threads: int | None = None, waiting: int = 64) -> Iterator[HashingPool]:
    pool = HashingPool(SystemEntropy(), cost=cost, threads=threads, waiting=waiting)
    try:
        yield pool
    finally:
        pool.close()


@pytest.fixture
def pool() -> Iterator[HashingPool]:
    with opened(CHEAP) as hashing:
        yield hashing


async def test_the_right_password_matches_and_no_other(pool: HashingPool) -> None:
    encoded = await pool.hash("securepassword123")

    assert await pool.verify("securepassword123", encoded)
    assert not await pool.verify("securepassword124", encoded)
    assert not await pool.verify("", encoded)


async def test_a_hash_is_argon2id_with_the_cost_asked_for_and_a_salt_of_its_own() -> None:
    with opened(Argon2Cost()) as pool:
        one, other = await pool.hash("same"), await pool.hash("same")

    assert one.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert one != other


@pytest.mark.parametrize(
    ("password", "almost"),
    [
        ("caf\u00e9 noir", "cafe\u0301 noir"),
        ("secret ", "secret"),
        ("Secret", "secret"),
        ("\ufb01ne", "fine"),
        ("x" * 72 + "y", "x" * 72 + "z"),
        ("p" * 1024, "p" * 1023),
    ],
)
async def test_every_byte_counts(pool: HashingPool, password: str, almost: str) -> None:
    """ASVS 6.2.8, threat row 120: nothing is folded, trimmed or cut."""
    encoded = await pool.hash(password)

    assert await pool.verify(password, encoded)
    assert not await pool.verify(almost, encoded)


@pytest.mark.parametrize("password", ["nul\x00byte", "\x00", SURROGATE, "x" * 1025])
async def test_what_is_no_password_is_not_hashed(pool: HashingPool, password: str) -> None:
    with pytest.raises(MalformedRequest):
        await pool.hash(password)


@pytest.mark.parametrize("password", ["nul\x00byte", SURROGATE])
async def test_what_is_no_text_is_wrong_and_no_error(pool: HashingPool, password: str) -> None:
    """Threat row 121."""
    assert not await pool.verify(password, await pool.hash("nul"))


async def test_a_megabyte_is_wrong_without_being_hashed() -> None:
    """Threat row 119, Django 2013: the pool has no place left and is not asked for one."""
    with opened(DEAR, threads=1, waiting=0) as pool:
        busy = asyncio.create_task(pool.verify("x", None))
        await asyncio.sleep(0)

        assert not await pool.verify("x" * 1_000_000, None)

        await busy


async def test_an_unknown_name_is_wrong(pool: HashingPool) -> None:
    assert not await pool.verify("securepassword123", None)


@settings(deadline=None)
@given(
    some.text(max_size=80) | some.sampled_from(["$argon2id$v=19$m=64,t=1,p=1$$", "a#b", "$2b$10$", "00#" + "0" * 128])
)
def test_no_stored_text_is_an_error(encoded: str) -> None:
    async def check() -> bool:
        with opened(CHEAP, threads=1) as pool:
            return await pool.verify("anything", encoded)

    assert asyncio.run(check()) is False


async def seconds(pool: HashingPool, password: str, encoded: str | None) -> float:
    start = time.perf_counter()
    assert not await pool.verify(password, encoded)
    return time.perf_counter() - start


@pytest.mark.alone
@pytest.mark.parametrize(
    ("password", "encoded"),
    [
        pytest.param("wrong", None, id="a name nobody has"),
        pytest.param("", None, id="a name nobody has, no password"),
        pytest.param("wrong", "$argon2id$v=19$m=32768,t=1,p=1$AAAA", id="a damaged hash"),
        pytest.param("wrong", "plain text", id="no hash"),
        pytest.param(
            "wrong", f"$argon2id$v=19$m=4194304,t=9,p=1$c29tZXNhbHRzb21lc2E${'A' * 43}", id="a hash that is a bomb"
        ),
        pytest.param("wrong", f"pbkdf2_sha256$1$salt${'A' * 43}=", id="a hash that is cheap"),
        pytest.param(SURROGATE, None, id="no text"),
        pytest.param("nul\x00", None, id="NUL"),
    ],
)
async def test_nothing_is_told_by_time(password: str, encoded: str | None) -> None:
    """Threat row 36: one real argon2 verification on every path (Keycloak #51887, OpenBao CVE-2025-54999)."""
    with opened(DEAR, threads=1) as pool:
        right = await pool.hash("right")
        rounds = [(await seconds(pool, "wrong", right), await seconds(pool, password, encoded)) for _ in range(6)]

    usual, here = map(min, zip(*rounds, strict=True))  # the shortest: others use the machine too
    assert usual / 2 < here < usual * 2


async def test_beyond_the_queue_it_says_come_back_later() -> None:
    """Threat row 137: one hash runs, two wait, the others are told at once."""
    with opened(DEAR, threads=1, waiting=2) as pool:
        storm = await asyncio.gather(*(pool.verify("x", None) for _ in range(20)), return_exceptions=True)

        assert storm.count(False) == 3
        refused = [answer for answer in storm if isinstance(answer, Overloaded)]
        assert len(refused) == 17
        assert all(answer.retry_after_seconds >= 1 for answer in refused)

        assert await pool.verify("x", await pool.hash("x"))


async def test_a_caller_who_went_away_gives_the_place_back() -> None:
    with opened(DEAR, threads=1, waiting=3) as pool:
        gone = [asyncio.create_task(pool.verify("x", None)) for _ in range(4)]
        await asyncio.sleep(0)
        for task in gone:
            task.cancel()
        await asyncio.gather(*gone, return_exceptions=True)

        assert await asyncio.gather(*(pool.verify("x", None) for _ in range(3))) == [False] * 3


async def test_the_event_loop_turns_while_hashes_run() -> None:
    """Threat row 137: on the loop itself it would turn once a hash."""
    with opened(Argon2Cost()) as pool:
        storm = [asyncio.create_task(pool.verify("x", None)) for _ in range(8)]
        turns = 0
        while not all(task.done() for task in storm):
            await asyncio.sleep(0.001)
            turns += 1

    assert turns > 4 * len(storm)


@pytest.mark.skipif(sys.platform != "linux", reason="niceness belongs to the thread on Linux alone")
async def test_hashing_threads_let_the_others_go_first(pool: HashingPool) -> None:
    await asyncio.gather(*(pool.verify("x", None) for _ in range(8)))

    hashing = [thread for thread in threading.enumerate() if thread.name.startswith("hashing")]
    assert {os.getpriority(os.PRIO_PROCESS, thread.native_id or 0) for thread in hashing} == {15}
    assert os.getpriority(os.PRIO_PROCESS, threading.get_native_id()) < 15


async def test_there_is_a_thread_less_than_processors() -> None:
    with opened(CHEAP) as pool:
        await asyncio.gather(*(pool.verify("x", None) for _ in range(32)))
        threads = [thread for thread in threading.enumerate() if thread.name.startswith("hashing")]

    assert 1 <= len(threads) <= max(1, (os.cpu_count() or 1) - 1)


async def test_a_closed_pool_is_overloaded(pool: HashingPool) -> None:
    pool.close()

    with pytest.raises(Overloaded):
        await pool.verify("x", None)


@pytest.mark.parametrize(
    ("encoded", "outdated"),
    [
        ("$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2E$" + "A" * 43, False),
        ("$argon2id$v=19$m=128,t=3,p=4$c29tZXNhbHRzb21lc2E$" + "A" * 43, False),
        ("$argon2id$v=19$m=63,t=1,p=1$c29tZXNhbHRzb21lc2E$" + "A" * 43, True),
        ("$argon2i$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2E$" + "A" * 43, True),
        ("$argon2id$v=16$m=64,t=1,p=1$c29tZXNhbHRzb21lc2E$" + "A" * 43, True),
        ("$2b$12$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.", True),
        ("nonsense", True),
    ],
)
def test_weaker_and_foreign_hashes_are_outdated(pool: HashingPool, encoded: str, outdated: bool) -> None:
    assert pool.is_outdated(encoded) is outdated


async def test_our_own_hash_is_recognised_and_not_outdated(pool: HashingPool) -> None:
    encoded = await pool.hash("securepassword123")

    assert pool.recognise(encoded) == "argon2id"
    assert pool.objection(encoded) is None
    assert not pool.is_outdated(encoded)
