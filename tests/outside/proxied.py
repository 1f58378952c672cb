"""A real nginx between a client and a small app."""

import http.client
import os
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.outside.tools import needed
from tests.running import PATIENCE_SECONDS, Server, free_port

CONF = Path(__file__).with_name("nginx.conf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request as the app got it; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class App:
    """Says yes to everything: whoever gets here has passed."""

    address: str
    arrived: list[Arrived] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Site:
    """nginx, as a client meets it."""

    port: int
    app: App

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b"") -> int:
        """The status. The path goes out as it is: nothing is tidied up on this side."""
        self.app.arrived.clear()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def site(folder: Path, server: Server) -> Iterator[Site]:
    """Leaves the test out where nginx is not installed."""
    nginx = needed("nginx")
    with app() as behind:
        port = free_port()
        values = {
            "LISTEN": f"127.0.0.1:{port}",
            "APP": behind.address,
            "IDP": f"127.0.0.1:{server.port}",
            "HOST": f"localhost:{server.port}",
        }
        conf = CONF.read_text()
        for name, value in values.items():
            conf = conf.replace(f"@{name}@", value)
        (folder / "nginx.conf").write_text(conf)
        words = ["-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
        # its workers would else become another user, who may not enter this folder
        words += ["-g", "user root;"] if os.geteuid() == 0 else []
        with subprocess.Popen([nginx, *words]) as process:
            try:
                wait_for(port, process)
                yield Site(port, behind)
            finally:
                process.terminate()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
            return
        except OSError:
            assert process.poll() is None, "nginx ended"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        finally:
            connection.close()


@contextmanager
def app() -> Iterator[App]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.behind = behind = App(f"127.0.0.1:{listening.server_port}")  # type: ignore[attr-defined]
    with listening:
        thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield behind
        finally:
            listening.shutdown()
            thread.join()


class Handler(BaseHTTPRequestHandler):
    """Writes down who came."""

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = self.rfile.read(int(headers.get("content-length", "0")))
        self.server.behind.arrived.append(  # type: ignore[attr-defined]
            Arrived(method=self.command, path=self.path, headers=headers, body=body)
        )
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *args: Any) -> None: ...
