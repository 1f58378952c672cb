"""One connection: uvicorn's HTTP/1.1 with bounds in time and size, which it has none of itself.

Measured on uvicorn 0.54: headers that trickle in keep a connection for ever (threat row 136), a header may have any
size, trailers are added to a request's headers after it was judged, and any number of requests may be sent ahead.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextvars import Context
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import httptools
from starlette.types import ASGIApp, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from idp.server.exchange import Exchange
from idp.server.heads import LARGEST_HEAD, HeadRefused, judge
from idp.server.refusal import refusal_bytes

MOST_AHEAD = 16
"""Requests that a client may send before it has the answer to the first (RFC 9112 §9.3.2)."""

SPARE = 64
"""Connections past the limit that are still told so; the next ones are cut without a word."""

SLICE = 16 * 1024
LINGER_SECONDS = 1.0
STALL_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """`head_seconds`: from the connection, or from the first byte of a further request, to the end of its head."""

    head_seconds: float
    connections: int


class Exit:
    """The transport as a running request has it: all that differs is how it closes."""

    __slots__ = ("close", "is_closing", "write")

    def __init__(self, transport: asyncio.Transport, close: Callable[[], None]) -> None:
        self.write = transport.write
        self.is_closing = transport.is_closing
        self.close = close


class BoundedProtocol(HttpToolsProtocol):
    """Made once per connection, called by the event loop and by the parser."""

    cycle: Any  # an Exchange, as far as uvicorn asks it
    pipeline: Any

    def __init__(self, *, bounds: Bounds, **parts: Any) -> None:
        super().__init__(**parts)
        self._bounds = bounds
        self._running: Exchange | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._rest: asyncio.TimerHandle | None = None
        self._rests_until: float | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._is_deaf = self._is_leaving = False
        self._last_words: int | None = None
        self._refusal: int | None = None
        self._silent = self._piece = self._unanswered = self._raw = 0

    # --- the event loop calls ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # asyncio says BaseTransport
        super().connection_made(transport)
        self.exit: Any = Exit(transport, self._close)
        if self.client is not None:
            self.client = (self.client[0].removeprefix("::ffff:"), self.client[1])  # IPv4 on a socket for both
        count = len(self.connections)
        if count > self._bounds.connections + SPARE:
            transport.abort()
        elif count > self._bounds.connections:
            self._answer(503)
        else:
            self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        self._go_to_work()
        self.resume_writing()
        if self._running is not None:  # uvicorn tells the last that was begun, and this one may be ahead of it
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        self._rests_until = None
        # in slices, so that no more than one of them escapes the count of what the parser holds without a word
        for start in range(0, len(data), SLICE):
            piece = data[start : start + SLICE] if len(data) > SLICE else data
            if not (self._take_raw(piece) if self._raw else self._feed(piece)):
                return
        if self._deadline is None and (self._is_in_head or self._is_idle):
            self._expect_head()

    def pause_writing(self) -> None:
        super().pause_writing()
        if self._stalled is None:
            self._stalled = self.loop.call_later(STALL_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        if self._stalled is not None:
            self._stalled.cancel()
            self._stalled = None
        super().resume_writing()

    # --- the parser calls ---

    def on_message_begin(self) -> None:
        self.url = b""
        self.headers = []
        self._is_in_head = True
        self._silent = self._piece

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        self._head_arrived()
        upgrades = self.parser.should_upgrade()
        # `x_forwarded_for` mimics a name that proxies set, for those behind who take the one for the other (row 111)
        headers = [field for field in self.headers if b"_" not in field[0]]
        version = self.parser.get_http_version()
        fields = self._judge(version, headers, upgrades=upgrades)
        self._is_in_head = False
        self._silent = 0
        exchange = Exchange(
            self._scope(version, headers),
            self,
            # we switch to nothing (RFC 9110 §7.8). The parser believes that we do: from here on it is not asked
            keep_alive=not upgrades and version != "1.0" and self.parser.should_keep_alive(),
            is_waited_for=fields.get(b"expect", b"").lower() == b"100-continue",
        )
        self._unanswered += 1
        self._begin(exchange)
        if upgrades:
            self._raw = int(fields.get(b"content-length", b"0"))
        self.headers = []  # for the trailers, which come when everything is decided (RFC 9110 §6.5.1)

    def on_body(self, body: bytes) -> None:
        self._silent = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._silent = 0
        if self._raw:
            return
        super().on_message_complete()
        if not self._unanswered:  # the answer went out before the end of the body: from here on we are idle
            self._head_arrived()
            self._go_to_rest()

    # --- the running request calls ---

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        if self._is_leaving:
            return
        self.server_state.total_requests += 1
        if self.transport.is_closing():
            self._close_for_certain()
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start(*self.pipeline.pop())
        else:
            self._go_to_rest()
        if self._last_words is not None and not self._unanswered:
            self._answer(self._last_words)

    @property
    def default_headers(self) -> Sequence[tuple[bytes, bytes]]:
        return self.server_state.default_headers

    # --- our own ---

    @property
    def _is_idle(self) -> bool:
        return not self._unanswered and self._rests_until is None

    def _scope(self, version: str, headers: list[tuple[bytes, bytes]]) -> Scope:
        target = httptools.parse_url(self.url)
        path = target.path.decode("ascii")
        return {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": version,
            "server": self.server,
            "client": self.client,
            "scheme": self.scheme,
            "root_path": "",
            "method": self.parser.get_method().decode("ascii"),
            "path": unquote(path) if "%" in path else path,
            "raw_path": target.path,
            "query_string": target.query or b"",
            "headers": headers,
        }

    def _begin(self, exchange: Exchange) -> None:
        """At once, or when those before it are answered."""
        before, self.cycle = self.cycle, exchange
        if before is None or before.response_complete:
            self._start(exchange, self.app)
        else:
            self.flow.pause_reading()
            self.pipeline.appendleft((exchange, self.app))

    def _start(self, exchange: Exchange, app: ASGIApp) -> None:
        """In an empty context: what a task before it has set is none of its business."""
        self._running = exchange
        self.tasks.add(self.loop.create_task(exchange.run(app), context=Context()))

    def _go_to_rest(self) -> None:
        """Nothing is asked. One timer for many such moments: to set one with each answer costs as much as a header."""
        self._rests_until = self.loop.time() + self.timeout_keep_alive
        if self._rest is None:
            self._rest = self.loop.call_at(self._rests_until, self._rested)

    def _rested(self) -> None:
        self._rest = None
        if self._rests_until is None:
            return  # asked again: the next rest begins with its answer
        if self._rests_until > self.loop.time():
            self._rest = self.loop.call_at(self._rests_until, self._rested)
        else:
            self.transport.close()
            self._close_for_certain()

    def _go_to_work(self) -> None:
        self._rests_until = None
        if self._rest is not None:
            self._rest.cancel()
            self._rest = None

    def _feed(self, data: bytes) -> bool:
        """Whether more may follow."""
        self._piece = len(data)
        self._silent += self._piece
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            return self._take_raw(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._refusal or 400)
        else:
            if self._silent > LARGEST_HEAD + SLICE:
                self._refuse(431)
        return not self._is_deaf

    def _take_raw(self, data: bytes) -> bool:
        """The body of a request that asked for an upgrade, as Java's HttpClient does; nothing is read after it."""
        if self._raw:
            body = data[: self._raw]
            self._raw -= len(body)
            super().on_body(body)
            if not self._raw:
                super().on_message_complete()
        self._is_deaf = not self._raw
        return not self._is_deaf

    def _judge(self, version: str, headers: list[tuple[bytes, bytes]], *, upgrades: bool) -> dict[bytes, bytes]:
        """The fields by name. Raises HeadRefused."""
        try:
            if self._silent > LARGEST_HEAD and self._size_of_head() > LARGEST_HEAD:
                raise HeadRefused(431)
            if len(self.pipeline) >= MOST_AHEAD:
                raise HeadRefused(429)
            return judge(version, self.url, headers, upgrades=upgrades)
        except HeadRefused as refused:
            self._refusal = refused.status
            raise

    def _size_of_head(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + len(b": \r\n") for name, value in self.headers)

    def _expect_head(self) -> None:
        self._deadline = self.loop.call_later(self._bounds.head_seconds, self._head_is_late)

    def _head_arrived(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _head_is_late(self) -> None:
        self._deadline = None
        if self._is_in_head:
            self._refuse(408)
        else:
            self.transport.close()  # nothing was asked

    def _refuse(self, status: int) -> None:
        """No more is read. What was asked before is answered first, so that no answer is taken for another's."""
        self._is_deaf = True
        self._head_arrived()
        if not self._unanswered:
            self._answer(status)
        elif self._is_in_head or not self.cycle.more_body:
            self._last_words = status
        elif self.pipeline:
            self.pipeline.popleft()  # its body is what is wrong
            self._unanswered -= 1
            self._last_words = status
        elif self.cycle.response_started:
            self.transport.close()
        else:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._answer(status)

    def _answer(self, status: int) -> None:
        """Answers and closes."""
        self._is_deaf = True
        self._go_to_work()
        if self.transport.is_closing():
            return
        self.transport.write(refusal_bytes(status, dict(self.server_state.default_headers)))
        self._leave()

    def _close(self) -> None:
        """What a running request does when its answer was the last."""
        if self.cycle.more_body and not self.transport.is_closing():
            self._leave()
        else:
            self.transport.close()

    def _leave(self) -> None:
        """What still arrives is thrown away for a moment: closed at once, the client would see a reset, no answer."""
        self._is_deaf = self._is_leaving = True
        if not self.transport.can_write_eof():
            self.transport.close()
            return
        self.flow.resume_reading()
        self.transport.write_eof()
        self.loop.call_later(LINGER_SECONDS, self.transport.abort)

    def _close_for_certain(self) -> None:
        """A closed transport waits for its reader; not for ever."""
        if self.transport.get_write_buffer_size():
            self.loop.call_later(STALL_SECONDS, self.transport.abort)
