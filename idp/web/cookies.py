"""The one module that writes cookies."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from email.utils import formatdate
from functools import lru_cache

from starlette.responses import Response

from idp.ports.ambient import Clock

HOST = "__Host-"
"""The prefix of a name that no other host can write to a browser, and no page over http (RFC 6265bis §4.1.3.2)."""

LARGEST = 4096
"""Name and value together; browsers drop what is larger (ASVS 3.3.5)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CookieStyle:
    """Attributes shared by all our cookies: no Domain, Path=/, and Secure wherever the issuer is https."""

    clock: Clock
    secure: bool
    same_site: str
    prefix: str = ""

    def named(self, name: str) -> str:
        return f"{self.prefix}{name}"

    def set(self, name: str, value: str, life: timedelta, *, for_script: bool = False) -> str:
        """A Set-Cookie header's value. What is for script goes by its name as it is given: pages look for that."""
        full = name if for_script else self.named(name)
        if len(full) + len(value) > LARGEST:
            raise ValueError(f"cookie {full!r} would be larger than browsers keep")
        expires = _date(int((self.clock.now() + life).timestamp()))
        seconds = int(life.total_seconds())
        return f"{full}={value}; Max-Age={seconds}; Path=/; Expires={expires}{self._flags(for_script)}"

    def expire(self, name: str, *, for_script: bool = False) -> str:
        """Deletes by the same name, path and attributes (OAuth2-Proxy CVE-2026-34454)."""
        past = "Thu, 01 Jan 1970 00:00:00 GMT"
        full = name if for_script else self.named(name)
        return f"{full}=; Max-Age=0; Path=/; Expires={past}{self._flags(for_script)}"

    def _flags(self, for_script: bool) -> str:
        http_only = "" if for_script else "; HttpOnly"
        secure = "; Secure" if self.secure else ""
        return f"{http_only}{secure}; SameSite={self.same_site.capitalize()}"


@lru_cache(maxsize=32)
def _date(second: int) -> str:
    """RFC 9110 §5.6.7. Of the cookies that are written within a second many expire together."""
    return formatdate(second, usegmt=True)


def put_cookies(response: Response, cookies: Iterable[str]) -> Response:
    """Each cookie is a Set-Cookie header of its own (RFC 6265 §3)."""
    response.raw_headers.extend((b"set-cookie", cookie.encode("latin-1")) for cookie in cookies)
    return response


def read_cookies(header: str | None) -> Mapping[str, str]:
    """The request's cookies. Tolerates `a=b;c=d;` as Bloom's proxy writes it; an empty value counts as absent.

    Two of one name with different values are none: a sibling host can plant one with a longer path, which browsers send
    first (RFC 6265 §5.4), and nothing tells whose is whose (row 3).
    """
    found: dict[str, str] = {}
    ambiguous: set[str] = set()
    for part in (header or "").split(";"):
        name, equals, value = part.strip().partition("=")
        if not equals or not value:
            continue
        if found.setdefault(name, value.strip('"')) != value.strip('"'):
            ambiguous.add(name)
    return {name: value for name, value in found.items() if name not in ambiguous}
