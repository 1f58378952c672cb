"""The watchdog: a loop that was held up is told of, with whoever was being asked (threat row 128)."""

import asyncio
import time
from contextlib import suppress

from idp.registry.watchdog import InFlight, Watchdog
from idp.testing.memory import MemoryLog


async def watched(block: float, in_flight: InFlight) -> MemoryLog:
    log = MemoryLog()
    watchdog = asyncio.create_task(Watchdog(in_flight, log=log, longest_lag_seconds=0.5, every_seconds=0.02).run())
    await asyncio.sleep(0.05)
    with in_flight.asking("slow"):
        time.sleep(block)
    await asyncio.sleep(0.05)
    watchdog.cancel()
    with suppress(asyncio.CancelledError):
        await watchdog
    return log


async def test_a_loop_held_up_is_told_of_with_who_was_asked() -> None:
    log = await watched(0.8, InFlight())

    (line,) = log.lines
    assert line.event == "loop.blocked"
    assert line.fields["plugins"] == ["slow"]
    assert line.fields["seconds"] > 0.5


async def test_a_loop_that_is_in_time_is_not_told_of() -> None:
    assert (await watched(0, InFlight())).lines == []


def test_who_was_asked_since_the_last_look_is_remembered() -> None:
    in_flight = InFlight()
    with in_flight.asking("one"), in_flight.asking("two"), in_flight.asking("two"):
        assert in_flight.look() == ("one", "two")
        with in_flight.asking("three"):
            pass

        assert in_flight.look() == ("one", "three", "two")
        assert in_flight.look() == ("one", "two")
    assert in_flight.look() == ("one", "two")
    assert in_flight.look() == ()
