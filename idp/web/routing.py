"""Paths to endpoints: an exact table first, a few patterns after it. No slash redirects, no HEAD that acts."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from idp.core.errors import Accident
from idp.web.answers import json_answer

Endpoint = Callable[[Request], Awaitable[Response]]
T = TypeVar("T")


class Fields(Headers):
    """Starlette's, that looks in a table; it reads the whole head for each name. Of several of one name the first."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope=scope)
        self._first: dict[bytes, bytes] = dict(reversed(self._list))

    def get(self, key: str, default: T = None) -> str | T:  # type: ignore[assignment]  # as Mapping has it
        value = self._first.get(key.lower().encode("latin-1"))
        return default if value is None else value.decode("latin-1")


class Asked(Request):
    """A request as endpoints get it."""

    @property
    def headers(self) -> Headers:
        if not hasattr(self, "_headers"):
            self._headers = Fields(self.scope)
        return self._headers

    async def body(self) -> bytes:
        """Starlette's, without a generator for what comes in one piece."""
        if hasattr(self, "_body") or self._stream_consumed:
            return await super().body()
        parts, is_whole = [], False
        while not is_whole:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                self._is_disconnected = True
                raise ClientDisconnect
            parts.append(message.get("body", b""))
            is_whole = not message.get("more_body", False)
        self._stream_consumed = True
        self._body = b"".join(parts)
        return self._body


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """`path` may end in one `{name}` segment. `lenient` paths match in any case and with a slash at the end.

    Bloom's server is lenient, and its clients use it; a redirect there would re-send credentials (row 14). What is
    matched is `scope["path"]`, never an address built from Host (Starlette CVE-2026-48710).
    """

    method: str
    path: str
    endpoint: Endpoint
    lenient: bool = False


Late = Callable[[], Awaitable[Iterable[Route]]]


@dataclass(slots=True)
class Routing:
    """An ASGI application over a table of routes. `late` makes more of them, once, when one is first looked for."""

    fallback: Endpoint
    late: Late | None = None
    _exact: dict[tuple[str, str], Route] = field(default_factory=dict)
    _lenient: dict[tuple[str, str], Route] = field(default_factory=dict)
    _patterns: dict[tuple[str, str], Route] = field(default_factory=dict)
    _completing: asyncio.Task[None] | None = None

    def add(self, routes: Iterable[Route]) -> None:
        """Raises ValueError when two routes claim one path."""
        for route in routes:
            table, key = self._exact, route.path
            if route.path.endswith("}"):
                table, key = self._patterns, route.path.rpartition("/")[0]
            if (route.method, key) in table:
                raise ValueError(f"{route.method} {route.path} is claimed twice")
            table[(route.method, key)] = route
            if route.lenient and table is self._exact:
                self._lenient[(route.method, key.lower())] = route

    def routes(self) -> Mapping[tuple[str, str], Route]:
        return {**self._exact, **self._patterns}

    def find(self, method: str, path: str) -> tuple[Route | None, dict[str, str]]:
        """The route and what its pattern caught."""
        if (route := self._exact.get((method, path))) is not None:
            return route, {}
        plain = path[:-1] if path.endswith("/") and path != "/" else path
        if (route := self._lenient.get((method, plain.lower()))) is not None:
            return route, {}
        parent, _, last = plain.rpartition("/")
        route = self._patterns.get((method, parent))
        if route is None or not last:
            return None, {}
        return route, {route.path.rpartition("{")[2].rstrip("}"): last}

    async def complete(self) -> None:
        """Adds the late routes. All who ask at once wait for one making of them, and share what becomes of it: while
        the database is away, nobody waits for another's try and then for one of his own.
        """
        if self.late is None:
            return
        if self._completing is None:
            self._completing = asyncio.create_task(self._complete(self.late))
            self._completing.add_done_callback(self._completed)
        # who goes away takes it from nobody
        await asyncio.shield(self._completing)

    async def _complete(self, late: Late) -> None:
        self.add(await late())
        self.late = None

    def _completed(self, task: asyncio.Task[None]) -> None:
        self._completing = None
        if not task.cancelled():
            task.exception()  # looked at: nobody may be waiting any more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, caught = self.find(scope["method"], scope["path"]) if _reads_one_way(scope) else (None, {})
        if route is None and self.late is not None and _reads_one_way(scope):
            try:
                await self.complete()
            except Accident:
                await _come_back(scope, receive, send)
                return
            route, caught = self.find(scope["method"], scope["path"])
        scope["path_params"] = caught
        scope["idp.route"] = route.path if route else ""
        request = Asked(scope, receive)
        response = await (route.endpoint if route else self.fallback)(request)
        await response(scope, receive, send)


async def _come_back(scope: Scope, receive: Receive, send: Send) -> None:
    """What is asked for may well be there: not 404, which could be remembered."""
    body = {"message": "not available right now", "error": "Service Unavailable", "statusCode": 503}
    await json_answer(body, 503, headers={"retry-after": "1"})(scope, receive, send)


def _reads_one_way(scope: Scope) -> bool:
    """False for a path that a proxy in front of us may have read as another: an encoded slash (Keycloak CVE-2026-0976).

    Nor is there any name with NUL in it, and PostgreSQL would not even be asked for one.
    """
    path, raw = str(scope["path"]), bytes(scope.get("raw_path") or b"").partition(b"?")[0]
    return "\x00" not in path and (b"%" not in raw or path.count("/") == raw.count(b"/"))
