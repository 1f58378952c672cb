"""Addresses that a client registers (threat rows 91, 92, 94).

They are compared byte by byte ever after, so nothing is repaired: what two parsers could read in two ways is refused.
"""

import re
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from idp.oauth.clients.flaws import Misfit

LONGEST = 2048
# visible ASCII without what RFC 3986 leaves out of a URI: space, quotes, angle brackets, backslash, ^, `, braces, |
_URI = re.compile(r"[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+", re.ASCII)
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})", re.ASCII)
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?", re.ASCII)
# reverse domain name notation (RFC 8252 §7.1): a dot, so that no well-known scheme is one
_PRIVATE_SCHEME = re.compile(r"[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+", re.ASCII)
_LOOPBACK_NAMES = frozenset({"localhost"})
_WRITE_HTTPS = 'Write it as in "https://app.example.com/callback".'


def is_loopback(host: str) -> bool:
    """`localhost`, 127.0.0.0/8 or ::1 (RFC 8252 §7.3, §8.3)."""
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def is_private_scheme(uri: str) -> bool:
    return bool(_PRIVATE_SCHEME.fullmatch(uri.partition(":")[0]))


def split(uri: str) -> SplitResult:
    """Parsed once, and only if every parser agrees on it. Raises Misfit."""
    if len(uri) > LONGEST:
        raise Misfit("is too long", f"Up to {LONGEST} characters.")
    if "\\" in uri:
        raise Misfit("contains a backslash", "Browsers read it as a slash.")
    if not _URI.fullmatch(uri):
        raise Misfit("contains a character that no address has", "Percent-encode it (RFC 3986 §2.1).")
    if _BROKEN_ESCAPE.search(uri):
        raise Misfit("contains a broken percent-encoding", "Two hexadecimal digits follow each %.")
    if "*" in uri.partition("?")[0]:
        raise Misfit("contains a wildcard", "Register each address: they are compared exactly (RFC 9700 §2.1).")
    try:
        parts = urlsplit(uri)
        _ = parts.port
    except ValueError:
        raise Misfit("is not an address", _WRITE_HTTPS) from None
    if "@" in parts.netloc:
        raise Misfit("contains a user name", "Leave out what stands before the @.")
    return parts


def check_redirect_uri(uri: str) -> str:
    """RFC 6749 §3.1.2, RFC 8252 §7, RFC 9700 §2.1: https; http on loopback; a scheme of the app's own."""
    parts = split(uri)
    if "#" in uri:
        raise Misfit("contains a fragment", "Leave out the # and what follows it (RFC 6749 §3.1.2).")
    if is_private_scheme(uri):
        return _checked_private(uri)
    _check_web(parts, uri)
    return uri


def check_https(uri: str) -> str:
    """An https address, on loopback also http: keys, pages, logout addresses."""
    parts = split(uri)
    _check_web(parts, uri)
    return uri


def check_without_fragment(uri: str) -> str:
    """RFC 8707 §2, OIDC Back-Channel Logout §2.2."""
    if "#" in uri:
        raise Misfit("contains a fragment", "Leave out the # and what follows it.")
    return check_https(uri)


def check_only_https(uri: str) -> str:
    """`initiate_login_uri` (OIDC Core §4) and `sector_identifier_uri` (§8.1): https, on loopback too."""
    if split(uri).scheme != "https":
        raise Misfit("is not an https address", _WRITE_HTTPS)
    return check_without_fragment(uri)


def check_resource(uri: str) -> str:
    """RFC 8707 §2: an absolute URI without a fragment, a URN as well."""
    parts = split(uri)
    if "#" in uri:
        raise Misfit("contains a fragment", "Leave out the # and what follows it (RFC 8707 §2).")
    if not parts.scheme or parts.scheme in {"javascript", "data", "file", "blob"} or not (parts.netloc or parts.path):
        raise Misfit("is not an absolute address", 'Write it as in "https://api.example.com" (RFC 8707 §2).')
    return uri


def _checked_private(uri: str) -> str:
    if not uri.partition(":")[2].strip("/"):
        raise Misfit("names a scheme alone", 'Write it as in "com.example.app:/callback" (RFC 8252 §7.1).')
    return uri


def _check_web(parts: SplitResult, uri: str) -> None:
    host = parts.hostname or ""
    if parts.scheme not in {"https", "http"} or not uri.startswith(f"{parts.scheme}://") or not host:
        raise Misfit("is not an https address", _WRITE_HTTPS)
    if not _is_host(host) or parts.netloc.endswith(":") or parts.netloc != parts.netloc.lower():
        raise Misfit("has no host in canonical form", "Lower case, ASCII (punycode), no empty port.")
    if parts.scheme == "http" and not is_loopback(host):
        raise Misfit("is plain http on an address other than loopback", "Use https.")
    if any(segment in {".", ".."} for segment in parts.path.replace("%2e", ".").replace("%2E", ".").split("/")):
        raise Misfit("contains the segment . or ..", "Write the path as browsers resolve it.")


def _is_host(host: str) -> bool:
    if ":" in host or host.replace(".", "").isdigit():
        try:
            return str(ip_address(host)) == host
        except ValueError:
            return False
    return bool(_HOST.fullmatch(host)) and ".." not in host
