"""Cross-origin answers: for configured origins with cookies, for keys and discovery to everybody without."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.web.origin import OriginRule

METHODS = b"GET, POST, PUT, DELETE"
REQUEST_HEADERS = b"content-type, jurisdictionname, language, appurl, passkey"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """The origin is echoed only when it is on the list, and `*` never goes with credentials (row 11)."""

    app: ASGIApp
    rule: OriginRule
    public: Collection[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        origin = _origin_of(scope)
        headers = self._headers(scope["path"], origin)
        if not headers:
            await self.app(scope, receive, send)
            return
        if origin is not None and _is_preflight(scope):
            await _preflight(send, headers)
            return

        async def send_with(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], *headers]}
            await send(message)

        await self.app(scope, receive, send_with)

    def _headers(self, path: str, origin: str | None) -> list[tuple[bytes, bytes]]:
        if path in self.public:
            # whoever asks: a cache may keep the answer to one for all
            return [(b"access-control-allow-origin", b"*")]
        if origin is None:
            return []
        if not self.rule.allows(origin):
            return [(b"vary", b"Origin")]
        return [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]


def _origin_of(scope: Scope) -> str | None:
    return next((value.decode("latin-1") for name, value in scope["headers"] if name == b"origin"), None)


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and any(
        name == b"access-control-request-method" for name, _ in scope["headers"]
    )


async def _preflight(send: Send, headers: list[tuple[bytes, bytes]]) -> None:
    allowed = any(name == b"access-control-allow-origin" for name, _ in headers)
    extra = [
        (b"access-control-allow-methods", METHODS),
        (b"access-control-allow-headers", REQUEST_HEADERS),
        (b"access-control-max-age", b"600"),
    ]
    everything = [*headers, *(extra if allowed else [])]
    await send({"type": "http.response.start", "status": 204, "headers": everything})
    await send({"type": "http.response.body", "body": b""})
