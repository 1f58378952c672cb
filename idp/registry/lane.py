"""A plugin's own event loop in a thread of its own.

A coroutine that blocks (`time.sleep`, a synchronous client) cannot be interrupted from within its loop. In a lane it
stops nothing but its own plugin: the server's loop waits for an answer no longer than the fence allows, every other way
in goes on, and a plugin that swallows its cancellation is left behind (threat row 128).
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from idp.registry.outcome import Answered, Raised

R = TypeVar("R")

THREADS = 4
"""What `asyncio.to_thread` of one plugin may use: a bound of its own, so that it starves no other."""

ENDING_SECONDS = 1.0
"""How long tasks that were left running may take to be cancelled."""


class Lane:
    """Opens at the first call. Calls come from the server's loop, which is remembered as the lane's home."""

    def __init__(self, plugin: str) -> None:
        self.plugin = plugin
        self._loop: asyncio.AbstractEventLoop | None = None
        self._home: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._closing: set[asyncio.AbstractEventLoop] = set()

    async def run(self, call: Callable[[], Awaitable[R]]) -> Answered[R] | Raised:
        """Runs `call` in the lane. A caller that is cancelled cancels it and does not wait for its consent."""
        self._home = asyncio.get_running_loop()
        answer = asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_settle(call), self._opened()))
        try:
            return await answer
        except asyncio.CancelledError as error:
            if (caller := asyncio.current_task()) and caller.cancelling():
                raise
            return Raised(error)  # the lane was closed before it came to this call

    async def at_home(self, call: Callable[[], Coroutine[Any, Any, R]]) -> R:
        """Runs `call` on the server's loop, where the store and the hasher live. Called by the plugin."""
        if self._home is None or self._home is asyncio.get_running_loop():
            return await call()
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(call(), self._home))

    async def is_blocked(self, seconds: float = 0.1) -> bool:
        """Whether the lane's loop does not even answer: something in it blocks."""
        answer: Future[None] = Future()
        self._opened().call_soon_threadsafe(_resolve, answer)
        probe = asyncio.wrap_future(answer)
        _, silent = await asyncio.wait({probe}, timeout=seconds)
        if silent:
            probe.cancel()
        return bool(silent)

    async def close(self, seconds: float = 2.0) -> None:
        """Ends what still runs in the lane, then the lane. A blocked one is left to end by itself, as it may."""
        loop, thread = self._loop, self._thread
        if loop is None or thread is None:
            return
        self._loop = self._thread = None
        self._closing.add(loop)
        loop.call_soon_threadsafe(loop.stop)
        await asyncio.to_thread(thread.join, seconds)

    def _opened(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            self._thread = threading.Thread(
                target=self._live, args=(self._loop,), name=f"idp-plugin-{self.plugin}", daemon=True
            )
            self._thread.start()
        return self._loop

    def _live(self, loop: asyncio.AbstractEventLoop) -> None:
        asyncio.set_event_loop(loop)
        executor = ThreadPoolExecutor(THREADS, thread_name_prefix=f"idp-plugin-{self.plugin}")
        loop.set_default_executor(executor)
        while loop not in self._closing:
            try:
                loop.run_forever()
            except (SystemExit, KeyboardInterrupt):
                continue  # a background task of the plugin wished to exit: the signal handlers are not in this thread
        with suppress(SystemExit, KeyboardInterrupt):
            loop.run_until_complete(_end_tasks())
        executor.shutdown(wait=False, cancel_futures=True)
        loop.close()


def _resolve(answer: "Future[None]") -> None:
    if answer.set_running_or_notify_cancel():
        answer.set_result(None)


async def _settle(call: Callable[[], Awaitable[R]]) -> Answered[R] | Raised:
    try:
        return Answered(await call())
    except BaseException as error:  # what a plugin raises ends nothing but its call
        return Raised(error)


async def _end_tasks() -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=ENDING_SECONDS)
    await asyncio.get_running_loop().shutdown_asyncgens()
