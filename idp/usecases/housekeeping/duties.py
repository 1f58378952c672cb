"""What goes on in the background, in every process: supervised, restarted, told."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from idp.sdk import Log

LONGEST_PAUSE = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """`round` is called again and again, `pause_seconds` after it ended, or earlier when `wake` is set."""

    name: str
    round: Callable[[], Awaitable[object]]
    pause_seconds: float
    wake: asyncio.Event | None = None


class Duties:
    """Runs until stopped. A round that fails is logged and tried again, after a pause that doubles."""

    def __init__(self, duties: Sequence[Duty], log: Log) -> None:
        self._duties = tuple(duties)
        self._log = log
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [asyncio.create_task(self._keep(duty), name=duty.name) for duty in self._duties]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    async def _keep(self, duty: Duty) -> None:
        failures = 0
        while True:
            try:
                await duty.round()
                failures = 0
            except Exception as error:
                failures += 1
                self._log.error("duty.failed", duty=duty.name, error=type(error).__name__, failures=failures)
            backoff = duty.pause_seconds * (1 << min(failures, 10))
            await _pause(min(backoff, max(LONGEST_PAUSE, duty.pause_seconds)), duty.wake)


async def _pause(seconds: float, wake: asyncio.Event | None) -> None:
    if wake is None:
        await asyncio.sleep(seconds)
        return
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
    wake.clear()
