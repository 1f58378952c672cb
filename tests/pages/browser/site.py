"""A provider behind a real port, and an app beside it: what a browser needs to meet us."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from idp.core.client import Client
from idp.oauth.devices.begin import DEVICE_CODE
from idp.testing.provider import TestProvider, provider_at
from tests.pages.app import APP, add_app, authorize
from tests.running import free_port

WHOLE = "<!doctype html><html lang=en><title>App</title><main><h1>App</h1><ul>{rows}</ul></main>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """`url` is the issuer; `app` where the app takes its answers; `front` hears of sign-outs in a frame.

    `heard` counts what came to the app's frame.
    """

    idp: TestProvider
    url: str
    app: str
    heard: list[str]

    @property
    def front(self) -> str:
        return self.app.replace("/callback", "/front")

    @property
    def bye(self) -> str:
        return self.app.replace("/callback", "/bye")

    def authorize(self, **more: str) -> str:
        """Where the app sends people."""
        return self.url + authorize(**{"redirect_uri": self.app, **more})

    def leave(self) -> str:
        """Where the app sends people who sign out."""
        asked = {"client_id": APP, "post_logout_redirect_uri": self.bye}
        return f"{self.url}/oauth2/end_session?{urlencode(asked)}"

    async def add_app(self, **more: Any) -> Client:
        usual = {
            "policy_uri": "https://app.example.com/privacy",
            "tos_uri": "https://app.example.com/terms",
            "grant_types": ("authorization_code", DEVICE_CODE),
            "frontchannel_logout_uri": self.front,
            "post_logout_redirect_uris": (self.bye,),
        }
        return await add_app(self.idp, self.app, **{**usual, **more})

    async def device_code(self) -> str:
        """What the app shows on a device, for people to type in."""
        async with self.idp.browser() as device:
            asked = {"client_id": APP, "scope": "openid email"}
            code: str = (await device.post("/oauth2/device_authorization", data=asked)).json()["user_code"]
            return code


@asynccontextmanager
async def site_at(folder: Path, template: Path, **settings: Any) -> AsyncIterator[Site]:
    ports = [free_port(), free_port()]
    url = f"http://localhost:{ports[0]}"
    heard: list[str] = []
    async with AsyncExitStack() as stack:
        idp = await stack.enter_async_context(provider_at(folder, template=template, issuer=url, **settings))
        await stack.enter_async_context(served(in_pieces(idp.provider.application), ports[0]))
        await stack.enter_async_context(served(_app(heard), ports[1]))
        yield Site(idp=idp, url=url, app=f"http://127.0.0.1:{ports[1]}/callback", heard=heard)


@asynccontextmanager
async def served(app: ASGIApp, port: int) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    server.force_exit = True
    await task


def in_pieces(app: ASGIApp) -> ASGIApp:
    """A slow line: a page's head arrives before its body does, so that a test that looks too early always fails."""

    async def served_slowly(scope: Scope, receive: Receive, send: Send) -> None:
        async def piecewise(message: Message) -> None:
            whole = message.get("body", b"")
            if len(whole) > 1 and not message.get("more_body"):
                await send({**message, "body": whole[:1], "more_body": True})
                await asyncio.sleep(0.05)
                message = {**message, "body": whole[1:]}
            await send(message)

        await app(scope, receive, piecewise)

    return served_slowly


def _app(heard: list[str]) -> Starlette:
    async def callback(request: Request) -> HTMLResponse:
        answers = [*request.query_params.items(), *parse_qsl((await request.body()).decode())]
        return HTMLResponse(WHOLE.format(rows="".join(f"<li id='{name}'>{value}</li>" for name, value in answers)))

    async def front(request: Request) -> HTMLResponse:
        heard.append(str(request.url))
        return HTMLResponse(WHOLE.format(rows=""))

    async def bye(_: Request) -> HTMLResponse:
        return HTMLResponse(WHOLE.format(rows="<li id='bye'>Bye"))

    return Starlette(
        routes=[Route("/callback", callback, methods=["GET", "POST"]), Route("/front", front), Route("/bye", bye)]
    )
