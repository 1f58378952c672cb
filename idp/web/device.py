"""The cookie by which a browser is known again: it keeps a guessing budget of its own (row 34)."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from idp.usecases.signin.outcome import SignedIn
from idp.web.cookies import CookieStyle, read_cookies

NAME = "idp-device"
LIFE = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class DeviceCookie:
    """Written only where the operator switched known devices on; the contracts know nothing of it."""

    cookies: CookieStyle

    def read(self, request: Request) -> str | None:
        return read_cookies(request.headers.get("cookie")).get(self.cookies.named(NAME))

    def written(self, outcome: SignedIn) -> list[str]:
        return [self.cookies.set(NAME, outcome.device_token, LIFE)] if outcome.device_token else []
