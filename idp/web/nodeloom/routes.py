"""NodeLoom's contract: login, refresh, logout; one httpOnly cookie with the JWT."""

from dataclasses import dataclass
from datetime import timedelta

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from idp.core.address import canonical_email
from idp.core.errors import Accident, MalformedRequest, Refusal
from idp.usecases.sessions.end import EndSession
from idp.usecases.sessions.extend import ExtendSession
from idp.usecases.sessions.identify import Identify
from idp.usecases.sessions.tokens import NODELOOM
from idp.usecases.signin.first_factor import PasswordClaim
from idp.usecases.signin.outcome import SecondFactorNeeded
from idp.usecases.signin.password import SignInWithPassword
from idp.usecases.signin.second_factor import Given
from idp.web.answers import json_answer
from idp.web.body import read_object
from idp.web.cookies import CookieStyle, read_cookies
from idp.web.device import DeviceCookie
from idp.web.middleware.client import source_of
from idp.web.nodeloom import present
from idp.web.nodeloom.bodies import Login
from idp.web.origin import OriginRule
from idp.web.routing import Endpoint, Route
from idp.web.watched import unwatched


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeLoom:
    """`cookie` is the cookie's name without the prefix; `life` the access token's."""

    sign_in: SignInWithPassword
    extend: ExtendSession
    identify: Identify
    end: EndSession
    origins: OriginRule
    cookies: CookieStyle
    device: DeviceCookie
    cookie: str
    life: timedelta

    def routes(self) -> list[Route]:
        return [
            Route(method="POST", path="/api/auth/login", endpoint=_answering(self.login)),
            Route(method="POST", path="/api/auth/refresh", endpoint=_answering(self.refresh)),
            Route(method="POST", path="/api/auth/logout", endpoint=_answering(self.logout)),
        ]

    async def login(self, request: Request) -> Response:
        self.origins.check(request)
        body = await _login_body(request)
        claim = PasswordClaim(
            email=canonical_email(body.email),
            password=body.password,
            source=source_of(request.scope, NODELOOM),
            device_token=self.device.read(request),
        )
        outcome = await self.sign_in(claim, Given(code=body.mfa_code))
        if isinstance(outcome, SecondFactorNeeded):
            return present.needs_more(outcome)
        cookies = [self._cookie(outcome.access_token), *self.device.written(outcome)]
        return json_answer(present.user(outcome), cookies=cookies)

    async def refresh(self, request: Request) -> Response:
        self.origins.check(request)
        principal = await self.identify(self._token(request), NODELOOM)
        token = await self.extend(principal)
        return json_answer(present.done("Token refreshed successfully"), cookies=[self._cookie(token)])

    async def logout(self, request: Request) -> Response:
        self.origins.check(request)
        principal = await self.identify(self._token(request), NODELOOM)
        await self.end(principal, source_of(request.scope, NODELOOM))
        cookies = [self.cookies.expire(self.cookie), *unwatched(request, self.cookies)]
        return json_answer(present.done("Logged out successfully"), cookies=cookies)

    def _cookie(self, token: str) -> str:
        return self.cookies.set(self.cookie, token, self.life)

    def _token(self, request: Request) -> str | None:
        return read_cookies(request.headers.get("cookie")).get(self.cookies.named(self.cookie))


async def _login_body(request: Request) -> Login:
    try:
        return Login.model_validate(await read_object(request))
    except ValidationError as error:
        raise MalformedRequest(*(str(problem["loc"][0]) for problem in error.errors() if problem["loc"])) from None


def _answering(endpoint: Endpoint) -> Endpoint:
    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except (Refusal, Accident) as error:
            return present.refusal(error)

    return answer
