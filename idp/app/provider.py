"""Settings in, a running provider out: reads top to bottom as a parts list."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Receive, Scope, Send

from idp.app.background import build_duties, build_relay
from idp.app.faces import build_documents, build_faces
from idp.app.ground import Ambient, Ground, logs_of, open_ground
from idp.app.openid import LateFetcher, LateOpenID, late_routes
from idp.app.plugins import open_plugins
from idp.app.verbs import build_verbs
from idp.config.rules import declared_tenants
from idp.config.settings import Settings
from idp.crypto.keyring import Keyring
from idp.logs import Logs
from idp.registry.loaded import Loaded
from idp.storage import OpenStore
from idp.usecases.housekeeping.duties import Duties
from idp.usecases.housekeeping.relay import Relay
from idp.usecases.verbs import Verbs
from idp.web.application import Application, build_application
from idp.web.health import Readiness
from idp.web.inside import Inside

if TYPE_CHECKING:
    from idp.oauth.provider import OpenIDProvider


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything joined. `application` serves; `relay` and `duties` work in the background once `duties.start()`."""

    settings: Settings
    ambient: Ambient
    store: OpenStore
    keyring: Keyring
    verbs: Verbs
    late: LateOpenID | None
    loaded: Loaded
    relay: Relay
    duties: Duties
    readiness: Readiness
    application: Application
    logs: Logs

    @property
    def openid(self) -> "OpenIDProvider | None":
        """None where it is switched off."""
        return self.late.provider() if self.late is not None else None


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
        late = await _open_openid(stack, ground, verbs)
        readiness = Readiness(check=ground.store.ping)
        application = _application(ground, verbs, late, readiness)
        relay = build_relay(ground, verbs, late)
        duties = build_duties(ground, verbs, relay, application.complete)
        stack.push_async_callback(duties.stop)
        yield Provider(
            settings=settings,
            ambient=ambient,
            store=ground.store,
            keyring=ground.keyring,
            verbs=verbs,
            late=late,
            loaded=loaded,
            relay=relay,
            duties=duties,
            readiness=readiness,
            application=application,
            logs=logs,
        )


def _application(ground: Ground, verbs: Verbs, late: LateOpenID | None, readiness: Readiness) -> Application:
    _require_pages(ground.settings)
    faces = build_faces(ground.settings)
    inside = Inside(
        verbs=verbs,
        documents=build_documents(ground, late),
        readiness=readiness,
        late=partial(late_routes, late, ground, verbs, faces),
    )
    return build_application(inside, faces, ground.logs.named("web"))


async def _open_openid(stack: AsyncExitStack, ground: Ground, verbs: Verbs) -> LateOpenID | None:
    """A start that has clients to declare declares them: an app of the configuration works from the first request."""
    settings = ground.settings
    if not settings.oidc.enabled:
        return None
    own, strangers = LateFetcher(ground), LateFetcher(ground, for_strangers=True)
    stack.push_async_callback(own.close)
    stack.push_async_callback(strangers.close)
    late = LateOpenID(ground=ground, verbs=verbs, own=own, strangers=strangers)
    if settings.clients or settings.resources:
        await late.declare()
    return late


def _require_pages(settings: Settings) -> None:
    """An operator's own templates and texts are tried here, and not by the first person who needs a page (0022).

    Raises ConfigurationRefused.
    """
    if settings.pages.templates is None and settings.pages.locale is None:
        return
    from idp.app.pages import page_problems  # noqa: PLC0415 - the start of who has none pays nothing
    from idp.config.problem import ConfigurationRefused  # noqa: PLC0415 - see above

    if problems := page_problems(settings):
        raise ConfigurationRefused(problems)


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
