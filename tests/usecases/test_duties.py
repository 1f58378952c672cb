"""Background work goes on, whatever happens to it."""

import asyncio
from typing import Any

from idp.usecases.housekeeping.duties import Duties, Duty


class Heard:
    """A log that is listened to."""

    def __init__(self) -> None:
        self.errors: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None: ...

    def error(self, event: str, **fields: Any) -> None:
        self.errors.append({"event": event, **fields})


async def test_a_round_that_fails_is_told_and_followed_by_another() -> None:
    rounds: list[int] = []
    twice = asyncio.Event()

    async def work() -> None:
        rounds.append(len(rounds))
        if len(rounds) == 1:
            raise RuntimeError("secret detail")
        twice.set()

    log = Heard()
    duties = Duties([Duty(name="work", round=work, pause_seconds=0.001)], log)
    duties.start()
    async with asyncio.timeout(2):
        await twice.wait()
    await duties.stop()

    assert log.errors == [{"event": "duty.failed", "duty": "work", "error": "RuntimeError", "failures": 1}]


async def test_a_duty_is_woken_before_its_pause_is_over() -> None:
    wake, done = asyncio.Event(), asyncio.Event()
    rounds = 0

    async def work() -> None:
        nonlocal rounds
        rounds += 1
        if rounds == 2:
            done.set()

    duties = Duties([Duty(name="work", round=work, pause_seconds=3600, wake=wake)], Heard())
    duties.start()
    await asyncio.sleep(0)
    wake.set()
    async with asyncio.timeout(2):
        await done.wait()
    await duties.stop()

    assert rounds == 2


async def test_stopping_ends_a_round_that_hangs() -> None:
    async def hang() -> None:
        await asyncio.sleep(3600)

    duties = Duties([Duty(name="hang", round=hang, pause_seconds=1)], Heard())
    duties.start()
    await asyncio.sleep(0)

    async with asyncio.timeout(2):
        await duties.stop()
