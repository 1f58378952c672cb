"""The faces that the start does not wait for: the pages and the OpenID Provider."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial

from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.provider import OpenIDProvider
from idp.usecases.verbs import Verbs
from idp.web.browser import BrowserSession, pages_cookie
from idp.web.cookies import CookieStyle
from idp.web.device import device_cookie
from idp.web.inside import FaceSettings, cookie_style, held_cookies
from idp.web.middleware.client import ClientAddress
from idp.web.oidc.authorize import Visitors
from idp.web.oidc.respond import SUBMIT, Respond
from idp.web.oidc.routes import OidcFace
from idp.web.origin import OriginRule
from idp.web.pages.aside import aside_page
from idp.web.pages.binding import browser_of
from idp.web.pages.desk import SCOPE, Desk, PageSettings, build_desk
from idp.web.pages.errors import error_page
from idp.web.pages.posting import posting_page
from idp.web.pages.routes import PagesWorld, build_pages
from idp.web.routing import Endpoint, Route
from idp.web.watched import watched


@dataclass(frozen=True, slots=True, kw_only=True)
class LateFaces:
    """`openid` None: it is switched off, and the pages stand alone."""

    verbs: Verbs
    openid: OpenIDProvider | None
    settings: FaceSettings
    pages: PageSettings

    def routes(self) -> Sequence[Route]:
        settings, rule = self.settings, OriginRule(frozenset(self.settings.origins))
        desk = build_desk(self.pages, self.verbs.world, rule, secure=settings.https)
        style = cookie_style(self.verbs, settings)
        visitors = self._visitors(style, desk)
        routes = build_pages(self._pages(visitors, style, desk))
        if self.openid is not None:
            addresses = ClientAddress(tuple(settings.trusted_proxies))
            routes += OidcFace(openid=self.openid, addresses=addresses, visitors=visitors).routes()
        return [replace(route, endpoint=_furnished(route.endpoint, desk)) for route in routes]

    def _pages(self, visitors: Visitors, style: CookieStyle, desk: Desk) -> PagesWorld:
        return PagesWorld(
            verbs=self.verbs,
            interactions=self.openid.authorize if self.openid else None,
            respond=visitors.respond,
            sessions=visitors.sessions,
            cookies=desk.cookies,
            device=device_cookie(style, https=self.settings.https),
            sign_up=desk.sign_up,
            openid=self.openid,
        )

    def _visitors(self, style: CookieStyle, desk: Desk) -> Visitors:
        held = [(contract, style.named(name)) for contract, name in held_cookies(self.settings)]
        sessions = BrowserSession(identify=self.verbs.identify, cookies=[pages_cookie(desk.cookies), *held])
        return Visitors(
            sessions=sessions,
            browser_of=browser_of,
            error_page=error_page,
            respond=Respond(posting_page=partial(posting_page, script=SUBMIT), aside_page=aside_page),
            state_cookie=lambda state: watched(state, desk.cookies),
        )


def _furnished(endpoint: Endpoint, desk: Desk) -> Endpoint:
    """Lays the desk into the request's scope, for whichever endpoint shows a page."""

    async def answer(request: Request) -> Response:
        request.scope[SCOPE] = desk
        return await endpoint(request)

    return answer
