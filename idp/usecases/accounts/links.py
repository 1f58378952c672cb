"""Where our links lead: to addresses that the operator configured, whatever a request says."""

from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from idp.core.errors import MalformedRequest
from idp.usecases.rules import Rules

OWN_PAGES = "idp:pages"
"""In place of an `app_url`: the link leads to a page of ours. Also where there is no app to lead to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Landing:
    """Where a link of one kind leads: its path within an app, and the path of our own page for it."""

    app: str
    own: str


CONFIRM = Landing(app="/", own="/confirm")
CONFIRM_PARTNER = Landing(app="/users/confirm", own="/confirm")
RESET = Landing(app="/reset-password", own="/reset")


def link_to(rules: Rules, app_url: str | None, landing: Landing, token: str) -> str | None:
    """Into the app that `app_url` picks; to a page of ours without any; None where it picks none of the operator's."""
    origin = None if app_url == OWN_PAGES else app_origin(rules, app_url)
    if origin is not None:
        return with_query(origin, landing.app, token=token)
    return with_query(rules.issuer, landing.own, token=token) if app_url in (OWN_PAGES, None, "") else None


def app_origin(rules: Rules, app_url: str | None) -> str | None:
    """The configured origin that `app_url` picks; the default when none is named; None when it picks none.

    Compared as (scheme, host, port), never by prefix: a link is how a reset token is stolen (Authorizer
    GHSA-x3f4-v83f-7wp2). A request's Host header plays no part (ZITADEL CVE-2025-64101).
    """
    if not app_url:
        return rules.app_urls[0] if rules.app_urls else None
    wanted = _origin(app_url)
    return next((url for url in rules.app_urls if _origin(url) == wanted), None)


def is_url(text: str) -> bool:
    """Whether it has a scheme and a host at all."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def require_url(text: str | None) -> None:
    if text and text != OWN_PAGES and not is_url(text):
        raise MalformedRequest("appUrl must be a URL address")


def with_query(origin: str, path: str, **query: str) -> str:
    return f"{origin}{path}?{urlencode(query)}"


def _origin(url: str) -> tuple[str, str, int | None] | None:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if not parts.hostname or parts.username is not None or parts.password is not None or "\\" in url:
        return None
    return parts.scheme.lower(), parts.hostname.lower(), port or {"http": 80, "https": 443}.get(parts.scheme.lower())
