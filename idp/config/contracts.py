"""The two cookie contracts, and who may use them."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from idp.config.addresses import Origin
from idp.config.refusal import refused
from idp.config.secret import Secret
from idp.config.table import Switch, Table
from idp.config.types import NotEmpty, Text

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}", re.ASCII)


def _cookie_name(text: str) -> str:
    if not _TOKEN.fullmatch(text):
        raise refused("is no name for a cookie", "Use letters, digits, - and _ (RFC 6265 §4.1.1).")
    if text.lower().startswith(("__host-", "__secure-")):
        raise refused("contains the prefix", "Leave it out and set cookies.prefix.")
    return text


DEVICE_COOKIE = "idp-device"
"""The name of the cookie of `lockout.known_devices`; `idp.web.device` writes it."""

CookieName = Annotated[Text, AfterValidator(_cookie_name)]


class NodeLoom(Table):
    """The contract under /api/auth."""

    enabled: Switch = True
    """Serves /api/auth/login, /api/auth/refresh and /api/auth/logout."""

    cookie: CookieName = "token"
    """Name of its cookie."""


class Bloom(Table):
    """The contract under /auth and /user."""

    enabled: Switch = True
    """Serves /auth, /user and /jurisdictions."""

    passkey: Secret | None = Field(default=None, examples=[{"env": "API_PASS_KEY"}])
    """Demanded in the header `passkey` of every request, from the server side of a front end. Unset: none is."""

    locked_status: Literal[401, 429] = 401
    """The answer for a locked account. 429 comes with `retryAfter`, and Bloom's own front end shows it as locked."""

    access_cookie: CookieName = "access-token"
    """Name of the access token's cookie."""

    refresh_cookie: CookieName = "refresh-token"
    """Name of the refresh token's cookie."""

    available_cookie: CookieName = "access-token-available"
    """Name of the cookie that tells scripts, by the value `True`, that somebody is signed in."""


class SignIn(Table):
    """The ways in."""

    first_factors: Annotated[tuple[Text, ...], NotEmpty()] = ("password",)
    """The plugins that check passwords, in the order in which they are asked; enabled ones not named come after."""


class Origins(Table):
    """Pages that may use the cookies."""

    allowed: tuple[Origin, ...] = ()
    """Origins whose pages may call us with cookies (CORS, and the check against forged requests), beside our own."""


class Apps(Table):
    """Apps that links lead to."""

    urls: tuple[Origin, ...] = ()
    """Origins that an `appUrl` may name; the first is taken when a request names none. The `public_url` of every
    jurisdiction is allowed as well. Any other leads nowhere: no link is sent."""


_ROUTE = re.compile(r"/|(/[A-Za-z0-9._~!$&'()+,=:@-]+)+/?|((/[A-Za-z0-9._~!$&'()+,=:@-]+)*)/\*", re.ASCII)


def _route_path(text: str) -> str:
    if text == "/*":
        # GET /auth/verify would wave everything through, also what an app behind us adds tomorrow
        raise refused("makes everything public", 'Name each prefix that is public: "/listings/*".')
    if not _ROUTE.fullmatch(text) or any(segment in {".", ".."} for segment in text.split("/")):
        raise refused("is not a path", 'Write "/listings", or "/listings/*" for all that lies below.')
    return text


def _distinct(methods: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(methods)) < len(methods):
        raise refused("names a method twice", "Name each method once.")
    return methods


Method = Literal["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


class PublicRoute(Table):
    """A route of an app behind us that GET /auth/verify lets through without a session."""

    path: Annotated[Text, AfterValidator(_route_path)] = Field(examples=["/listings"])
    """Exact, or with `/*` at the end for all that lies below (and not the path before it)."""

    methods: Annotated[tuple[Method, ...], NotEmpty(), AfterValidator(_distinct)] = Field(examples=[["GET"]])
    """The methods that are public."""
