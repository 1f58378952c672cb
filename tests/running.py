"""The real server as a process of its own, and what a test may ask of it."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from idp.sdk import Message
from idp.testing.inbox import Inbox
from tests.house.project import TOP

EXAMPLE = TOP / "config.example.toml"
PATIENCE_SECONDS = 60.0
"""For what a busy machine delays; no demand of ours is as weak."""


class NotReady(AssertionError):
    """The server ended, or did not answer in time."""


def free_port() -> int:
    """Nobody else is given it: another run of tests beside this one asks the same system for ports.

    We stay bound to it, without listening. Linux then hands it to nobody who asks for any port, and still lets those
    have it who name it, as servers do that are about to listen (SO_REUSEADDR).
    """
    probe = socket.socket()
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    probe.bind(("127.0.0.1", 0))
    port: int = probe.getsockname()[1]
    _bound.append(probe)
    while len(_bound) > (MOST_BOUND if sys.platform == "linux" else 0):
        _bound.popleft().close()
    return port


MOST_BOUND = 100
"""More than a test has servers; descriptors are not without end."""

_bound: deque[socket.socket] = deque()


def seconds_in_line(process: int) -> float:
    """How long its main thread waited for a processor so far; 0 where the system does not tell."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[1]) / 1e9
    except OSError:
        return 0.0


@dataclass(kw_only=True)
class Server:
    """`python -m idp --config CONFIG serve --port PORT --data DATA WORDS…`, in an empty working folder.

    `environment` is laid over the configuration (`IDP_SERVER__WORKERS`). A start after a stop takes the same port.
    """

    folder: Path
    config: Path = EXAMPLE
    words: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    python: str = sys.executable
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        """The issuer as well: it goes with the port."""
        return f"http://localhost:{self.port}"

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def outbox(self) -> Path:
        return self.data / "outbox"

    @property
    def log(self) -> Path:
        """All that was printed, banner and log, over all starts."""
        return self.folder / "server.log"

    def start(self) -> float:
        """Seconds until it was ready, without those in which others had the processor. Raises NotReady."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self._command("serve", "--port", str(self.port), "--data", str(self.data), *self.words),
                cwd=self.folder,
                env=self._environ(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        while not self.is_ready():
            if self.process.poll() is not None or time.monotonic() - began > PATIENCE_SECONDS:
                self.kill()
                raise NotReady(self.log.read_text()[-4000:])
            time.sleep(0.02)
        return time.monotonic() - began - seconds_in_line(self.process.pid)

    def is_ready(self) -> bool:
        connection = http.client.HTTPConnection("localhost", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def stop(self) -> int:
        """SIGTERM, as an operator would; the exit code."""
        return self.end(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is flushed."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> int:
        if self.process is None:
            return 0
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(PATIENCE_SECONDS)

    def idp(self, *words: str, stdin: str = "") -> dict[str, Any]:
        """What a verb of the command line answers, on this server's data. Raises CalledProcessError."""
        done = subprocess.run(
            self._command(*words),
            cwd=self.folder,
            env=self._environ() | {"IDP_DATA": str(self.data)},
            input=stdin.encode(),
            stdout=subprocess.PIPE,
            check=True,
            timeout=PATIENCE_SECONDS,
        )
        answer: dict[str, Any] = json.loads(done.stdout)
        return answer

    def browser(self, **more: Any) -> httpx2.Client:
        """A client with a cookie jar of its own."""
        return httpx2.Client(base_url=self.url, timeout=PATIENCE_SECONDS, trust_env=False, **more)

    def message(self, to: str, *, count: int = 1) -> Message:
        """The `count`-th message to somebody, once it is there. Raises LookupError."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        inbox = Inbox(self.outbox)
        while len(found := inbox.messages(to)) < count:
            if time.monotonic() > deadline:
                raise LookupError(f"{len(found)} messages to {to}, not {count}")
            time.sleep(0.02)
        return found[count - 1]

    def events(self, name: str) -> list[dict[str, Any]]:
        """The log's lines of one kind, over all starts."""
        lines = [line for line in self.log.read_text().splitlines() if line.startswith("{")]
        return [entry for entry in map(json.loads, lines) if entry["event"] == name]

    def _command(self, *words: str) -> list[str]:
        return [self.python, "-m", "idp", "--config", str(self.config), *words]

    def _environ(self) -> dict[str, str]:
        """Ours, without what would configure another server."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("IDP_", "AUTH_LOCK_"))}
        return inherited | dict(self.environment)


def prepare(folder: Path) -> Path:
    """A data folder with the demo's accounts and keys, to be copied: a first start makes an RSA key."""
    server = Server(folder=folder)
    server.start()
    server.stop()
    return server.data


@contextmanager
def running(folder: Path, *, prepared: Path | None = None, **more: Any) -> Iterator[Server]:
    """A server that is ready; it is stopped at the end. `more`: what Server takes."""
    server = Server(folder=folder, **more)
    if prepared is not None:
        shutil.copytree(prepared, server.data, dirs_exist_ok=True)
    try:
        server.start()
        yield server
    finally:
        server.stop()
