"""Was this form one of ours, shown in this browser?"""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from idp.core.errors import Forbidden
from idp.core.secret import Digest
from idp.ports.crypto import Digester
from idp.web.origin import OriginRule

FIELD = "csrf"


class FormRefused(Forbidden):
    """The form carries no token of ours, or one of another browser or page."""

    code = "form_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Csrf:
    """A keyed digest over the browser's cookie and the path that the form is sent to (rows 7 to 10)."""

    digester: Digester
    origins: OriginRule

    def token(self, browser: Digest, path: str) -> str:
        return self.digester.digest("csrf", browser.hex(), path).hex()

    def check(self, request: Request, browser: Digest, given: str) -> None:
        """Raises FormRefused or ForeignOrigin."""
        if not _hides_its_origin(request):
            self.origins.check(request)
        wanted = self.token(browser, str(request.scope["path"]))
        if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode()):
            raise FormRefused


def _hides_its_origin(request: Request) -> bool:
    """Our pages say `Referrer-Policy: no-referrer`, and then a browser sends `Origin: null` (Fetch §3.1).

    Those of today send Sec-Fetch-Site beside it; for older ones the token has to do.
    """
    return "sec-fetch-site" not in request.headers and request.headers.get("origin") == "null"
