"""Alive? Ready? Yes or no, and nothing else (authentik CVE-2026-55106)."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.web.answers import json_answer
from idp.web.routing import Route


@dataclass(slots=True)
class Readiness:
    """`check` raises when the database does not answer; `draining` is set by SIGTERM."""

    check: Callable[[], Awaitable[None]]
    draining: bool = False

    def routes(self) -> list[Route]:
        return [
            Route(method=method, path=path, endpoint=endpoint)
            for method in ("GET", "HEAD")
            for path, endpoint in (("/health/live", self.live), ("/health/ready", self.ready))
        ]

    async def live(self, _request: Request) -> Response:
        return json_answer({"status": "ok"})

    async def ready(self, _request: Request) -> Response:
        try:
            if not self.draining:
                await self.check()
                return json_answer({"status": "ok"})
        except Exception:  # noqa: S110 - whatever it is, we are not ready; the store logs why
            pass
        return json_answer({"status": "unavailable"}, 503)
