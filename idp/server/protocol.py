"""One connection: uvicorn's HTTP/1.1 with bounds in time and size, which it has none of itself.

Measured on uvicorn 0.54: headers that trickle in keep a connection for ever (threat row 136), a header may have any
size, trailers are added to a request's headers after it was judged, and any number of requests may be sent ahead.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

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

    def __init__(self, *, bounds: Bounds, **parts: Any) -> None:
        super().__init__(**parts)
        self._bounds = bounds
        self._deadline: asyncio.TimerHandle | None = None
        self._stalled: asyncio.TimerHandle | None = None
        self._is_in_head = False
        self._is_deaf = self._is_leaving = False
        self._last_words: int | None = None
        self._refusal: int | None = None
        self._silent = self._piece = self._unanswered = self._raw = 0

    # --- the event loop calls ---

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._exit: Any = Exit(transport, self._close)
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
        self._unset_keepalive_if_required()
        self.resume_writing()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
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

    def timeout_keep_alive_handler(self) -> None:
        super().timeout_keep_alive_handler()
        self._close_for_certain()

    # --- the parser calls ---

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._is_in_head = True
        self._silent = self._piece

    def on_headers_complete(self) -> None:
        self._head_arrived()
        upgrades = self.parser.should_upgrade()
        # `x_forwarded_for` mimics a name that proxies set, for those behind who take the one for the other (row 111)
        self.headers[:] = [field for field in self.headers if b"_" not in field[0]]
        self._judge(upgrades=upgrades)
        self._is_in_head = False
        self._silent = 0
        super().on_headers_complete()
        self.cycle.transport = self._exit
        self._unanswered += 1
        if upgrades:
            # we switch to nothing (RFC 9110 §7.8). The parser believes that we do: from here on it is not asked
            self.cycle.keep_alive = False
            self._raw = int(dict(self.headers).get(b"content-length", b"0"))
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
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )

    # --- the running request calls ---

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        if self._is_leaving:
            return
        super().on_response_complete()
        if self.transport.is_closing():
            self._close_for_certain()
        elif self._last_words is not None and not self._unanswered:
            self._answer(self._last_words)

    # --- our own ---

    @property
    def _is_idle(self) -> bool:
        return not self._unanswered and self.timeout_keep_alive_task is None

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

    def _judge(self, *, upgrades: bool) -> None:
        try:
            if self._silent > LARGEST_HEAD and self._size_of_head() > LARGEST_HEAD:
                raise HeadRefused(431)
            if len(self.pipeline) >= MOST_AHEAD:
                raise HeadRefused(429)
            judge(self.parser.get_http_version(), self.url, self.headers, upgrades=upgrades)
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
        self._unset_keepalive_if_required()
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
