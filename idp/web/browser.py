"""Who is signed in at this browser, by whichever of our cookies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from idp.core.errors import Refusal
from idp.usecases.sessions.identify import Identify, Principal
from idp.web.cookies import read_cookies


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserSession:
    """A session that a cookie endpoint made is as good here as one of our pages' own: a first-party login is a single
    sign-on. `cookies` are pairs of contract and cookie name, the prefix included: our pages' may differ from theirs.
    """

    identify: Identify
    cookies: Sequence[tuple[str, str]]

    async def find(self, request: Request) -> Principal | None:
        """The live session that was signed in last; None when there is none."""
        return max(await self.all(request), key=_signed_in_at, default=None)

    async def all(self, request: Request) -> list[Principal]:
        """Every live session in this browser: signing out ends them all."""
        held = read_cookies(request.headers.get("cookie"))
        found: list[Principal] = []
        for contract, name in self.cookies:
            if (token := held.get(name)) is None:
                continue
            try:
                found.append(await self.identify(token, contract))
            except Refusal:
                continue
        return found


def _signed_in_at(principal: Principal) -> datetime:
    return principal.session.authenticated_at
