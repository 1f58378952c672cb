"""Bounds before anything is parsed: host, size, time."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import orjson
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.web.middleware.envelope import FIELDS

PROBES = ("/health/live", "/health/ready")
"""Balancers probe these by address: nothing in their answers depends on a name."""
LONGEST_NUMBER = 16
"""Digits: Python refuses to read thousands of them, and by then it is too large anyway."""


class TooLarge(Exception):
    """The body went past the limit while it arrived."""


class TooSlow(Exception):
    """The body did not arrive within its deadline (slowloris, row 136)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """`hosts` in lower case and without ports; empty: any host (links never follow it anyway, row 66)."""

    app: ASGIApp
    hosts: Collection[str]
    largest_body: int
    body_deadline_seconds: float

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        fields = scope[FIELDS]
        if not self._serves(scope["path"], fields.get(b"host", b"")):
            await _refuse(send, 400, "Bad Request", "Host is not served here")
            return
        declared = fields.get(b"content-length", b"0")
        if not declared.isdigit():
            await _refuse(send, 400, "Bad Request", "Content-Length is no number")
            return
        if len(declared) > LONGEST_NUMBER or int(declared) > self.largest_body:
            await _refuse(send, 413, "Payload Too Large", "request entity too large")
            return
        bounded = _BoundedBody(receive, self.largest_body, self.body_deadline_seconds)
        try:
            await self.app(scope, bounded.receive, send)
        except TooLarge:
            await _refuse(send, 413, "Payload Too Large", "request entity too large")
        except TooSlow:
            await _refuse(send, 408, "Request Timeout", "request body took too long")
        except ClientDisconnect:
            return  # nobody is left to answer, and nothing of ours failed

    def _serves(self, path: str, host: bytes) -> bool:
        return not self.hosts or path in PROBES or _host_name(host) in self.hosts


class _BoundedBody:
    """Counts and times a body while it streams in; `Content-Length` is only a claim."""

    __slots__ = ("_deadline", "_done", "_left", "_receive")

    def __init__(self, receive: Receive, largest: int, seconds: float) -> None:
        self._receive, self._left = receive, largest
        self._deadline = asyncio.get_running_loop().time() + seconds
        self._done = False

    async def receive(self) -> Message:
        if self._done:
            return await self._receive()
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError:
            raise TooSlow from None
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            self._done = not message.get("more_body", False)
            if self._left < 0:
                raise TooLarge
        return message


@lru_cache(maxsize=128)
def _host_name(header: bytes) -> str:
    """The name without its port; an IPv6 address without its brackets."""
    text = header.decode("latin-1").lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0]


async def _refuse(send: Send, status: int, error: str, message: str) -> None:
    body = orjson.dumps({"message": message, "error": error, "statusCode": status})
    headers = [
        (b"content-type", b"application/json; charset=utf-8"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
