"""Addresses as an operator writes them: issuer, origins, hosts, networks, mailboxes, addresses of pages."""

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, WithJsonSchema

from idp.config.refusal import refused
from idp.config.types import Called, Text

_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*", re.ASCII)
# a host whose last label is a number is an IPv4 address to every browser (WHATWG URL, "ends in a number checker")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_MAILBOX = re.compile(r"[^\s@<>()\[\],;:\\\"]{1,64}@[a-zA-Z0-9.-]{1,253}", re.ASCII)
_DEFAULT_PORTS = {"https": 443, "http": 80}
_NO_TLS = 'Use https. Plain http is accepted on loopback only: "http://localhost:3100".'


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine: `localhost`, 127.0.0.0/8, `::1`. Other names may resolve to anywhere."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> str:
    """The host of an issuer or origin that was validated; an IPv6 address without its brackets."""
    return urlsplit(url).hostname or ""


def origin_of(url: str) -> str:
    """The origin of an issuer that was validated (RFC 6454 §6.2)."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _is_host(host: str) -> bool:
    try:
        return str(ip_address(host)) == host
    except ValueError:
        return bool(_HOST.fullmatch(host)) and not _NUMBER.fullmatch(host.rpartition(".")[2])


def _split(text: str, mend: str) -> tuple[SplitResult, int | None]:
    try:
        parts = urlsplit(text)
        return parts, parts.port
    except ValueError:
        raise refused("is not a web address", mend) from None


def _check_server(text: str, mend: str) -> SplitResult:
    """Scheme, host and port, spelled in the one way in which every browser and library spells them."""
    parts, port = _split(text, mend)
    host = parts.hostname or ""
    if parts.scheme not in _DEFAULT_PORTS or not host:
        raise refused("is not a web address", mend)
    if "@" in parts.netloc:
        raise refused("contains a user name", mend)
    if "?" in text or "#" in text:
        raise refused("contains a query or a fragment", mend)
    bracketed = f"[{host}]" if ":" in host else host
    canonical = f"{parts.scheme}://{bracketed}" + (f":{port}" if port is not None else "")
    if not _is_host(host) or not text.startswith(canonical) or parts.netloc != canonical.partition("://")[2]:
        raise refused("is not in canonical form", f"Lower case, ASCII (punycode), no empty port. {mend}")
    if port == _DEFAULT_PORTS[parts.scheme]:
        raise refused("names the default port", f"Leave out :{port}.")
    if parts.scheme == "http" and not is_loopback(host):
        raise refused("is plain http on an address other than loopback", _NO_TLS)
    return parts


_ISSUER_MEND = 'Write it as in "https://id.example.com".'


def check_issuer(text: str) -> str:
    """`iss` is compared byte by byte (OIDC Discovery §4.3), so nothing is repaired, only refused."""
    parts = _check_server(text, _ISSUER_MEND)
    if text.endswith("/"):
        raise refused("ends in a slash", "Leave the slash at the end out.")
    if parts.path:
        # our endpoints and cookies live at the root, and RFC 8414 §3.1 would move the metadata
        raise refused("has a path", _ISSUER_MEND)
    return text


_ORIGIN_MEND = 'Write scheme, host and port alone: "https://app.example.com", "http://localhost:3000".'


def check_origin(text: str) -> str:
    """RFC 6454 §6.2. Compared whole, never by prefix or pattern; `null` and `*` are none (row 11)."""
    parts = _check_server(text, _ORIGIN_MEND)
    if parts.path:
        raise refused("has a path", _ORIGIN_MEND)
    return text


_PAGE_MEND = 'Write it as in "https://example.com/security-policy".'


def _check_page(text: str) -> str:
    parts, _ = _split(text, _PAGE_MEND)
    if parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or " " in text:
        raise refused("is not an https address", _PAGE_MEND)
    return text


def _check_contact(text: str) -> str:
    """RFC 9116 §2.5.3."""
    if text.startswith("mailto:") and _MAILBOX.fullmatch(text.removeprefix("mailto:")):
        return text
    if text.startswith("https://"):
        return _check_page(text)
    raise refused("is no contact", 'Write "mailto:security@example.com" or an https address.')


def _check_mailbox(text: str) -> str:
    if not _MAILBOX.fullmatch(text):
        raise refused("is not an e-mail address", 'Write the bare address: "no-reply@example.com".')
    return text


def _check_host(text: str) -> str:
    if not _is_host(text.strip("[]")):
        raise refused("is not a host name", 'Write a name or an address without scheme and port: "id.example.com".')
    return text.strip("[]")


_NETWORK_MEND = 'Write an address or a network: "127.0.0.1", "10.0.0.0/8", "fd00::/8".'


def _check_network(value: object) -> IPv4Network | IPv6Network:
    match value:
        case IPv4Network() | IPv6Network():
            network = value
        case str() | IPv4Address() | IPv6Address():
            try:
                network = ip_network(value)
            except ValueError as error:
                reason = "has host bits set" if "host bits" in str(error) else "is not a network"
                raise refused(reason, _NETWORK_MEND) from None
        case _:
            raise refused("is not a network", _NETWORK_MEND)
    if not network.prefixlen:
        raise refused("holds every address there is", "Name your own networks and addresses only.")
    return network


_URI = WithJsonSchema({"type": "string", "format": "uri"})

Issuer = Annotated[Text, AfterValidator(check_issuer), _URI, Called("web address")]
Origin = Annotated[Text, AfterValidator(check_origin), _URI, Called("origin")]
Page = Annotated[Text, AfterValidator(_check_page), _URI, Called("https address")]
Contact = Annotated[Text, AfterValidator(_check_contact), _URI, Called("`mailto:` or https address")]
Mailbox = Annotated[
    Text,
    AfterValidator(_check_mailbox),
    WithJsonSchema({"type": "string", "format": "email"}),
    Called("e-mail address"),
]
HostName = Annotated[Text, AfterValidator(_check_host), Called("host name")]
Network = Annotated[
    IPv4Network | IPv6Network,
    BeforeValidator(_check_network),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string"}),
    Called("network"),
]
