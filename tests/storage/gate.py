"""Holding a unit of work open at a chosen point, on either database."""

import asyncio
import threading

from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet

from idp.storage.glances import TooLong

PATIENCE_SECONDS = 10


class Gate:
    """A unit calls `wait` and goes on when the test calls `open`; `reached` tells the test that it is there."""

    def __init__(self) -> None:
        self.reached = asyncio.Event()
        self._opened = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()

    def open(self) -> None:
        self._opened.set()

    def wait(self) -> None:
        if in_greenlet():  # PostgreSQL: a unit runs on the loop's own thread
            await_only(self._wait())
        elif threading.get_ident() == self._thread:
            raise TooLong  # SQLite: what waits is no glance
        else:
            asyncio.run_coroutine_threadsafe(self._wait(), self._loop).result()

    async def _wait(self) -> None:
        self.reached.set()
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._opened.wait()


async def is_waiting(task: asyncio.Task[object]) -> bool:
    """Whether `task` still waits for somebody after all that it could do was done."""
    await asyncio.sleep(0.1)
    return not task.done()
