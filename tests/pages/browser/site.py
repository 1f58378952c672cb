"""A provider behind a real port, and an app beside it: what a browser needs to meet us."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from idp.core.client import Client
from idp.testing.provider import TestProvider, provider_at
from tests.pages.app import add_app, authorize


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`url` is the issuer; `app` where the app takes its answers."""

    idp: TestProvider
    url: str
    app: str

    def authorize(self, **more: str) -> str:
        """Where the app sends people."""
        return self.url + authorize(**{"redirect_uri": self.app, **more})

    async def add_app(self, **more: Any) -> Client:
        return await add_app(
            self.idp,
            self.app,
            policy_uri="https://app.example.com/privacy",
            tos_uri="https://app.example.com/terms",
            **more,
        )


@asynccontextmanager
async def site_at(folder: Path, template: Path, **settings: Any) -> AsyncIterator[Site]:
    ports = [_free_port(), _free_port()]
    url = f"http://localhost:{ports[0]}"
    async with AsyncExitStack() as stack:
        idp = await stack.enter_async_context(provider_at(folder, template=template, issuer=url, **settings))
        await stack.enter_async_context(served(idp.provider.application, ports[0]))
        await stack.enter_async_context(served(_app(), ports[1]))
        yield Site(idp=idp, url=url, app=f"http://127.0.0.1:{ports[1]}/callback")


@asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="error", access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    server.force_exit = True
    await task


def _app() -> Starlette:
    async def callback(request: Request) -> HTMLResponse:
        answers: Mapping[str, str] = request.query_params
        rows = "".join(f"<li id='{name}'>{value}</li>" for name, value in answers.items())
        return HTMLResponse(f"<!doctype html><html lang=en><title>App</title><ul>{rows}</ul>")

    return Starlette(routes=[Route("/callback", callback)])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
