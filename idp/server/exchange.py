"""One request and its answer: uvicorn's cycle, for the settings that we run it with.

What it does otherwise is cheap and can be seen by nobody: lines of an answer's head that come again with each answer
are checked once, and a head waits for the body, so that the two are one write (together a third of what uvicorn costs).
"""

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Scope
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HEADER_RE, HEADER_VALUE_RE, STATUS_LINE

from idp.web.middleware.envelope import HEADERS, TRANSPORT, Field

RECURRING = frozenset(
    {
        *HEADERS,
        TRANSPORT[0],
        b"access-control-allow-credentials",
        b"access-control-allow-origin",
        b"content-type",
        b"etag",
        b"vary",
    }
)
"""Names of fields that have few values, none of which is a secret."""

MOST_LINES = 512
_lines: dict[Field, bytes] = {}

FRAMING = frozenset({b"connection", b"content-length", b"transfer-encoding"})
BODILESS = frozenset({204, 304})
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_FAILED = {500: b"Internal Server Error", 503: b"Service Unavailable"}


class Connection(Protocol):
    """What an exchange needs of the one it happens on. `exit` is how it writes, and closes."""

    exit: Any
    flow: FlowControl
    tasks: set[asyncio.Task[None]]

    @property
    def default_headers(self) -> Sequence[tuple[bytes, bytes]]: ...

    def on_response_complete(self) -> None: ...


class Exchange:
    """The names without an underscore are those that uvicorn's protocol knows a cycle by."""

    __slots__ = (
        "_chunked",
        "_connection",
        "_head",
        "_is_waited_for",
        "_left",
        "body",
        "disconnected",
        "keep_alive",
        "message_event",
        "more_body",
        "response_complete",
        "response_started",
        "scope",
    )

    def __init__(self, scope: Scope, connection: Connection, *, keep_alive: bool, is_waited_for: bool) -> None:
        """`is_waited_for`: the client sends no body before we say so (RFC 9110 §10.1.1)."""
        self.scope = scope
        self.keep_alive = keep_alive
        self.message_event = asyncio.Event()
        self.body = bytearray()
        self.more_body = True
        self.disconnected = self.response_started = self.response_complete = False
        self._connection: Connection | None = connection
        self._is_waited_for = is_waited_for
        self._head = b""
        self._left = 0
        self._chunked: bool | None = None

    async def run(self, app: ASGIApp) -> None:
        """Never raises: what comes here passed the envelope, or was cancelled."""
        connection = self._on()
        try:
            await app(self.scope, self.receive, self.send)
            if not self.response_complete and not self.disconnected:
                raise RuntimeError("the application returned without an answer")
        except BaseException as error:
            if _is_cancelled(error):  # the server goes, and its patience is over: another one may do better
                await self._fail(connection, 503)
            else:
                logging.getLogger("uvicorn.error").error("Exception in ASGI application", exc_info=error)
                await self._fail(connection, 500)
        finally:
            self._connection = None
            if (task := asyncio.current_task()) is not None:
                connection.tasks.discard(task)

    async def _fail(self, connection: Connection, status: int) -> None:
        if self.response_started:
            connection.exit.close()
            return
        body = _FAILED[status]
        headers = [
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        await self.send({"type": "http.response.start", "status": status, "headers": headers})
        await self.send({"type": "http.response.body", "body": body})

    async def receive(self) -> Message:
        connection = self._on()
        if self._is_waited_for and not (self.disconnected or connection.exit.is_closing()):
            connection.exit.write(CONTINUE)
            self._is_waited_for = False
        if not self.disconnected and not self.response_complete:
            connection.flow.resume_reading()
            await self.message_event.wait()
            self.message_event.clear()
        if self.disconnected or self.response_complete:
            return {"type": "http.disconnect"}
        body, self.body = bytes(self.body), bytearray()
        return {"type": "http.request", "body": body, "more_body": self.more_body}

    async def send(self, message: Message) -> None:
        connection = self._on()
        if connection.flow.write_paused and not self.disconnected:
            await connection.flow.drain()
        if self.disconnected:
            return
        expected = "http.response.body" if self.response_started else "http.response.start"
        if message["type"] != expected or self.response_complete:
            raise RuntimeError(f"{message['type']} in the place of {expected}")
        if self.response_started:
            self._go_on(connection, message.get("body", b""), more=message.get("more_body", False))
        else:
            self._begin(connection, message["status"], message.get("headers", ()))

    def _on(self) -> Connection:
        if self._connection is None:
            raise RuntimeError("the exchange is over")
        return self._connection

    def _begin(self, connection: Connection, status: int, headers: Sequence[tuple[bytes, bytes]]) -> None:
        self.response_started = True
        self._is_waited_for = False
        lines = [STATUS_LINE[status], block(tuple(connection.default_headers))]
        lines += [_lines.get(field) or self._line(field) for field in headers]
        if not self.keep_alive:
            lines.append(b"connection: close\r\n")
        if self._chunked is None and self.scope["method"] != "HEAD" and status not in BODILESS:
            self._chunked = True
            lines.append(b"transfer-encoding: chunked\r\n")
        lines.append(b"\r\n")
        self._head = b"".join(lines)

    def _line(self, field: Field) -> bytes:
        name = field[0].lower()
        if name in FRAMING:
            return self._frame(name, field[1])
        written = line(name, field[1])
        if name in RECURRING:
            if len(_lines) >= MOST_LINES:
                _lines.clear()
            _lines[field] = written
        return written

    def _frame(self, name: bytes, value: bytes) -> bytes:
        told = value.lower()
        if name == b"connection":
            if b"close" in [token.strip() for token in told.split(b",")]:
                self.keep_alive = False
                return b""  # it is said once, for whatever reason
        elif name == b"content-length" and self._chunked is None:
            self._left, self._chunked = int(told), False
        elif name == b"transfer-encoding" and told == b"chunked":
            self._left, self._chunked = 0, True
        return line(name, value)

    def _go_on(self, connection: Connection, body: bytes, *, more: bool) -> None:
        if self.scope["method"] == "HEAD":
            body, self._left = b"", 0
        elif self._chunked:
            body = (b"%x\r\n%b\r\n" % (len(body), body) if body else b"") + (b"" if more else b"0\r\n\r\n")
        else:
            self._left -= len(body)
            if self._left < 0 or (self._left and not more):
                raise RuntimeError("the answer is not as long as it says")
        if data := self._head + body:
            self._head = b""
            connection.exit.write(data)
        if not more:
            self.response_complete = True
            self.message_event.set()
            if not self.keep_alive:
                connection.exit.close()
            connection.on_response_complete()


def _is_cancelled(error: BaseException) -> bool:
    """Whether it is this task that was told to end, and not something that it waited for."""
    task = asyncio.current_task()
    return isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling() > 0


def line(name: bytes, value: bytes) -> bytes:
    """One line of a head. Raises RuntimeError for what would be two, or no field at all (RFC 9112 §11.1)."""
    if not _is_name(name) or HEADER_VALUE_RE.search(value):
        raise RuntimeError("the application wrote a header that is none")
    return b"%b: %b\r\n" % (name, value)


@lru_cache(maxsize=256)
def _is_name(name: bytes) -> bool:
    return bool(name) and not HEADER_RE.search(name)


@lru_cache(maxsize=4)
def block(fields: Sequence[Field]) -> bytes:
    """The fields that all answers of a second have."""
    return b"".join(line(name, value) for name, value in fields)
