"""Settings in, a running provider out: reads top to bottom as a parts list."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from idp.app.background import build_duties, build_relay
from idp.app.faces import build_documents, build_faces
from idp.app.ground import Ambient, logs_of, open_ground
from idp.app.openid import open_openid
from idp.app.plugins import open_plugins
from idp.app.verbs import build_verbs
from idp.config.rules import declared_tenants
from idp.config.settings import Settings
from idp.crypto.keyring import Keyring
from idp.logs import Logs
from idp.oauth.provider import OpenIDProvider
from idp.registry.loaded import Loaded
from idp.storage import OpenStore
from idp.usecases.housekeeping.duties import Duties
from idp.usecases.housekeeping.relay import Relay
from idp.usecases.verbs import Verbs
from idp.web.application import Inside, build_application
from idp.web.health import Readiness


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything joined. `application` serves; `relay` and `duties` work in the background once `duties.start()`."""

    settings: Settings
    ambient: Ambient
    store: OpenStore
    keyring: Keyring
    verbs: Verbs
    openid: OpenIDProvider | None
    loaded: Loaded
    relay: Relay
    duties: Duties
    readiness: Readiness
    application: ASGIApp
    logs: Logs


@asynccontextmanager
async def open_provider(
    settings: Settings, ambient: Ambient | None = None, logs: Logs | None = None
) -> AsyncIterator[Provider]:
    """A provider on its database, without a network in front. Closes in the opposite order; `logs` stay the caller's.

    Raises ConfigurationRefused, PluginsRefused, TemplatesRefused, KeyFileRefused or KeysUnreadable: no start without
    an operator's word on each.
    """
    ambient = ambient or Ambient.of_the_system()
    async with AsyncExitStack() as stack:
        logs = logs or stack.enter_context(logs_of(settings, ambient.clock))
        ground = await open_ground(stack, settings, ambient, logs)
        loaded, extensions = await open_plugins(stack, ground)
        verbs = build_verbs(ground, extensions)
        await verbs.declare_tenants(declared_tenants(settings))
        openid = await open_openid(stack, ground, verbs) if settings.oidc.enabled else None
        relay = build_relay(ground, verbs, openid)
        duties = build_duties(ground, verbs, relay)
        stack.push_async_callback(duties.stop)
        readiness = Readiness(check=ground.store.ping)
        inside = Inside(verbs=verbs, openid=openid, documents=build_documents(ground, openid), readiness=readiness)
        yield Provider(
            settings=settings,
            ambient=ambient,
            store=ground.store,
            keyring=ground.keyring,
            verbs=verbs,
            openid=openid,
            loaded=loaded,
            relay=relay,
            duties=duties,
            readiness=readiness,
            application=build_application(inside, build_faces(settings), logs.named("web")),
            logs=logs,
        )


def create_app(settings: Settings) -> Starlette:
    """An ASGI application for a server of your own: it opens the provider in its lifespan."""
    inner: list[Provider] = []

    async def forward(scope: Scope, receive: Receive, send: Send) -> None:
        await inner[0].application(scope, receive, send)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with open_provider(settings) as provider:
            inner[:] = [provider]
            provider.duties.start()
            yield

    return Starlette(routes=[Mount("/", app=forward)], lifespan=lifespan)
