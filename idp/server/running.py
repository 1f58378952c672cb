"""One process that serves: from an open provider to its last answer."""

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import uvicorn

from idp.app import Provider
from idp.server.descriptors import allow_connections
from idp.server.listening import BACKLOG
from idp.server.protocol import BoundedProtocol, Bounds

KEEP_ALIVE_SECONDS = 65
"""Longer than proxies keep a connection to us open (nginx: 60 s), so that it is they who close it."""

FOR_REQUESTS = 0.75
FOR_LETTERS = 0.1
"""Parts of `server.shutdown`; what is left is for closing."""

TICKS_SECONDS = 0.3
"""What uvicorn takes to see that it is over, however short its patience."""

FORCED = 130
OVERDUE = 1


async def run(
    provider: Provider, sockets: Sequence[socket.socket], *, on_ready: Callable[[], None], stop: asyncio.Event
) -> None:
    """Serves until `stop` is set, by SIGTERM, SIGINT or somebody else; then ends in order, within `server.shutdown`.

    For a process that does nothing else: it takes the signals, and leaves when its time is over.
    """
    log = provider.logs.named("server")
    end = End(provider, stop)
    end.take_signals()
    provider.duties.start()
    server = _Server(_config(provider), on_ready)
    serving = asyncio.create_task(server.serve(sockets=list(sockets)))
    told = asyncio.create_task(end.told())
    await asyncio.wait({serving, told}, return_when=asyncio.FIRST_COMPLETED)
    provider.readiness.draining = True
    server.should_exit = True
    await serving
    await _last_letters(provider)
    await provider.duties.stop()
    log.info("server.stopped")


class End:
    """What a signal does, and what happens when the end takes too long."""

    def __init__(self, provider: Provider, stop: asyncio.Event) -> None:
        self._seconds = provider.settings.server.shutdown.total_seconds()
        self._logs = provider.logs
        self._log = provider.logs.named("server")
        self._stop = stop
        self._interrupts = 0

    def take_signals(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        loop.add_signal_handler(signal.SIGINT, self._interrupted)

    async def told(self) -> None:
        """Returns at the word to stop. From then on the time runs, in a thread: the loop may be what hangs."""
        await self._stop.wait()
        self._log.info("server.stopping")
        overdue = threading.Timer(self._seconds, self._overdue)
        overdue.daemon = True
        overdue.start()

    def _interrupted(self) -> None:
        """The second Ctrl-C waits for nobody. What was acknowledged is in the database."""
        self._interrupts += 1
        self._stop.set()
        if self._interrupts > 1:
            self._leave(FORCED)

    def _overdue(self) -> None:
        self._log.error("server.overdue", seconds=self._seconds)
        self._leave(OVERDUE)

    def _leave(self, code: int) -> None:
        self._logs.flush(0.2)
        os._exit(code)


class _Server(uvicorn.Server):
    """uvicorn's, whose signals are ours and which says when it listens."""

    def __init__(self, config: uvicorn.Config, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_ready = on_ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:  # uvicorn's would end us by the signal
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def _config(provider: Provider) -> uvicorn.Config:
    server = provider.settings.server
    bounds = Bounds(
        head_seconds=server.header_deadline.total_seconds(),
        connections=allow_connections(server.max_connections, provider.logs.named("server")),
    )
    protocol: Any = partial(BoundedProtocol, bounds=bounds)
    patience: Any = max(0.1, server.shutdown.total_seconds() * FOR_REQUESTS - TICKS_SECONDS)
    return uvicorn.Config(
        provider.application,
        http=protocol,
        loop="none",
        ws="none",
        interface="asgi3",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=patience,
        reset_contextvars=True,
        workers=1,
    )


async def _last_letters(provider: Provider) -> None:
    """What the last requests promised is sent now rather than at the next start, if it does not take long."""
    seconds = provider.settings.server.shutdown.total_seconds() * FOR_LETTERS
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            try:
                while await provider.relay.deliver_due():
                    pass
            except Exception as error:  # a database that is gone must not keep us from ending
                provider.logs.named("server").warning("server.letters_left", exc_info=error)
