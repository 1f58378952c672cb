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

from idp.core.client import Client, ClientMetadata, ClientTerms, Origin
from idp.core.ids import ClientId
from idp.testing.provider import TestProvider, provider_at

APP = "demo-app"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""RFC 7636, appendix B."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`url` is the issuer; `app` where the app takes its answers."""

    idp: TestProvider
    url: str
    app: str

    def authorize(self, **more: str) -> str:
        """Where the app sends people."""
        asked = {
            "client_id": APP,
            "redirect_uri": self.app,
            "response_type": "code",
            "scope": "openid profile email",
            "state": "xyz",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
            **more,
        }
        return f"{self.url}/oauth2/authorize?" + "&".join(f"{name}={value}" for name, value in asked.items())

    async def add_client(self, **more: Any) -> None:
        """The app, as an operator would have made it; `terms` and metadata may say more."""
        now = self.idp.clock.now()
        terms = more.pop("terms", ClientTerms())
        metadata = ClientMetadata(
            **{
                "redirect_uris": (self.app,),
                "client_name": "Rooms & Roofs",
                "policy_uri": "https://app.example.com/privacy",
                "tos_uri": "https://app.example.com/terms",
                "scope": ("openid", "profile", "email", "offline_access"),
                "token_endpoint_auth_method": "none",
                **more,
            }
        )
        client = Client(
            id=ClientId(APP), metadata=metadata, terms=terms, origin=Origin.OPERATOR, created_at=now, updated_at=now
        )
        await self.idp.provider.store.transact(lambda work: work.oauth.clients.add(client))


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
