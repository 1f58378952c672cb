"""From settings to an exit code: one process that serves, or one that watches over several."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import uvloop

from idp.app import Ambient, Provider, logs_of, open_provider
from idp.config.cautions import cautions_of
from idp.config.settings import Settings
from idp.logs import Logs, adopted
from idp.server.listening import listen
from idp.server.running import run
from idp.storage import upgrade


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """What the caller wants done, and when.

    `prepared`: on the open provider, once, before anybody serves. `listening`: when requests are answered, with the
    port, which is another than in the settings when they say 0.
    """

    listening: Callable[[int], None]
    prepared: Callable[[Provider], Awaitable[None]] | None = None


def serve(settings: Settings, sockets: Sequence[socket.socket], moments: Moments) -> int:
    """Serves on `sockets`, which are bound, until SIGTERM or SIGINT; the exit code.

    Migrations, keys and what `moments.prepared` does are done once, before the first worker starts.
    Raises ListenRefused, and what `upgrade` and `open_provider` raise.
    """
    with ExitStack() as stack:
        for one in sockets:
            stack.enter_context(one)
        logs = stack.enter_context(logs_of(settings, Ambient.of_the_system().clock))
        stack.enter_context(adopted(logs))
        _caution(settings, logs)
        if settings.server.workers == 1:
            return run_loop(_alone(settings, sockets, moments, logs))
        return asyncio.run(_supervise(settings, sockets, moments, logs))


def _caution(settings: Settings, logs: Logs) -> None:
    for caution in cautions_of(settings):
        problem = caution.problem
        logs.named("config").warning(caution.event, key=problem.key, reason=problem.reason, mend=problem.mend)


def run_loop(main: Coroutine[Any, Any, int]) -> int:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(main)


async def _alone(settings: Settings, sockets: Sequence[socket.socket], moments: Moments, logs: Logs) -> int:
    await upgrade(settings.database.url.get_secret_value())
    async with open_provider(settings, logs=logs) as provider:
        if moments.prepared is not None:
            await moments.prepared(provider)
        listen(sockets)
        await run(provider, sockets, on_ready=lambda: _is_listening(sockets, moments, logs), stop=asyncio.Event())
    return 0


async def _supervise(settings: Settings, sockets: Sequence[socket.socket], moments: Moments, logs: Logs) -> int:
    from idp.server.supervisor import Supervisor  # noqa: PLC0415 - one process alone need not wait for it

    supervisor = Supervisor(settings, sockets, log=logs.named("server"))
    await supervisor.hatch()
    try:
        await _prepare(settings, moments, logs)
        listen(sockets)
    except BaseException:
        await supervisor.abandon()
        raise
    return await supervisor.run(lambda: _is_listening(sockets, moments, logs))


async def _prepare(settings: Settings, moments: Moments, logs: Logs) -> None:
    await upgrade(settings.database.url.get_secret_value())
    async with open_provider(settings, logs=logs) as provider:
        if moments.prepared is not None:
            await moments.prepared(provider)


def _is_listening(sockets: Sequence[socket.socket], moments: Moments, logs: Logs) -> None:
    addresses = [one.getsockname() for one in sockets]
    logs.named("server").info("server.started", addresses=[f"{host}:{port}" for host, port, *_ in addresses])
    moments.listening(addresses[0][1])
