"""Servers to measure, each in processes of its own on a free port: idp, and a bare application for a ceiling."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks import processes
from benchmarks.load import HOST

START_SECONDS = 60
STOP_SECONDS = 40
POLL_SECONDS = 0.005
DATABASE = "IDP_BENCHMARK_DATABASE"

CONFIG = """\
# Written by benchmarks/run.py. Nothing is switched off; one address may sign in as often as it likes.
[throttle]
sources = "1000000/1h"

[jurisdictions."Bay Area"]

[teams."My Team"]

[plugins.password]
[plugins.email_code]
[plugins.sms_code]
[plugins.totp]
[plugins.single_use_code]

[plugins.file]
directory = "var/outbox"
channels = ["email", "sms"]
"""


class ServerFailed(Exception):
    """It did not come up, or did not go down."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A folder with a configuration and its data. `database`: a URL; None for SQLite in the folder."""

    folder: Path
    database: str | None

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def environment(self) -> dict[str, str]:
        """What a command needs to find the data; the database's address may hold a password."""
        ours = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
        return {**ours, "IDP_DATA": str(self.data), **({DATABASE: self.database} if self.database else {})}

    def write(self) -> None:
        from_environment = f'[database]\nurl = {{ env = "{DATABASE}" }}\n' if self.database else ""
        self.config.write_text(CONFIG + from_environment)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "idp", "--config", str(self.config), *words]


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers, by `name` and port. `start_seconds`: from its start to its first answer."""

    name: str = "localhost"
    port: int
    processes: Sequence[int]
    start_seconds: float

    def cpu_seconds(self) -> float | None:
        return processes.cpu_seconds(self.processes)

    def resident_mib(self) -> float | None:
        return processes.resident_mib(self.processes)


@contextmanager
def idp(site: Site, workers: int) -> Iterator[Running]:
    """Raises ServerFailed."""
    port = _free_port()
    words = ("serve", "--port", str(port), "--workers", str(workers), "--data", str(site.data))
    with site.log.open("ab") as log:
        began = time.perf_counter()
        started = subprocess.Popen(
            site.command(*words), env=site.environment(), stdout=subprocess.PIPE, stderr=log, text=True
        )
        with _ended(started):
            seconds = _first_answer(port, "/health/ready", [started], site.log) - began
            _line_of(started)  # it says so once all workers serve
            yield Running(port=port, processes=processes.family(started.pid), start_seconds=seconds)


@contextmanager
def ceiling(site: Site, workers: int) -> Iterator[Running]:
    """A bare application behind the same server with the same settings (benchmarks/ceiling.py). Raises ServerFailed."""
    with socket.create_server((HOST, 0), backlog=2048) as listening, site.log.open("ab") as log:
        port = listening.getsockname()[1]
        words = [sys.executable, "-m", "benchmarks.ceiling", str(site.config), str(listening.fileno())]
        began = time.perf_counter()
        started = [
            subprocess.Popen(
                words,
                env=site.environment(),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                pass_fds=[listening.fileno()],
            )
            for _ in range(workers)
        ]
        with _ended(*started):
            for one in started:
                _line_of(one)
            seconds = _first_answer(port, "/", started, site.log) - began
            yield Running(port=port, processes=[one.pid for one in started], start_seconds=seconds)


@contextmanager
def peer_process(site: Site, words: Sequence[str], rest: Sequence[str]) -> Iterator[Running]:
    """Another provider: `words`, its port, and the rest; it writes a line when it is ready. Raises ServerFailed."""
    port = _free_port()
    environment = {**os.environ, "NODE_ENV": "production"}
    with site.log.open("ab") as log:
        began = time.perf_counter()
        started = subprocess.Popen(
            [*words, str(port), *rest], env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        with _ended(started):
            _line_of(started)
            seconds = _first_answer(port, "/.well-known/openid-configuration", [started], site.log) - began
            yield Running(name=HOST, port=port, processes=processes.family(started.pid), start_seconds=seconds)


@contextmanager
def _ended(*started: subprocess.Popen[str]) -> Iterator[None]:
    try:
        yield
    finally:
        for one in started:
            one.send_signal(signal.SIGTERM)
        for one in started:
            try:
                one.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                one.kill()
                one.wait()


def _line_of(started: subprocess.Popen[str]) -> str:
    stream: IO[str] | None = started.stdout
    return stream.readline() if stream is not None else ""


def _first_answer(port: int, path: str, started: Sequence[subprocess.Popen[str]], log: Path) -> float:
    """When the first 200 arrived."""
    until = time.perf_counter() + START_SECONDS
    while time.perf_counter() < until and all(one.poll() is None for one in started):
        connection = http.client.HTTPConnection(HOST, port, timeout=START_SECONDS)
        try:
            connection.request("GET", path, headers={"host": f"localhost:{port}"})
            if connection.getresponse().status == 200:
                return time.perf_counter()
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        time.sleep(POLL_SECONDS)
    raise ServerFailed("the server did not start:\n" + "\n".join(log.read_text().splitlines()[-5:]))


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as found:
        port: int = found.getsockname()[1]
        return port
