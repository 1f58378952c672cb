"""Watches over the workers: one that dies is replaced, and all end together."""

import asyncio
import json
import os
import pickle
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

from idp.config.settings import Settings
from idp.sdk import Log

FIRST_PAUSE_SECONDS = 0.1
LONGEST_PAUSE_SECONDS = 30.0
CALM_SECONDS = 60.0
"""A worker that lived as long was well: its successor starts without delay."""

GRACE_SECONDS = 2.0
FORCED = 130
FAILED = 1

# the same modules as ours, wherever we were started from
_START = "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); from idp.server.worker import main; main()"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A process of its own group, so that Ctrl-C reaches it through us; `wire` tells each when the other has gone."""

    process: asyncio.subprocess.Process
    wire: socket.socket

    async def is_ready(self) -> bool:
        """Once it serves; False when it has died instead."""
        with suppress(ConnectionError):
            return bool(await asyncio.get_running_loop().sock_recv(self.wire, 1))
        return False


class Supervisor:
    """Holds the listening sockets and the settings; opens no database."""

    def __init__(self, settings: Settings, sockets: Sequence[socket.socket], *, log: Log) -> None:
        self._settings = settings
        self._sockets = sockets
        self._log = log
        self._stop = asyncio.Event()
        self._hatched: list[Worker] = []
        self._running: set[Worker] = set()
        self._ready: set[int] = set()
        self._interrupts = 0
        self._code = 0

    async def hatch(self) -> None:
        """Starts the first processes, which load their code while the caller prepares what they will serve.

        They do nothing before `run`, and end if it never comes.
        """
        for _ in range(self._settings.server.workers):
            self._hatched.append(await self._start())

    async def abandon(self) -> None:
        """Instead of `run`: there is nothing to serve."""
        for worker in self._hatched:
            worker.wire.close()
        for worker in self._hatched:
            await worker.process.wait()

    async def run(self, on_ready: Callable[[], None]) -> int:
        """Until SIGTERM or SIGINT, or until the first workers fail; the exit code. `on_ready`: all of them serve."""
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.end)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)
        async with asyncio.TaskGroup() as group:
            for number in range(1, self._settings.server.workers + 1):
                group.create_task(self._keep(number, on_ready))
            await self._stop.wait()
            late = loop.call_later(self._settings.server.shutdown.total_seconds() + GRACE_SECONDS, self._kill)
        late.cancel()
        return self._code

    async def _keep(self, number: int, on_ready: Callable[[], None]) -> None:
        deaths = 0
        while not self._stop.is_set():
            began = asyncio.get_running_loop().time()
            status = await self._live(number, on_ready)
            if self._stop.is_set():
                self._code = self._code or (FAILED if status == FAILED else 0)
                return
            self._log.error("worker.died", worker=number, status=status)
            if number not in self._ready:
                self._code = FAILED  # what cannot start once will not start again
                self.end()
                return
            deaths = 0 if asyncio.get_running_loop().time() - began > CALM_SECONDS else deaths + 1
            await self._pause(deaths)

    async def _live(self, number: int, on_ready: Callable[[], None]) -> int:
        """From start to death: its exit status."""
        try:
            worker = self._hatched.pop() if self._hatched else await self._start()
            await asyncio.get_running_loop().sock_sendall(worker.wire, pickle.dumps(self._settings))
        except OSError as error:  # no process or no memory to be had
            self._log.error("worker.not_started", worker=number, exc_info=error)
            return FAILED
        self._running.add(worker)
        try:
            if self._stop.is_set():
                worker.process.terminate()
            if await worker.is_ready():
                self._is_ready(number, worker, on_ready)
            return await worker.process.wait()
        finally:
            self._running.discard(worker)
            worker.wire.close()

    def _is_ready(self, number: int, worker: Worker, on_ready: Callable[[], None]) -> None:
        self._log.info("worker.started", worker=number, process=worker.process.pid)
        if number not in self._ready:
            self._ready.add(number)
            if len(self._ready) == self._settings.server.workers:
                on_ready()

    async def _start(self) -> Worker:
        ours, theirs = socket.socketpair()
        numbers = [theirs.fileno(), *(one.fileno() for one in self._sockets)]
        arguments = ["-P", "-c", _START, json.dumps(sys.path), *map(str, numbers)]
        with theirs:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, pass_fds=numbers, process_group=0, stdin=asyncio.subprocess.DEVNULL
            )
        ours.setblocking(False)
        return Worker(process=process, wire=ours)

    async def _pause(self, deaths: int) -> None:
        seconds = min(FIRST_PAUSE_SECONDS * (1 << min(deaths, 16)), LONGEST_PAUSE_SECONDS) if deaths else 0
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _interrupted(self) -> None:
        self._interrupts += 1
        self.end()
        if self._interrupts > 1:
            self._kill()
            os._exit(FORCED)

    def end(self) -> None:
        """Tells all to stop; `run` returns when they have."""
        self._stop.set()
        for one in self._sockets:
            one.close()  # or connections would wait in line for nobody
        for worker in self._running:
            with suppress(ProcessLookupError):
                worker.process.terminate()

    def _kill(self) -> None:
        for worker in self._running:
            with suppress(ProcessLookupError):
                worker.process.kill()
