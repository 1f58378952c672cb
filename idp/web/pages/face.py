"""What the pages' handlers share: who is here, where they go on, the session's cookie, pages for what goes wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import Accident, Overloaded, Refusal, TooManyRequests
from idp.core.secret import Digest
from idp.core.session import Source
from idp.oauth.authorize.steps import PageView
from idp.oauth.errors import InvalidRequest, OAuthRefusal
from idp.oauth.rules import PAGES
from idp.ports.ambient import Clock
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.outcome import SignedIn
from idp.web.browser import SESSION_COOKIE, BrowserSession
from idp.web.cookies import CookieStyle, put_cookies
from idp.web.device import DeviceCookie
from idp.web.middleware.client import source_of
from idp.web.pages.csrf import FormRefused
from idp.web.pages.desk import desk_of
from idp.web.pages.errors import error_page, problem_page
from idp.web.pages.interactions import Interactions, Respond
from idp.web.pages.onward import Onward, own_path
from idp.web.pages.render import USUAL, Look, here
from idp.web.routing import Endpoint, Route

FRESH = timedelta(minutes=10)
"""How long ago a sign-in may be for what nobody but the owner may do (ASVS 7.5.1)."""

STATUS = {
    "form_refused": 403,
    "foreign_origin": 403,
    "forbidden": 403,
    "not_found": 404,
    "invalid_request": 400,
    "unknown_tenant": 400,
    "too_many_requests": 429,
    "session_missing": 401,
    "session_expired": 401,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesFace:
    """`authorization` is None where the OpenID Provider is switched off: no app asks for anything then."""

    clock: Clock
    cookies: CookieStyle
    device: DeviceCookie
    sessions: BrowserSession
    authorization: Interactions | None
    respond: Respond
    session_life: timedelta

    @property
    def interactions(self) -> Interactions:
        if self.authorization is None:
            raise InvalidRequest("no sign-in of an app is under way")
        return self.authorization

    def route(self, method: str, path: str, endpoint: Endpoint) -> Route:
        return Route(method=method, path=path, endpoint=_answering(endpoint))

    def source(self, request: Request) -> Source:
        return source_of(request.scope, PAGES)

    async def arrival(self, request: Request) -> Source:
        """The source of a sign-in: it goes on with the session of our pages that the browser has, if it has one."""
        held = [one.session for one in await self.sessions.all(request) if one.session.contract == PAGES]
        return replace(self.source(request), session=held[0] if held else None)

    def browser(self, request: Request) -> Digest:
        return desk_of(request).binding.of(request).digest

    async def principal(self, request: Request) -> Principal | None:
        return await self.sessions.find(request)

    async def view(self, request: Request, onward: Onward) -> PageView | None:
        """What the app asked for, where one did. Raises an OAuthRefusal."""
        if not onward.interaction:
            return None
        principal = await self.principal(request)
        return await self.interactions.view(onward.interaction, self.browser(request), principal)

    async def enter(self, request: Request, outcome: SignedIn, onward: Onward) -> Response:
        """To where the sign-in leads, with the session's new cookie: no other is good for it any more (row 15)."""
        if onward.interaction:
            await self.interactions.signed_in(onward.interaction, self.browser(request), outcome.session.id)
        cookies = [self.cookies.set(SESSION_COOKIE, outcome.access_token, self.session_life)]
        return put_cookies(see_other(onward.address), [*cookies, *self.device.written(outcome)])

    async def deny(self, request: Request, onward: Onward) -> Response:
        """The person does not want to: the app hears of it, if one asked."""
        if not onward.interaction:
            return see_other("/login")
        return self.respond(request, await self.interactions.deny(onward.interaction, self.browser(request)))

    def told(self, request: Request, path: str, word: str) -> Response:
        """To the page at `path`, which tells this browser, once, what was done."""
        return desk_of(request).notices.leave(see_other(path), self.browser(request), path, word)

    def was_told(self, request: Request) -> str:
        """What the page before has done, for a page that is there to tell it; "" for whoever followed a link to it."""
        return desk_of(request).notices.found(request, self.browser(request))

    def is_fresh(self, principal: Principal) -> bool:
        return self.clock.now() < principal.session.authenticated_at + FRESH


def look_of(view: PageView | None) -> Look:
    if view is None:
        return USUAL
    return Look(languages=view.request.ui_locales, client=view.client, leads_to=view.request.redirect_uri)


def see_other(path: str, **query: str) -> Response:
    """303: whatever was posted is not posted again (RFC 9110 §15.4.4, RFC 9700 §4.12)."""
    address = f"{path}?{urlencode(query)}" if query else path
    headers = {"location": address, "cache-control": "no-store", "cross-origin-opener-policy": "unsafe-none"}
    return Response(status_code=303, headers=headers)


def _answering(endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    """What a handler does not word itself gets a page as well."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuthRefusal as refusal:
            return error_page(request, refusal)
        except FormRefused as refusal:
            # the page that the form stood on: opened anew, it brings a token that is good
            return problem_page(request, refusal.code, STATUS[refusal.code], back=own_path(here(request)) or "")
        except Refusal as refusal:
            return _with_patience(problem_page(request, refusal.code, STATUS.get(refusal.code, 400)), refusal)
        except Accident as accident:
            return _with_patience(problem_page(request, accident.code, 503), accident)

    return answer


def _with_patience(response: Response, error: Refusal | Accident) -> Response:
    if isinstance(error, TooManyRequests | Overloaded):
        response.headers["retry-after"] = str(error.retry_after_seconds)
    return response
