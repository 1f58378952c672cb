"""A small application behind the bounded protocol, in a thread of its own, and a client that speaks in bytes."""

import asyncio
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvicorn
import uvloop
from starlette.types import Receive, Scope, Send

from idp.server.listening import bind, listen
from idp.server.protocol import BoundedProtocol, Bounds

HOST = b"Host: id.example.com\r\n"
GET = b"GET / HTTP/1.1\r\n" + HOST + b"\r\n"
PATIENCE_SECONDS = 5.0


@dataclass(slots=True)
class Echo:
    """Answers with what it was asked, after the body's end.

    `/slow` takes a moment, `/early` does not wait for the body, `/refused` neither, and closes.
    """

    asked: list[str] = field(default_factory=list)
    gone: int = 0
    large: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == "/refused":
            headers = [(b"content-length", b"0"), (b"connection", b"close")]
            await send({"type": "http.response.start", "status": 413, "headers": headers})
            await send({"type": "http.response.body"})
            return
        body = b"" if scope["path"] == "/early" else await self._body(receive)
        if body is None:
            self.gone += 1
            return
        self.asked.append(scope["path"])
        if scope["path"] == "/slow":
            await asyncio.sleep(0.2)
        names = [name.decode() for name, _ in scope["headers"]]
        seen = {"path": scope["path"], "headers": names, "body": body.decode(), "client": scope["client"][0]}
        answer = self.large or json.dumps(seen).encode()
        length = (b"content-length", str(len(answer)).encode())
        await send({"type": "http.response.start", "status": 200, "headers": [length]})
        await send({"type": "http.response.body", "body": answer})

    async def _body(self, receive: Receive) -> bytes | None:
        body = b""
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            body += bytes(message["body"])
            if not message["more_body"]:
                return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def seen(self) -> Any:
        return json.loads(self.body)


class Line:
    """A connection of the test's."""

    def __init__(self, port: int, *chunks: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_SECONDS)
        self._stream = self.socket.makefile("rb")
        self.say(*chunks)

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.close()
        self.socket.close()

    def say(self, *chunks: bytes) -> None:
        for chunk in chunks:
            self.socket.sendall(chunk)

    def trickle(self, data: bytes, pause_seconds: float) -> bool:
        """One byte at a time, until all are sent or the other side closes; whether all were sent."""
        self.socket.settimeout(pause_seconds)
        for number in range(len(data)):
            try:
                self.socket.sendall(data[number : number + 1])
                if self.socket.recv(1, socket.MSG_PEEK) is not None:
                    return False
            except TimeoutError:
                continue
            except ConnectionError:
                return False
        return True

    def flood(self, most: int) -> int:
        """Sends up to `most` bytes, until the other side answers or closes; how many were sent."""
        sent = 0
        while sent < most and not select.select([self.socket], [], [], 0.001)[0]:
            try:
                sent += self.socket.send(b"a" * 4096)
            except ConnectionError:
                break
        return sent

    def answer(self) -> Answer | None:
        """The next one; None at the end of the connection."""
        self.socket.settimeout(PATIENCE_SECONDS)
        try:
            first = self._stream.readline()
        except ConnectionResetError:
            return None
        if not first:
            return None
        headers = dict(self._fields())
        body = self._stream.read(int(headers.get("content-length", "0")))
        return Answer(status=int(first.split()[1]), headers=headers, body=body)

    def answers(self) -> list[Answer]:
        """All until the end of the connection."""
        return list(iter(self.answer, None))

    def _fields(self) -> Iterator[tuple[str, str]]:
        while (line := self._stream.readline()) not in {b"\r\n", b""}:
            name, _, value = line.decode().partition(":")
            yield name.lower(), value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    port: int
    echo: Echo
    server: uvicorn.Server

    def ask(self, *chunks: bytes) -> list[Answer]:
        """All answers on a connection that is left open on our side."""
        with Line(self.port, *chunks) as line:
            return line.answers()

    def first(self, *chunks: bytes) -> Answer:
        with Line(self.port, *chunks) as line:
            answer = line.answer()
        assert answer is not None
        return answer


@contextmanager
def served(
    host: str = "127.0.0.1", *, head_seconds: float = 5.0, keep_alive_seconds: float = 5.0, connections: int = 100
) -> Iterator[Served]:
    """The echo on a free port of `host`."""
    bounds = Bounds(head_seconds=head_seconds, connections=connections)
    echo = Echo()
    protocol: Any = partial(BoundedProtocol, bounds=bounds)
    keep_alive: Any = keep_alive_seconds
    config = uvicorn.Config(
        echo, http=protocol, ws="none", interface="asgi3", lifespan="off", log_config=None, access_log=False,
        proxy_headers=False, server_header=False, timeout_keep_alive=keep_alive, timeout_graceful_shutdown=1,
    )  # fmt: skip
    server = uvicorn.Server(config)
    (listening,) = bind(host, 0)
    with listening:
        listen([listening])
        port = listening.getsockname()[1]
        thread = threading.Thread(target=_run, args=(server, listening), daemon=True)
        thread.start()
        try:
            yield Served(port=port, echo=echo, server=server)
        finally:
            server.should_exit = True
            thread.join(PATIENCE_SECONDS)


def _run(server: uvicorn.Server, listening: socket.socket) -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(sockets=[listening]))
