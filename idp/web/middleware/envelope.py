"""The outermost layer: a request id, security headers, one log line, and no exception past it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.ports.ambient import Clock, Entropy
from idp.sdk import Log
from idp.web.middleware.client import LONGEST_AGENT, ClientAddress

CACHEABLE = b"cache-control"

HEADERS: Mapping[bytes, bytes] = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": (b"default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"),
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), microphone=(), geolocation=()",
    b"cache-control": b"no-store",
}
TRANSPORT = (b"strict-transport-security", b"max-age=31536000; includeSubDomains")

FIELDS = "idp.fields"
"""In the scope: the request's fields by name, the last of each."""

EXTRA = "idp.extra"
"""In the scope: a list of fields that the answer gets beside its own, whoever answers."""

Field = tuple[bytes, bytes]
_PLAIN = tuple(HEADERS.items())
_HTTPS = (*_PLAIN, TRANSPORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """Security headers are defaults: an answer that sets one itself (JWKS: `cache-control`) keeps its own."""

    app: ASGIApp
    clock: Clock
    entropy: Entropy
    addresses: ClientAddress
    log: Log
    https: bool

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope[FIELDS] = fields = dict(scope["headers"])
        request_id = self.entropy.id()
        address = self.addresses.of(scope)
        agent = fields.get(b"user-agent", b"").decode("latin-1")[:LONGEST_AGENT]
        scope["idp.source"] = (address, agent, request_id)
        scope[EXTRA] = extra = [(b"x-request-id", request_id.encode())]
        letter = _Answer(send, extra, _HTTPS if self.https else _PLAIN)
        began = self.clock.now()
        try:
            await self.app(scope, receive, letter.send)
        except Exception as error:
            self.log.error("request.failed", request_id=request_id, error=_describe(error))
            if letter.status is None:
                await _apologise(letter, request_id)
        self._log(scope, letter.status, address, request_id, began)

    def _log(self, scope: Scope, status: int | None, address: str, request_id: str, began: datetime) -> None:
        route = scope.get("idp.route", "")
        milliseconds = round((self.clock.now() - began).total_seconds() * 1000, 1)
        self.log.info(
            "request",
            request_id=request_id,
            method=scope["method"],
            route=route,
            status=status,
            address=address,
            ms=milliseconds,
        )


class _Answer:
    """Adds what an answer lacks, and remembers its status."""

    __slots__ = ("_defaults", "_extra", "_send", "status")

    def __init__(self, send: Send, extra: list[Field], defaults: Sequence[Field]) -> None:
        self._send, self._extra, self._defaults = send, extra, defaults
        self.status: int | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            own = message["headers"]
            present = {name for name, _ in own}
            lacking = [field for field in self._defaults if field[0] not in present]
            message = {"type": "http.response.start", "status": self.status, "headers": [*own, *lacking, *self._extra]}
        await self._send(message)


async def _apologise(letter: _Answer, request_id: str) -> None:
    body = orjson.dumps({"statusCode": 500, "message": "Internal server error", "requestId": request_id})
    headers = [(b"content-type", b"application/json; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await letter.send({"type": "http.response.start", "status": 500, "headers": headers})
    await letter.send({"type": "http.response.body", "body": body})


def _describe(error: BaseException) -> str:
    """The type and where it was raised. Never the text: it may quote what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    place = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}" if trace else "?"
    return f"{type(error).__name__} at {place}"
