"""Speaking with one chosen process of several that share their sockets."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx2

from tests.running import PATIENCE_SECONDS, Server


def processes(server: Server, count: int) -> list[int]:
    """The worker processes that run now, once there are so many; the server is ready when the first of them is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found := {event["worker"]: event["process"] for event in server.events("worker.started")}) < count:
        assert time.monotonic() < deadline, f"{len(found)} workers"
        time.sleep(0.02)
    return list(found.values())


def kill_all(server: Server) -> int:
    """SIGKILL to the supervisor and to each worker that it has: how many workers."""
    assert server.process is not None
    supervisor = server.process.pid
    workers = [int(one) for one in Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()]
    server.kill()
    for worker in workers:
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    while any(Path(f"/proc/{worker}").exists() for worker in workers):
        time.sleep(0.005)
    return len(workers)


@contextmanager
def browser_at_each(server: Server, count: int) -> Iterator[list[httpx2.Client]]:
    """One client for each worker, on a connection that it alone can have accepted."""
    workers = processes(server, count)
    with ExitStack() as stack:
        yield [stack.enter_context(_browser_at(server, one, set(workers) - {one})) for one in workers]


@contextmanager
def _browser_at(server: Server, one: int, others: set[int]) -> Iterator[httpx2.Client]:
    with server.browser(limits=httpx2.Limits(max_connections=1, keepalive_expiry=None)) as browser:
        for other in others:
            os.kill(other, signal.SIGSTOP)
        try:
            browser.get("/health/live").raise_for_status()
        finally:
            for other in others:
                os.kill(other, signal.SIGCONT)
        yield browser
