"""A lane: one SQLite connection on a thread of its own, through which units go in batches.

```
   transact(fn) ──▶ waiting, bounded ──▶ batch ──▶ one hop to the thread ──▶ results, all at once
                                           ▲                                    │
                                           └──── what came in the meantime ◀────┘
```

Nobody waits for company: the first unit starts at once, and those that come while it runs make the next batch. So the
busier it gets, the more units share one commit and one change of thread.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

import aiosqlite

from idp.core.errors import StorageUnavailable
from idp.storage.work import Work

R = TypeVar("R")

LARGEST_BATCH = 64
"""Bounds how long the first of a batch waits for the last."""


async def on_thread(connection: aiosqlite.Connection, fn: Callable[..., R], *args: object) -> R:
    """Runs `fn` where alone the connection may be touched.

    aiosqlite has no public word for it, although each of its methods does nothing else.
    """
    result: R = await connection._execute(fn, *args)  # type: ignore[no-untyped-call]  # aiosqlite's, private
    return result


class Unit(Generic[R]):
    """A unit of work on its way, and in the end what came of it."""

    __slots__ = ("error", "fn", "future", "result")

    def __init__(self, fn: Callable[[Work], R], future: asyncio.Future[R]) -> None:
        self.fn = fn
        self.result: R | None = None
        self.error: BaseException | None = None
        self.future = future

    @property
    def is_given_up(self) -> bool:
        """Whether the caller went away."""
        return self.future.cancelled()

    def deliver(self) -> None:
        if self.future.done():
            return
        if isinstance(self.error, StopIteration):  # a future takes everything but this
            self.error = RuntimeError("a unit of work raised StopIteration")
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)  # type: ignore[arg-type]  # set by the batch where there is no error


class Lane:
    """`run` is called on the connection's thread, with the units of one batch: it sets result or error of each."""

    def __init__(
        self, connection: aiosqlite.Connection, run: Callable[[Sequence[Unit[Any]]], None], *, longest_queue: int
    ) -> None:
        self._connection = connection
        self._run = run
        self._longest_queue = longest_queue
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[Unit[Any]] = deque()
        self._pump: asyncio.Task[None] | None = None
        self._is_closed = False

    async def submit(self, fn: Callable[[Work], R]) -> R:
        """Raises StorageUnavailable when too many wait already, or the lane is closed."""
        if self._is_closed or len(self._waiting) >= self._longest_queue:
            raise StorageUnavailable("the store is closed" if self._is_closed else "too many units of work are waiting")
        unit = Unit(fn, self._loop.create_future())
        self._waiting.append(unit)
        if self._pump is None:
            self._pump = self._loop.create_task(self._work_off())
        result: R = await unit.future
        return result

    def close(self) -> None:
        """Refuses what comes."""
        self._is_closed = True

    async def finish(self) -> None:
        """Returns when what waits is done."""
        if self._pump is not None:
            await self._pump

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                await self._work_off_one(
                    [self._waiting.popleft() for _ in range(min(len(self._waiting), LARGEST_BATCH))]
                )
        finally:
            self._pump = None

    async def _work_off_one(self, batch: list[Unit[Any]]) -> None:
        try:
            await on_thread(self._connection, self._run, batch)
        except Exception as error:
            for unit in batch:
                unit.error = error
        for unit in batch:
            unit.deliver()
