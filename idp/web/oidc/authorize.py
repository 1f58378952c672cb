"""GET and POST /oauth2/authorize, and the way back to it after a page (RFC 6749 §3.1)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol
from urllib.parse import quote, urlencode

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import Overloaded, StorageUnavailable, TooManyRequests
from idp.core.secret import Digest
from idp.oauth.authorize.endpoint import Authorize, SetAside
from idp.oauth.authorize.steps import ShowPage, Step
from idp.oauth.errors import InvalidRequest, OAuthRefusal, TemporarilyUnavailable
from idp.oauth.rules import PAGES
from idp.web.browser import BrowserSession
from idp.web.cookies import put_cookies
from idp.web.middleware.client import source_of
from idp.web.oidc.fields import fields_of
from idp.web.oidc.respond import Respond, script_route, see_other
from idp.web.routing import Endpoint, Route

PATH = "/oauth2/authorize"
FORM = "application/x-www-form-urlencoded"
LARGEST = 64 * 1024
MOST_FIELDS = 100

BrowserOf = Callable[[Request], tuple[Digest, str | None]]
"""The digest of the cookie that interactions are bound to, and its Set-Cookie value if the browser had none."""


class ErrorPage(Protocol):
    def __call__(self, request: Request, refusal: OAuthRefusal, status: int = 400) -> Response: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitors:
    """People and their browsers: what is another face's business, and handed in.

    `state_cookie` is the Set-Cookie value that holds a browser's state.
    """

    sessions: BrowserSession
    browser_of: BrowserOf
    error_page: ErrorPage
    respond: Respond
    state_cookie: Callable[[str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationEndpoint:
    """There is no CORS here: nobody's script may read an answer."""

    authorize: Authorize
    visitors: Visitors

    def routes(self) -> list[Route]:
        return [
            self._route("GET", PATH, self.begin),
            self._route("POST", PATH, self.begin_by_post),
            self._route("GET", f"{PATH}/{{interaction}}", self.resume),
            script_route(),
        ]

    async def begin(self, request: Request) -> Response:
        pairs = _pairs(request.scope["query_string"])
        browser, cookie = self.visitors.browser_of(request)
        principal = await self.visitors.sessions.find(request)
        step = await self.authorize.begin(pairs, browser, principal, source_of(request.scope, PAGES))
        return self._answer(request, step, cookie)

    async def begin_by_post(self, request: Request) -> Response:
        """Another site's form brings no cookie of ours (SameSite=Lax): the browser comes back by GET, and with them."""
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
            raise InvalidRequest(f"Content-Type must be {FORM}")
        step = await self.authorize.set_aside(_pairs(await request.body()), source_of(request.scope, PAGES))
        if isinstance(step, SetAside):
            name = {"client_id": step.client_id, "request_uri": step.request_uri}
            return see_other(f"{PATH}?{urlencode(name, quote_via=quote)}")
        return self.visitors.respond(request, step)

    async def resume(self, request: Request) -> Response:
        browser, cookie = self.visitors.browser_of(request)
        principal = await self.visitors.sessions.find(request)
        interaction: str = request.path_params["interaction"]
        step = await self.authorize.resume(interaction, browser, principal, source_of(request.scope, PAGES))
        return self._answer(request, step, cookie)

    def _answer(self, request: Request, step: Step, cookie: str | None) -> Response:
        """A browser that gets a page is to be known again; one that is signed in shows which session is its."""
        response = self.visitors.respond(request, step)
        if isinstance(step, ShowPage):
            return put_cookies(response, [cookie] if cookie else [])
        state = step.browser_state
        return put_cookies(response, [self.visitors.state_cookie(state)] if state else [])

    def _route(self, method: str, path: str, endpoint: Endpoint) -> Route:
        return Route(method=method, path=path, endpoint=self._showing_errors(endpoint))

    def _showing_errors(self, endpoint: Endpoint) -> Endpoint:
        """What nobody proved an address for is shown here, and sent nowhere (row 93)."""

        async def answer(request: Request) -> Response:
            try:
                return await endpoint(request)
            except OAuthRefusal as refusal:
                return self.visitors.error_page(request, refusal, 400)
            except TooManyRequests as refusal:
                page = self.visitors.error_page(request, TemporarilyUnavailable("come back in a moment"), 429)
                page.headers["retry-after"] = str(refusal.retry_after_seconds)
                return page
            except (Overloaded, StorageUnavailable):
                return self.visitors.error_page(request, TemporarilyUnavailable("come back in a moment"), 503)

        return answer


def _pairs(sent: bytes) -> list[tuple[str, str]]:
    """The parameters as they were sent. Raises InvalidRequest for what is no form."""
    if len(sent) > LARGEST:
        raise InvalidRequest("the request is too large")
    try:
        return fields_of(sent.decode("ascii"), most=MOST_FIELDS)
    except ValueError:
        raise InvalidRequest("the request is malformed") from None
