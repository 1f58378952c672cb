"""One of several processes that serve. Started by the supervisor, and over when the supervisor is."""

import asyncio
import pickle
import socket
import sys
from collections.abc import Sequence

from idp.app import Ambient, logs_of, open_provider
from idp.config.settings import Settings
from idp.logs import Logs, adopted
from idp.server.running import run
from idp.server.serve import run_loop

READY = b"1"


def main() -> None:
    """The arguments are descriptors: the wire to the supervisor, then the sockets, which listen already."""
    wire, *sockets = (socket.socket(fileno=int(number)) for number in sys.argv[1:])
    with wire.makefile("rb") as stream:
        try:
            settings: Settings = pickle.load(stream)  # noqa: S301 - from our parent
        except (EOFError, ConnectionError):  # there will be nothing to serve
            sys.exit(0)
    clock = Ambient.of_the_system().clock
    with logs_of(settings, clock) as logs, adopted(logs):
        try:
            code = run_loop(_work(settings, sockets, wire, logs))
        except Exception as error:
            logs.named("server").error("worker.failed", exc_info=error)
            code = 1
    sys.exit(code)


async def _work(settings: Settings, sockets: Sequence[socket.socket], wire: socket.socket, logs: Logs) -> int:
    stop = asyncio.Event()
    async with open_provider(settings, logs=logs) as provider:
        orphaned = asyncio.create_task(_stop_with_the_supervisor(wire, stop))
        await run(provider, sockets, on_ready=lambda: wire.sendall(READY), stop=stop)
        orphaned.cancel()
    return 0


async def _stop_with_the_supervisor(wire: socket.socket, stop: asyncio.Event) -> None:
    """The other end of the wire closes when the supervisor dies, by whatever signal."""
    wire.setblocking(False)
    while await asyncio.get_running_loop().sock_recv(wire, 1):
        pass
    stop.set()
