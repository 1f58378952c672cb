"""A lane: a plugin's own loop and thread."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from idp.core.ids import AccountId
from idp.registry.home import at_home
from idp.registry.lane import THREADS, Lane
from idp.registry.outcome import Answered, Raised
from idp.sdk import OwnCredential
from idp.testing.context import plugin_context
from idp.testing.memory import MemoryCredentials


async def here() -> str:
    return threading.current_thread().name


async def test_calls_run_in_its_thread_and_calls_home_come_home() -> None:
    lane, home = Lane("push"), threading.current_thread().name

    async def there_and_back() -> tuple[str, str]:
        return await here(), await lane.at_home(here)

    assert await lane.run(there_and_back) == Answered(("idp-plugin-push", home))
    await lane.close()


async def test_what_goes_wrong_at_home_is_told_there() -> None:
    lane = Lane("push")

    async def fail() -> str:
        raise LookupError

    outcome = await lane.run(lambda: lane.at_home(fail))
    await lane.close()

    assert isinstance(outcome, Raised)
    assert isinstance(outcome.error, LookupError)


async def test_at_home_a_call_is_a_call() -> None:
    lane = Lane("push")

    assert await lane.at_home(here) == threading.current_thread().name


async def test_threads_for_calls_that_block_are_few() -> None:
    """One plugin cannot use up the threads that others resolve names in."""
    lane = Lane("push")

    async def executor() -> object:
        await asyncio.to_thread(lambda: None)
        return getattr(asyncio.get_running_loop(), "_default_executor", None)

    outcome = await lane.run(executor)
    await lane.close()

    assert isinstance(outcome, Answered)
    assert isinstance(outcome.value, ThreadPoolExecutor)
    assert getattr(outcome.value, "_max_workers", None) == THREADS


async def test_what_a_plugin_is_lent_is_used_at_home() -> None:
    """The database and the hasher live on the server's loop."""
    lane, threads = Lane("push"), set[str]()

    class Noting(MemoryCredentials):
        """Notes where it is used."""

        async def get(self, account_id: AccountId) -> OwnCredential | None:
            threads.add(threading.current_thread().name)
            return await super().get(account_id)

    context = at_home(plugin_context("push", credentials=Noting()), lane)
    jane = AccountId("jane")

    async def use() -> list[object]:
        await context.credentials.put(jane, b"1")
        await context.store.put("a", b"2")
        await context.store.put("b", b"5")
        await context.store.remove("b")
        return [
            await context.credentials.get(jane),
            await context.credentials.swap(jane, b"3", 1),
            await context.credentials.remove(jane),
            await context.store.get("a"),
            await context.store.add("a", b"4"),
            await context.store.get("b"),
            await context.passwords.match(jane, "x"),
        ]

    outcome = await lane.run(use)
    await lane.close()

    assert outcome == Answered([OwnCredential(data=b"1", version=1), True, True, b"2", False, None, False])
    assert threads == {threading.current_thread().name}


async def test_closing_cancels_what_still_runs() -> None:
    lane = Lane("push")
    call = asyncio.create_task(lane.run(asyncio.Event().wait))
    await asyncio.sleep(0.05)

    await lane.close()

    outcome = await call
    assert isinstance(outcome, Raised)
    assert isinstance(outcome.error, asyncio.CancelledError)


async def test_a_blocked_lane_is_left_to_end_by_itself() -> None:
    lane, blocks, released = Lane("push"), threading.Event(), threading.Event()

    async def block() -> None:
        blocks.set()
        released.wait(5)

    call = asyncio.create_task(lane.run(block))
    await asyncio.to_thread(blocks.wait, 5)

    assert await lane.is_blocked()
    await lane.close(seconds=0.05)
    released.set()
    await asyncio.wait({call}, timeout=1)


async def test_closed_it_opens_again_for_the_next_call() -> None:
    lane = Lane("push")
    await lane.close()

    for _ in range(2):
        assert await lane.run(here) == Answered("idp-plugin-push")
        assert not await lane.is_blocked()
        await lane.close()


@pytest.mark.parametrize("calls", [50])
async def test_calls_run_side_by_side(calls: int) -> None:
    lane = Lane("push")

    async def wait() -> int:
        await asyncio.sleep(0.02)
        return 1

    loop = asyncio.get_running_loop()
    began = loop.time()
    await asyncio.gather(*(lane.run(wait) for _ in range(calls)))
    assert loop.time() - began < 0.02 * calls
    await lane.close()
