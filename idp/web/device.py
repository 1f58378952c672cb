"""The cookie by which a browser is known again: it keeps a guessing budget of its own (row 34)."""

from dataclasses import dataclass, replace
from datetime import timedelta

from starlette.requests import Request

from idp.usecases.signin.outcome import SignedIn
from idp.web.cookies import HOST, CookieStyle, read_cookies

NAME = "idp-device"
LIFE = timedelta(days=180)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCookie:
    """Written only where the operator switched known devices on; the contracts know nothing of it.

    `earlier` is its name in browsers that got it before it had a prefix. One that is planted there makes a browser
    known to the accounts of whoever planted it, and to no other.
    """

    cookies: CookieStyle
    earlier: str

    def read(self, request: Request) -> str | None:
        held = read_cookies(request.headers.get("cookie"))
        return held.get(self.cookies.named(NAME)) or held.get(self.earlier)

    def written(self, outcome: SignedIn) -> list[str]:
        return [self.cookies.set(NAME, outcome.device_token, LIFE)] if outcome.device_token else []


def device_cookie(contracts: CookieStyle, *, https: bool) -> DeviceCookie:
    """In the contracts' own style, and on https under `__Host-`: its name is in no contract (ASVS 3.3.3)."""
    return DeviceCookie(cookies=replace(contracts, prefix=HOST) if https else contracts, earlier=contracts.named(NAME))
