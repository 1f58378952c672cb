"""`idp serve` as a process of its own, in a folder of the test's."""

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

PLAIN = """
[server]
header_deadline = "1s"
shutdown = "5s"

[plugins.password]
[plugins.console]
"""
PATIENCE_SECONDS = 60.0
_PORT = re.compile(r"(?:127\.0\.0\.1|0\.0\.0\.0|localhost):(\d+)")


def environment(**variables: str) -> dict[str, str]:
    """This process's, without settings of ours; byte code is kept, as an installation keeps it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IDP_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | variables


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "idp", *map(str, arguments)]


def wait_until(is_so: Callable[[], object], seconds: float = PATIENCE_SECONDS) -> None:
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Idp:
    """A running one. `told` is what it printed before it was ready, `took_seconds` how long that was."""

    process: subprocess.Popen[str]
    folder: Path
    port: int
    told: str
    took_seconds: float

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            sent = None if body is None else json.dumps(body)
            kind = {} if body is None else {"content-type": "application/json"}
            connection.request(method, path, sent, kind | headers)
            answer = connection.getresponse()
            return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
        finally:
            connection.close()

    def cookies(self, path: str, email: str, password: str) -> str:
        """Signs in; what a browser would send afterwards."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            body = json.dumps({"email": email, "password": password})
            connection.request("POST", path, body, {"content-type": "application/json"})
            answer = connection.getresponse()
            assert answer.status in {200, 201}, answer.read()
            return "; ".join(line.partition(";")[0] for line in answer.headers.get_all("set-cookie") or [])
        finally:
            connection.close()

    def logged(self, event: str | None = None) -> list[dict[str, Any]]:
        """The lines of its log so far."""
        whole, _, _ = (self.folder / "log").read_text().rpartition("\n")
        lines = [json.loads(line) for line in whole.splitlines()]
        return [line for line in lines if event in (None, line["event"])]

    def line_of(self, request_id: str) -> dict[str, Any]:
        """The line of one request, once it is written."""

        def found() -> list[dict[str, Any]]:
            return [line for line in self.logged("request") if line["request_id"] == request_id]

        wait_until(found)
        return found()[0]

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def end(self) -> int:
        """Waits for its exit status."""
        return self.process.wait(PATIENCE_SECONDS)


@contextmanager
def serving(
    folder: Path, *options: object, config: str = PLAIN, variables: Mapping[str, str] | None = None
) -> Iterator[Idp]:
    """`idp serve` on a free port, until the block ends; told to stop then, if it has not."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "config.toml").write_text(config)
    with (folder / "log").open("w") as log:
        began = time.monotonic()
        process = subprocess.Popen(
            command("serve", "--port", 0, *options), cwd=folder, stdout=subprocess.PIPE, stderr=log,
            text=True, env=environment(**(variables or {})),
        )  # fmt: skip
        assert process.stdout is not None
        try:
            told, port = _told(process.stdout, folder)
            took = time.monotonic() - began
            yield Idp(process=process, folder=folder, port=port, told=told, took_seconds=took)
        finally:
            process.stdout.close()
            if process.poll() is None:
                process.terminate()
            process.wait(PATIENCE_SECONDS)


def _told(stdout: IO[str], folder: Path) -> tuple[str, int]:
    """The banner, which ends with its last line, and the port in it."""
    lines = []
    while line := stdout.readline():
        lines.append(line)
        if line.startswith("Ctrl-C") or (len(lines) == 1 and "demo = true" not in (folder / "config.toml").read_text()):
            return "".join(lines), int(_PORT.findall("".join(lines))[-1])
    raise AssertionError((folder / "log").read_text())


def run(*arguments: object, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """The command to its end."""
    return subprocess.run(
        command(*arguments), cwd=folder, capture_output=True, text=True, env=environment(**variables), check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
