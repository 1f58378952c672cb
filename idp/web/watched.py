"""The cookie that apps' pages compare to notice that somebody signed out (OIDC Session Management 1.0 §3.2).

On https its name has a prefix (ASVS 3.3.3). `check_session.js` looks for both names, the prefixed one first: the bare
one is in browsers that got it before.
"""

from dataclasses import replace

from starlette.requests import Request

from idp.oauth.session_states import BROWSER_STATE, BROWSER_STATE_LIFE
from idp.web.cookies import HOST, CookieStyle, read_cookies

NAMES = (HOST + BROWSER_STATE, BROWSER_STATE)


def watched(state: str, own: CookieStyle) -> str:
    """The Set-Cookie value that holds a browser's state. `own` is `own_style`.

    Read by script in a frame on another site's page, which Lax would withhold.
    """
    shown = replace(own, same_site="none" if own.secure else "lax")
    return shown.set(own.named(BROWSER_STATE), state, BROWSER_STATE_LIFE, for_script=True)


def unwatched(request: Request, style: CookieStyle) -> list[str]:
    """Set-Cookie values that take the browser's state away, where it has one: no contract knows of it otherwise."""
    held = read_cookies(request.headers.get("cookie"))
    return [style.expire(name, for_script=True) for name in NAMES if name in held]
