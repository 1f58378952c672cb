"""Is this request the browser's own idea? (ASVS 3.5, threat rows 5-11)"""

from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.requests import Request

from idp.core.errors import Forbidden

OWN = frozenset({"same-origin", "none"})
READ_AHEAD = ("sec-purpose", "purpose", "x-moz")
NO_PART_OF_AN_ORIGIN = frozenset("@?#\\ ")


class ForeignOrigin(Forbidden):
    """Another site's page made the browser send this."""

    code = "foreign_origin"


def canonical_origin(text: str) -> str | None:
    """`scheme://host[:port]` without a default port, in lower case; None for anything else, `null` included."""
    if any(char in NO_PART_OF_AN_ORIGIN or not char.isprintable() for char in text):
        return None  # `urlsplit` would drop some of them without a word
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
        return None
    standard = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != standard else "")


@dataclass(frozen=True, slots=True)
class OriginRule:
    """`allowed` are canonical origins, the issuer's own among them. Compared whole, never by prefix or pattern."""

    allowed: Collection[str]

    def allows(self, origin: str | None) -> bool:
        return origin is not None and canonical_origin(origin) in self.allowed

    def check(self, request: Request) -> None:
        """Raises ForeignOrigin. Clients that are no browsers send neither header, and pass.

        A prefetch is refused as well: nobody meant it yet.
        """
        headers = request.headers
        if any("prefetch" in headers.get(name, "").lower() for name in READ_AHEAD):
            raise ForeignOrigin
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None:
            if site not in OWN and not self.allows(origin):
                raise ForeignOrigin
        elif origin is not None and not self.allows(origin):
            raise ForeignOrigin
