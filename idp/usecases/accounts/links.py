"""Where our links lead: to addresses that the operator configured, whatever a request says."""

from urllib.parse import urlencode, urlsplit

from idp.core.errors import MalformedRequest
from idp.usecases.rules import Rules


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
    if text and not is_url(text):
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
