"""Cross-origin answers: for configured origins with cookies, for keys and discovery to everybody without."""

from collections.abc import Collection
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from idp.web.middleware.envelope import EXTRA, FIELDS
from idp.web.origin import OriginRule

ALLOWED = b"access-control-allow-origin"
PERMISSIONS = (
    (b"access-control-allow-methods", b"GET, POST, PUT, DELETE"),
    (
        b"access-control-allow-headers",
        # the second line: what OFREP's providers and MCP's clients send beside
        b"authorization, content-type, dpop, jurisdictionname, language, appurl, passkey, "
        b"if-none-match, mcp-protocol-version",
    ),
    (b"access-control-max-age", b"600"),
)
EVERYBODY = (ALLOWED, b"*")
FOR_PEOPLE = (
    *("/oauth2/authorize", "/oauth2/end_session", "/logout", "/signed-out", "/done"),
    *("/login", "/login-code", "/second-factor", "/select-account", "/consent", "/device", "/account"),
    *("/register", "/registered", "/confirm", "/forgot", "/reset"),
)
"""Pages, with what lies below them, and what leads to them: their forms' tokens are no script's business, not even a
trusted origin's."""
READABLE = (b"access-control-expose-headers", b"www-authenticate, dpop-nonce, etag, retry-after")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cors:
    """The origin is echoed only when it is on the list, and `*` never goes with credentials (row 11).

    `public` are documents; `by_token` endpoints that look at no cookie, with what lies below: any page's script may
    call them, since it must bring its own token or client.
    """

    app: ASGIApp
    rule: OriginRule
    public: Collection[str]
    by_token: Collection[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        told = scope[FIELDS].get(b"origin")
        origin = told.decode("latin-1") if told is not None else None
        headers = self._headers(scope["path"], origin)
        scope[EXTRA].extend(headers)
        if origin is not None and headers and _is_preflight(scope):
            await _preflight(send, is_allowed=headers[0][0] == ALLOWED)
        else:
            await self.app(scope, receive, send)

    def _headers(self, path: str, origin: str | None) -> list[tuple[bytes, bytes]]:
        if path in self.public or path in self.by_token or path.rpartition("/")[0] in self.by_token:
            # whoever asks: a cache may keep the answer to one for all
            return [EVERYBODY, READABLE]
        if origin is None or _is_for_people(path):
            return []
        if not self.rule.allows(origin):
            return [(b"vary", b"Origin")]
        return [
            (ALLOWED, origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
            (b"vary", b"Origin"),
        ]


def _is_for_people(path: str) -> bool:
    return path in FOR_PEOPLE or any(path.startswith(f"{page}/") for page in FOR_PEOPLE)


def _is_preflight(scope: Scope) -> bool:
    return scope["method"] == "OPTIONS" and b"access-control-request-method" in scope[FIELDS]


async def _preflight(send: Send, *, is_allowed: bool) -> None:
    await send({"type": "http.response.start", "status": 204, "headers": PERMISSIONS if is_allowed else ()})
    await send({"type": "http.response.body", "body": b""})
