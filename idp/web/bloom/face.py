"""What Bloom's endpoints share: cookies, the pass key, who is calling, and how refusals are worded."""

import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import Accident, MalformedRequest, Refusal
from idp.core.session import Source
from idp.usecases.sessions.identify import Identify, Principal
from idp.usecases.sessions.refresh import Refreshed
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.outcome import SignedIn
from idp.web.bloom import refuse
from idp.web.bloom.fields import Body, problems
from idp.web.body import read_object
from idp.web.cookies import CookieStyle, read_cookies
from idp.web.device import DeviceCookie
from idp.web.middleware.client import source_of
from idp.web.origin import OriginRule
from idp.web.routing import Endpoint, Route

B = TypeVar("B", bound=Body)
AVAILABLE = "True"
JURISDICTION_HEADER = "jurisdictionname"


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieNames:
    access: str = "access-token"
    refresh: str = "refresh-token"
    available: str = "access-token-available"


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomFace:
    """`passkey` is the shared secret of the front end's server side, if the operator set one."""

    identify: Identify
    origins: OriginRule
    cookies: CookieStyle
    device: DeviceCookie
    names: CookieNames
    access_life: timedelta
    refresh_life: timedelta
    locked_status: int
    passkey: str | None

    def route(self, method: str, path: str, endpoint: Endpoint, *, guarded: bool = True) -> Route:
        """`guarded` endpoints want the pass key where one is set; all of them word refusals as the contract does."""
        return Route(method=method, path=path, endpoint=self._answering(endpoint, guarded), lenient=True)

    def source(self, request: Request) -> Source:
        return source_of(request.scope, BLOOM)

    async def principal(self, request: Request) -> Principal:
        """Raises SessionMissing or SessionExpired."""
        return await self.identify(self.access_token(request), BLOOM)

    def access_token(self, request: Request) -> str | None:
        return self.cookie(request, self.names.access)

    def cookie(self, request: Request, name: str) -> str | None:
        return read_cookies(request.headers.get("cookie")).get(self.cookies.named(name))

    def session_cookies(self, outcome: SignedIn | Refreshed) -> list[str]:
        """Access, refresh, and the one that script may read and the front end cannot work without (bloom.md §2.1)."""
        refresh = outcome.refresh_token
        written = [
            self.cookies.set(self.names.access, outcome.access_token, self.access_life),
            *([self.cookies.set(self.names.refresh, refresh, self.refresh_life)] if refresh else []),
            self.cookies.set(self.names.available, AVAILABLE, self.access_life, for_script=True),
        ]
        return [*written, *(self.device.written(outcome) if isinstance(outcome, SignedIn) else [])]

    def no_cookies(self) -> list[str]:
        return [
            self.cookies.expire(self.names.access),
            self.cookies.expire(self.names.refresh),
            self.cookies.expire(self.names.available, for_script=True),
        ]

    async def body(self, request: Request, kind: type[B]) -> B:
        """Raises MalformedRequest with the contract's sentences."""
        try:
            return kind.model_validate(await read_object(request))
        except ValidationError as error:
            raise MalformedRequest(*problems(error)) from None

    def _answering(self, endpoint: Endpoint, guarded: bool) -> Endpoint:
        async def answer(request: Request) -> Response:
            if guarded and not self._knows_passkey(request):
                return refuse.full(401, "Traffic not from a known source")
            try:
                return await endpoint(request)
            except (Refusal, Accident) as error:
                return refuse.refusal(error, self.locked_status)

        return answer

    def _knows_passkey(self, request: Request) -> bool:
        if self.passkey is None:
            return True
        return hmac.compare_digest(request.headers.get("passkey", "").encode(), self.passkey.encode())


def jurisdiction_name(request: Request) -> str | None:
    """The caller's claim: it may select, never widen."""
    return request.headers.get(JURISDICTION_HEADER) or None
