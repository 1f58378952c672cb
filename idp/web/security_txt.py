"""/.well-known/security.txt (RFC 9116): where to report what one has found."""

from collections.abc import Callable
from datetime import timedelta

from idp.ports.ambient import Clock
from idp.web.documents import Document

LIFE = timedelta(days=180)
MAX_AGE = 86_400


def security_txt(clock: Clock, contact: str, policy: str | None, languages: tuple[str, ...]) -> Callable[[], Document]:
    """The document of today: `Expires` must lie ahead, and less than a year (RFC 9116 §2.5.5)."""
    lines = [f"Contact: {contact}", f"Preferred-Languages: {', '.join(languages)}"]
    if policy:
        lines.append(f"Policy: {policy}")

    def current() -> Document:
        midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        expires = (midnight + LIFE).isoformat().replace("+00:00", "Z")
        body = "\n".join([*lines, f"Expires: {expires}", ""]).encode()
        return Document.of(body, "text/plain; charset=utf-8", MAX_AGE)

    return current
