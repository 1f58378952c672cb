"""Which browser is asking: for whoever binds something to it."""

from starlette.requests import Request

from idp.core.secret import Digest
from idp.web.pages.desk import desk_of


def browser_of(request: Request) -> tuple[Digest, str | None]:
    """The browser's digest, and the Set-Cookie value that the answer must carry when it had no cookie."""
    browser = desk_of(request).binding.of(request)
    return browser.digest, browser.cookie
