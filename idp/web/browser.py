"""Who is signed in at this browser, by whichever of our cookies."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from idp.core.errors import Refusal
from idp.ports.ambient import Clock
from idp.usecases.sessions.identify import Identify, Principal
from idp.usecases.sessions.tokens import PAGES
from idp.web.cookies import HOST, CookieStyle, read_cookies

SESSION_COOKIE = "idp-session"
"""Of the sessions that our own pages open."""


def own_style(clock: Clock, *, https: bool) -> CookieStyle:
    """Our own cookies': on https they take `__Host-`, which no sibling host can plant (row 3)."""
    return CookieStyle(clock=clock, secure=https, same_site="lax", prefix=HOST if https else "")


def pages_cookie(own: CookieStyle) -> tuple[str, str]:
    """Contract and cookie, by its whole name, of our own pages' sessions. `own` is `own_style`."""
    return PAGES, own.named(SESSION_COOKIE)


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
