"""Signing out at a cookie endpoint, as apps that watch the session see it (OIDC Session Management 1.0 §3.2)."""

from dataclasses import replace

from starlette.requests import Request

from idp.oauth.session_states import BROWSER_STATE
from idp.web.cookies import CookieStyle, read_cookies


def unwatched(request: Request, style: CookieStyle) -> list[str]:
    """Set-Cookie values that take the browser's state away, where it has one: no contract knows of it otherwise."""
    if BROWSER_STATE not in read_cookies(request.headers.get("cookie")):
        return []
    return [replace(style, prefix="").expire(BROWSER_STATE, for_script=True)]
