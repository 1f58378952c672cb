"""What the faces are built from, and what the operator decided about the outside."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from idp.usecases.sessions.admit import PublicRoute
from idp.usecases.sessions.tokens import BLOOM, NODELOOM
from idp.usecases.verbs import Verbs
from idp.web.bloom.face import CookieNames
from idp.web.cookies import CookieStyle
from idp.web.documents import Document
from idp.web.health import Readiness
from idp.web.middleware.client import Network
from idp.web.routing import Late

Documents = Mapping[str, Callable[[], Document]]

BY_TOKEN = frozenset(
    {
        "/oauth2/token",
        "/oauth2/userinfo",
        "/oauth2/revoke",
        "/oauth2/register",
        "/oauth2/device_authorization",
        "/ofrep/v1/evaluate/flags",
        "/.well-known/webfinger",
    }
)
"""Endpoints for scripts of any origin: none of them looks at a cookie. The authorization endpoint is never one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomSettings:
    names: CookieNames
    locked_status: int
    passkey: str | None
    password_days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaceSettings:
    """What the operator decided about the outside. A contract that is None is switched off."""

    https: bool
    hosts: Collection[str]
    origins: Collection[str]
    trusted_proxies: Sequence[Network]
    largest_body: int
    body_deadline: timedelta
    same_site: str
    secure_cookies: bool
    cookie_prefix: str
    nodeloom_cookie: str | None
    bloom: BloomSettings | None
    public_routes: Sequence[PublicRoute] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What the faces serve. `documents` are given by path, to everybody.

    `late` makes the routes of the pages and the OpenID Provider, which are not waited for at the start.
    """

    verbs: Verbs
    documents: Documents
    readiness: Readiness
    late: Late


def held_cookies(settings: FaceSettings) -> list[tuple[str, str]]:
    """The contracts that are on, and the cookies that their sessions are in."""
    held = [(NODELOOM, settings.nodeloom_cookie), (BLOOM, settings.bloom.names.access if settings.bloom else None)]
    return [(contract, name) for contract, name in held if name is not None]


def cookie_style(verbs: Verbs, settings: FaceSettings) -> CookieStyle:
    """The contracts' own."""
    return CookieStyle(
        clock=verbs.world.clock,
        secure=settings.secure_cookies,
        same_site=settings.same_site,
        prefix=settings.cookie_prefix,
    )
