"""Which request heads are taken: what a proxy in front of us could read in another way is refused, not repaired."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

LARGEST_HEAD = 32 * 1024
"""Bytes of request line and header fields together."""

LONGEST_TARGET = 8 * 1024
MOST_FIELDS = 100

SINGLE = frozenset(
    {
        b"authorization",
        b"content-length",
        b"content-type",
        b"host",
        b"origin",
        b"sec-fetch-site",
        b"transfer-encoding",
    }
)
"""Fields that may come once: of two the first counts here and the last there (RFC 9110 §5.3, RFC 9112 §3.2)."""


HOST = re.compile(rb"(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
"""A name or an address, and perhaps a port (RFC 9112 §3.2): no user, no list, no path."""


class HeadRefused(Exception):
    """The request is answered with `status`, and the connection closed: nobody knows where the next one begins."""

    def __init__(self, status: int) -> None:
        super().__init__(f"refused with {status}")
        self.status = status


def judge(
    version: str, target: bytes, fields: Sequence[tuple[bytes, bytes]], *, upgrades: bool = False
) -> dict[bytes, bytes]:
    """The fields by name, the last of each. Raises HeadRefused.

    `fields` have their names in lower case; `upgrades`: the request asks for a protocol.
    """
    if version not in {"1.0", "1.1"}:
        raise HeadRefused(505)
    if len(target) > LONGEST_TARGET:
        raise HeadRefused(414)
    if len(fields) > MOST_FIELDS:
        raise HeadRefused(431)
    values = dict(fields)
    if len(values) < len(fields):
        _judge_repetition([name for name, _ in fields if name in SINGLE])
    if version == "1.1" and b"host" not in values:
        raise HeadRefused(400)
    if upgrades and b"transfer-encoding" in values:
        raise HeadRefused(400)
    _judge_framing(version, values.get(b"transfer-encoding"), values.get(b"content-length"))
    host = values.get(b"host", b"")
    if not HOST.fullmatch(host):
        raise HeadRefused(400)
    _judge_target(target, host)
    return values


def _judge_repetition(single: Sequence[bytes]) -> None:
    if len(single) != len(set(single)):
        raise HeadRefused(400)


def _judge_framing(version: str, encoding: bytes | None, length: bytes | None) -> None:
    """One way to tell where a body ends (RFC 9112 §6.1, §6.3; threat row 112, h11 CVE-2025-43859)."""
    if encoding is None:
        return
    if length is not None or version == "1.0":
        raise HeadRefused(400)
    if encoding.lower() != b"chunked":
        raise HeadRefused(501)


def _judge_target(target: bytes, host: bytes) -> None:
    """A path. The absolute form is taken as far as it names the Host we go by (RFC 9112 §3.2.2; threat row 110)."""
    if b"#" in target:
        raise HeadRefused(400)
    if target.startswith(b"/"):
        return
    try:
        parts = urlsplit(target)
    except ValueError:
        raise HeadRefused(400) from None
    if parts.scheme not in (b"http", b"https") or not parts.netloc or parts.netloc.lower() != host.lower():
        raise HeadRefused(400)
