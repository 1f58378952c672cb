"""The cookie contracts behind one table of routes, and what every request passes on its way there."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Receive, Scope, Send

from idp.sdk import Log
from idp.usecases.sessions.admit import Admit
from idp.usecases.verbs import Verbs
from idp.web.bloom.auth import BloomAuth
from idp.web.bloom.face import BloomFace
from idp.web.bloom.jurisdictions import BloomJurisdictions
from idp.web.bloom.user import BloomUser
from idp.web.browser import own_style, pages_cookie
from idp.web.cookies import CookieStyle
from idp.web.device import DeviceCookie, device_cookie
from idp.web.documents import serve
from idp.web.fallback import not_found
from idp.web.forward_auth import ForwardAuth
from idp.web.inside import BY_TOKEN, BloomSettings, FaceSettings, Inside, cookie_style, held_cookies
from idp.web.middleware.client import ClientAddress
from idp.web.middleware.cors import Cors
from idp.web.middleware.envelope import Envelope
from idp.web.middleware.limits import Limits
from idp.web.nodeloom.routes import NodeLoom
from idp.web.origin import OriginRule
from idp.web.routing import Route, Routing


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """An ASGI application. `complete` makes the routes that the start did not wait for; the first request for one of
    them would do it too.
    """

    serve: ASGIApp
    complete: Callable[[], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.serve(scope, receive, send)


def build_application(inside: Inside, settings: FaceSettings, log: Log) -> Application:
    """The ASGI application."""
    world, rule = inside.verbs.world, OriginRule(frozenset(settings.origins))
    addresses = ClientAddress(tuple(settings.trusted_proxies))
    routing = _routing(inside, settings, rule)
    limits = Limits(
        app=routing,
        hosts=frozenset(settings.hosts),
        largest_body=settings.largest_body,
        body_deadline_seconds=settings.body_deadline.total_seconds(),
    )
    envelope = Envelope(
        app=Cors(app=limits, rule=rule, public=frozenset(inside.documents), by_token=BY_TOKEN),
        clock=world.clock,
        entropy=world.entropy,
        addresses=addresses,
        log=log,
        https=settings.https,
    )
    return Application(serve=envelope, complete=routing.complete)


def _routing(inside: Inside, settings: FaceSettings, rule: OriginRule) -> Routing:
    verbs, style = inside.verbs, cookie_style(inside.verbs, settings)
    device = device_cookie(style, https=settings.https)
    routing = Routing(not_found, inside.late)
    routing.add(inside.readiness.routes())
    for path, current in inside.documents.items():
        routing.add(Route(method=method, path=path, endpoint=serve(current)) for method in ("GET", "HEAD"))
    if settings.nodeloom_cookie is not None:
        routing.add(_nodeloom(verbs, settings.nodeloom_cookie, device, style, rule).routes())
    if settings.bloom is not None:
        face = _bloom_face(verbs, settings.bloom, device, style, rule)
        routing.add(_bloom_auth(verbs, face).routes())
        routing.add(_bloom_user(verbs, face, settings.bloom).routes())
        routing.add(BloomJurisdictions(face=face, show=verbs.show_jurisdictions).routes())
    routing.add(_forward_auth(verbs, settings, style).routes())
    return routing


def _nodeloom(verbs: Verbs, cookie: str, device: DeviceCookie, style: CookieStyle, rule: OriginRule) -> NodeLoom:
    return NodeLoom(
        sign_in=verbs.sign_in,
        extend=verbs.extend,
        identify=verbs.identify,
        end=verbs.end,
        origins=rule,
        cookies=style,
        device=device,
        cookie=cookie,
        life=verbs.world.rules.lifetimes.access,
    )


def _bloom_face(
    verbs: Verbs, settings: BloomSettings, device: DeviceCookie, style: CookieStyle, rule: OriginRule
) -> BloomFace:
    lifetimes = verbs.world.rules.lifetimes
    return BloomFace(
        identify=verbs.identify,
        origins=rule,
        cookies=style,
        device=device,
        names=settings.names,
        access_life=lifetimes.access,
        refresh_life=lifetimes.refresh,
        locked_status=settings.locked_status,
        passkey=settings.passkey,
    )


def _bloom_auth(verbs: Verbs, face: BloomFace) -> BloomAuth:
    return BloomAuth(
        face=face,
        sign_in=verbs.sign_in,
        sign_in_by_code=verbs.sign_in_by_code,
        request_code=verbs.request_mfa_code,
        refresh=verbs.refresh,
        end=verbs.end,
        reset=verbs.reset,
        confirm_address=verbs.confirm,
        mfa_types=tuple(verbs.world.extensions.second_factors),
    )


def _bloom_user(verbs: Verbs, face: BloomFace, settings: BloomSettings) -> BloomUser:
    return BloomUser(
        face=face,
        policy=verbs.policy,
        show=verbs.show,
        show_own=verbs.show_own,
        change=verbs.change,
        register=verbs.register,
        ask=verbs.ask,
        confirm_address=verbs.confirm,
        password_days=settings.password_days,
    )


def _forward_auth(verbs: Verbs, settings: FaceSettings, style: CookieStyle) -> ForwardAuth:
    own = own_style(verbs.world.clock, https=settings.https)
    return ForwardAuth(
        admit=Admit(identify=verbs.identify, public_routes=settings.public_routes),
        cookies=[pages_cookie(own), *((contract, style.named(name)) for contract, name in held_cookies(settings))],
    )
