"""The load generator: keep-alive connections on this machine, each of which asks again once it has its answer.

A process of its own (`python -m benchmarks.load`): a Job as JSON on standard input, a Tally as JSON on standard output.
Requests are built once, or once per change of cookies; of an answer only the status, the length and the cookies are
read. So it costs a fraction of what any server does, and tells how much that was.
"""

import asyncio
import sys
import time
from array import array
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import orjson
import uvloop

HOST = "127.0.0.1"
"""Nowhere else: this is no tool to press somebody's server with."""

MOST_ANSWERS = 200_000
"""Of one connection, then it stops, whatever the time."""

PATIENCE_SECONDS = 60
AFTER_A_WRONG_ANSWER_SECONDS = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """What one connection asks. `body` is JSON, or empty."""

    method: str
    path: str
    body: str = ""
    cookies: dict[str, str] = field(default_factory=dict)

    def request(self, cookies: dict[str, str], port: int) -> bytes:
        lines = [f"{self.method} {self.path} HTTP/1.1", f"host: localhost:{port}", "user-agent: idp-benchmark"]
        if cookies:
            lines.append("cookie: " + "; ".join(f"{name}={value}" for name, value in cookies.items()))
        if self.body:
            lines += ["content-type: application/json", f"content-length: {len(self.body.encode())}"]
        return "\r\n".join([*lines, "", self.body]).encode()


@dataclass(frozen=True, slots=True, kw_only=True)
class Crowd:
    """Connections that do alike. `keeps_cookies`: each sends what its last answer has set.

    `pause_seconds` lie between an answer and the next question; `most` bounds the questions of one connection.
    """

    askings: list[Asking]
    expects: int
    keeps_cookies: bool = False
    pause_seconds: float = 0
    most: int = MOST_ANSWERS


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What all crowds do at the same time. After `seconds` nobody asks any more, and what was asked is waited for."""

    port: int
    seconds: float
    crowds: list[Crowd]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdTally:
    """`wrong` counts other answers than the expected one by status; `lost` is a connection that was cut."""

    right: int
    wrong: dict[str, int]
    p50_ms: float
    p99_ms: float
    cookies: list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """`cpu_seconds` are the generator's own."""

    seconds: float
    cpu_seconds: float
    crowds: list[CrowdTally]


class Connection(asyncio.Protocol):
    """One client."""

    def __init__(self, crowd: Crowd, asking: Asking, port: int, until: float) -> None:
        self.cookies = dict(asking.cookies)
        self.seconds = array("d")
        self.wrong: Counter[str] = Counter()
        self.done = asyncio.get_running_loop().create_future()
        self._crowd, self._asking, self._port, self._until = crowd, asking, port, until
        self._request = asking.request(self.cookies, port)
        self._held = b""
        self._began = 0.0
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        if not self.done.done():
            self.wrong["lost"] += 1
            self.done.set_result(None)

    def data_received(self, data: bytes) -> None:
        self._held = data = self._held + data if self._held else data
        end = data.find(b"\r\n\r\n") + 4
        if end < 4 or len(data) < end + _length(data[:end]):
            return
        took = time.perf_counter() - self._began
        self._held = b""
        status = int(data[9:12])
        if status == self._crowd.expects:
            self.seconds.append(took)
        else:
            self.wrong[str(status)] += 1
        if self._crowd.keeps_cookies:
            self._keep(data[:end])
        self._go_on(0 if status == self._crowd.expects else AFTER_A_WRONG_ANSWER_SECONDS)

    def _go_on(self, pause: float) -> None:
        answers = len(self.seconds) + self.wrong.total()
        if time.perf_counter() >= self._until or answers >= self._crowd.most:
            self.done.set_result(None)
            self._transport.close()
        elif pause := max(pause, self._crowd.pause_seconds):
            asyncio.get_running_loop().call_later(pause, self._ask)
        else:
            self._ask()

    def _ask(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(self._request)

    def _keep(self, head: bytes) -> None:
        for line in head.split(b"\r\n"):
            if line.startswith(b"set-cookie: "):
                name, _, rest = line[12:].decode("latin-1").partition("=")
                self.cookies[name] = rest.partition(";")[0]
        self._request = self._asking.request(self.cookies, self._port)


def _length(head: bytes) -> int:
    """As uvicorn writes it; an answer without a length has no body."""
    start = head.find(b"content-length: ")
    return int(head[start + 16 : head.find(b"\r\n", start)]) if start >= 0 else 0


async def press(job: Job) -> Tally:
    """Raises TimeoutError when answers do not come."""
    loop = asyncio.get_running_loop()
    began, used = time.perf_counter(), time.process_time()
    crowds: list[list[Connection]] = []
    for crowd in job.crowds:
        members = [Connection(crowd, asking, job.port, began + job.seconds) for asking in crowd.askings]
        crowds.append(members)
    everybody = [one for members in crowds for one in members]
    async with asyncio.timeout(job.seconds + PATIENCE_SECONDS):
        await asyncio.gather(*(loop.create_connection(partial(_itself, one), HOST, job.port) for one in everybody))
        await asyncio.gather(*(one.done for one in everybody))
    seconds = time.perf_counter() - began
    used = time.process_time() - used
    return Tally(seconds=seconds, cpu_seconds=used, crowds=[_tally(members) for members in crowds])


def _itself(connection: Connection) -> Connection:
    return connection


def _tally(members: list[Connection]) -> CrowdTally:
    seconds = sorted(taken for one in members for taken in one.seconds)
    wrong: Counter[str] = Counter()
    for one in members:
        wrong.update(one.wrong)
    return CrowdTally(
        right=len(seconds),
        wrong=dict(wrong),
        p50_ms=percentile(seconds, 0.50) * 1000,
        p99_ms=percentile(seconds, 0.99) * 1000,
        cookies=[one.cookies for one in members],
    )


def percentile(ordered: list[float], share: float) -> float:
    """The nearest rank of what is sorted; 0 of nothing."""
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else 0.0


def job_from(told: dict[str, Any]) -> Job:
    crowds = [Crowd(**crowd | {"askings": [Asking(**one) for one in crowd["askings"]]}) for crowd in told["crowds"]]
    return Job(**told | {"crowds": crowds})


def tally_from(told: dict[str, Any]) -> Tally:
    return Tally(**told | {"crowds": [CrowdTally(**crowd) for crowd in told["crowds"]]})


def main() -> None:
    job = job_from(orjson.loads(sys.stdin.buffer.read()))
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        sys.stdout.buffer.write(orjson.dumps(runner.run(press(job))))


if __name__ == "__main__":
    main()
