"""A small HTTP server on loopback: an app, or a webhook."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """A request; header names in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class Listener:
    """Says yes to everything, and writes down what arrived."""

    address: str
    arrived: list[Arrived] = field(default_factory=list)


@contextmanager
def listener() -> Iterator[Listener]:
    listening = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    listening.behind = behind = Listener(f"127.0.0.1:{listening.server_port}")  # type: ignore[attr-defined]
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
