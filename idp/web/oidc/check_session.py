"""GET /oauth2/check_session: the frame in which an app's page asks if its session goes on (Session Management §3)."""

import base64
import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from idp.web.routing import Route

PATH = "/oauth2/check_session"
SCRIPT = Path(__file__).parent / "check_session.js"
PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Session</title><script>{script}</script></head>
</html>
"""
AGE_SECONDS = 3600


def check_session_route() -> Route:
    return Route(method="GET", path=PATH, endpoint=_frame)


async def _frame(_: Request) -> Response:
    """The one page of ours that others may frame: there is nothing to click in it. Its script alone may run."""
    body, digest = _page()
    headers = {
        "content-security-policy": f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'",
        "cross-origin-resource-policy": "cross-origin",
        "cache-control": f"public, max-age={AGE_SECONDS}",
    }
    return Response(body, headers=headers, media_type="text/html")


@cache
def _page() -> tuple[str, str]:
    """The page, and the digest by which its policy knows the script (CSP §6.7.2.5)."""
    script = "\n" + SCRIPT.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return PAGE.format(script=script), digest
