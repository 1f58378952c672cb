"""Which browser is this? A cookie of chance alone, that interactions, forms and second steps are bound to."""

from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from idp.core.secret import Digest
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester
from idp.web.cookies import CookieStyle, read_cookies

NAME = "idp-browser"
LIFE = timedelta(days=30)
LENGTH = 43
SCOPE = "idp.browser"
"""Where the answer is kept while one request is answered: asked twice, it is the same browser."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """`cookie` is the Set-Cookie value for a browser that had none yet."""

    digest: Digest
    cookie: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserBinding:
    """Reads the cookie, or makes one. A value that we cannot have written is replaced and never adopted (row 3)."""

    entropy: Entropy
    digester: Digester
    cookies: CookieStyle

    def of(self, request: Request) -> Browser:
        known = request.scope.get(SCOPE)
        if isinstance(known, Browser):
            return known
        held = read_cookies(request.headers.get("cookie")).get(self.cookies.named(NAME), "")
        value = held if len(held) == LENGTH and held.isascii() else self.entropy.token()
        cookie = None if value == held else self.cookies.set(NAME, value, LIFE)
        browser = Browser(digest=self.digester.digest("browser", value), cookie=cookie)
        request.scope[SCOPE] = browser
        return browser
