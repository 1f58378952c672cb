"""The faces behind one table of routes, and what every request passes on its way there."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from starlette.types import ASGIApp

from idp.oauth.provider import OpenIDProvider
from idp.oauth.session_states import BROWSER_STATE, BROWSER_STATE_LIFE
from idp.sdk import Log
from idp.usecases.sessions.admit import Admit, PublicRoute
from idp.usecases.sessions.tokens import BLOOM, NODELOOM
from idp.usecases.verbs import Verbs
from idp.web.bloom.auth import BloomAuth
from idp.web.bloom.face import BloomFace, CookieNames
from idp.web.bloom.jurisdictions import BloomJurisdictions
from idp.web.bloom.user import BloomUser
from idp.web.browser import BrowserSession
from idp.web.cookies import CookieStyle
from idp.web.device import DeviceCookie
from idp.web.documents import Document, serve
from idp.web.fallback import not_found
from idp.web.forward_auth import ForwardAuth
from idp.web.health import Readiness
from idp.web.middleware.client import ClientAddress, Network
from idp.web.middleware.cors import Cors
from idp.web.middleware.envelope import Envelope
from idp.web.middleware.limits import Limits
from idp.web.nodeloom.routes import NodeLoom
from idp.web.oidc.authorize import Visitors
from idp.web.oidc.respond import respond
from idp.web.oidc.routes import BY_TOKEN, OidcFace
from idp.web.origin import OriginRule
from idp.web.pages.binding import browser_of
from idp.web.pages.desk import Desk, Furnished, PageSettings, build_desk
from idp.web.pages.errors import error_page
from idp.web.pages.routes import PagesWorld, build_pages, pages_cookie
from idp.web.routing import Route, Routing

Documents = Mapping[str, Callable[[], Document]]


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomSettings:
    names: CookieNames
    locked_status: int
    passkey: str | None
    password_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSettings:
    """What the operator decided about the outside. A contract that is None is switched off."""

    https: bool
    hosts: Collection[str]
    origins: Collection[str]
    trusted_proxies: Sequence[Network]
    largest_body: int
    body_deadline: timedelta
    same_site: str
    secure_cookies: bool
    cookie_prefix: str
    nodeloom_cookie: str | None
    bloom: BloomSettings | None
    public_routes: Sequence[PublicRoute] = field(default_factory=tuple)
    pages: PageSettings = field(default_factory=PageSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the faces serve. `documents` are given by path, to everybody; `openid` None: it is switched off."""

    verbs: Verbs
    openid: OpenIDProvider | None
    documents: Documents
    readiness: Readiness


def build_application(inside: Inside, settings: FaceSettings, log: Log) -> ASGIApp:
    """The ASGI application."""
    world, rule = inside.verbs.world, OriginRule(frozenset(settings.origins))
    addresses = ClientAddress(tuple(settings.trusted_proxies))
    desk = build_desk(settings.pages, world, rule, secure=settings.https)
    limits = Limits(
        app=Furnished(_routing(inside, settings, addresses, desk), desk),
        hosts=frozenset(settings.hosts),
        largest_body=settings.largest_body,
        body_deadline_seconds=settings.body_deadline.total_seconds(),
    )
    return Envelope(
        app=Cors(app=limits, rule=rule, public=frozenset(inside.documents), by_token=BY_TOKEN if inside.openid else ()),
        clock=world.clock,
        entropy=world.entropy,
        addresses=addresses,
        log=log,
        https=settings.https,
    )


def _routing(inside: Inside, settings: FaceSettings, addresses: ClientAddress, desk: Desk) -> Routing:
    verbs, rule = inside.verbs, desk.csrf.origins
    style = CookieStyle(
        clock=verbs.world.clock,
        secure=settings.secure_cookies,
        same_site=settings.same_site,
        prefix=settings.cookie_prefix,
    )
    routing = Routing(not_found)
    routing.add(inside.readiness.routes())
    for path, current in inside.documents.items():
        routing.add(Route(method=method, path=path, endpoint=serve(current)) for method in ("GET", "HEAD"))
    if settings.nodeloom_cookie is not None:
        routing.add(_nodeloom(verbs, settings.nodeloom_cookie, style, rule).routes())
    if settings.bloom is not None:
        face = _bloom_face(verbs, settings.bloom, style, rule)
        routing.add(_bloom_auth(verbs, face).routes())
        routing.add(_bloom_user(verbs, face, settings.bloom).routes())
        routing.add(BloomJurisdictions(face=face, show=verbs.show_jurisdictions).routes())
    visitors = _visitors(verbs, settings, style, desk)
    routing.add(_pages(inside, visitors, style, desk))
    if inside.openid is not None:
        routing.add(OidcFace(openid=inside.openid, addresses=addresses, visitors=visitors).routes())
    routing.add(_forward_auth(verbs, settings, style).routes())
    return routing


def _nodeloom(verbs: Verbs, cookie: str, style: CookieStyle, rule: OriginRule) -> NodeLoom:
    return NodeLoom(
        sign_in=verbs.sign_in,
        extend=verbs.extend,
        identify=verbs.identify,
        end=verbs.end,
        origins=rule,
        cookies=style,
        device=DeviceCookie(style),
        cookie=cookie,
        life=verbs.world.rules.lifetimes.access,
    )


def _bloom_face(verbs: Verbs, settings: BloomSettings, style: CookieStyle, rule: OriginRule) -> BloomFace:
    lifetimes = verbs.world.rules.lifetimes
    return BloomFace(
        identify=verbs.identify,
        origins=rule,
        cookies=style,
        device=DeviceCookie(style),
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


def _pages(inside: Inside, visitors: Visitors, style: CookieStyle, desk: Desk) -> list[Route]:
    world = PagesWorld(
        verbs=inside.verbs,
        interactions=inside.openid.authorize if inside.openid else None,
        respond=respond,
        sessions=visitors.sessions,
        cookies=desk.cookies,
        style=style,
        sign_up=desk.sign_up,
        openid=inside.openid,
    )
    return build_pages(world)


def _visitors(verbs: Verbs, settings: FaceSettings, style: CookieStyle, desk: Desk) -> Visitors:
    cookies = [pages_cookie(desk.cookies), *((contract, style.named(name)) for contract, name in _held(settings))]
    sessions = BrowserSession(identify=verbs.identify, cookies=cookies)
    # read by script in a frame on another site's page, which Lax would withhold
    shown = replace(desk.cookies, same_site="none" if desk.cookies.secure else "lax")
    return Visitors(
        sessions=sessions,
        browser_of=browser_of,
        error_page=error_page,
        state_cookie=lambda state: shown.set(BROWSER_STATE, state, BROWSER_STATE_LIFE, for_script=True),
    )


def _held(settings: FaceSettings) -> list[tuple[str, str]]:
    """The contracts that are on, and the cookies that their sessions are in."""
    held = [(NODELOOM, settings.nodeloom_cookie), (BLOOM, settings.bloom.names.access if settings.bloom else None)]
    return [(contract, name) for contract, name in held if name is not None]


def _forward_auth(verbs: Verbs, settings: FaceSettings, style: CookieStyle) -> ForwardAuth:
    return ForwardAuth(
        admit=Admit(identify=verbs.identify, public_routes=settings.public_routes),
        style=style,
        cookies=_held(settings),
    )
