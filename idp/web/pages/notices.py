"""What a page did, told once by the page that follows: in a cookie that a link cannot bring along."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from idp.core.secret import Digest
from idp.ports.crypto import Digester
from idp.web.cookies import CookieStyle, put_cookies, read_cookies

NAME = "idp-notice"
LIFE = timedelta(minutes=1)
"""Until the page that follows is there; a word that nobody came to read is not told later."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notices:
    """A word of ours, bound to the browser and to the page that tells it.

    "Your password is changed", shown to whoever follows a stranger's link, would be the stranger's word in our mouth;
    so would a cookie that a sibling host planted (row 3).
    """

    cookies: CookieStyle
    digester: Digester

    def leave(self, response: Response, browser: Digest, path: str, word: str) -> Response:
        """For the page at `path`."""
        value = f"{word}.{self._seal(browser, path, word)}"
        return put_cookies(response, [self.cookies.set(NAME, value, LIFE)])

    def found(self, request: Request, browser: Digest) -> str:
        """The word for the page that is asked for, or ""."""
        held = read_cookies(request.headers.get("cookie")).get(self.cookies.named(NAME), "")
        word, _, seal = held.partition(".")
        wanted = self._seal(browser, str(request.scope["path"]), word)
        return word if hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), wanted.encode()) else ""

    def taken(self, response: Response) -> Response:
        """It was told."""
        return put_cookies(response, [self.cookies.expire(NAME)])

    def _seal(self, browser: Digest, path: str, word: str) -> str:
        return self.digester.digest("notice", browser.hex(), path, word).hex()
