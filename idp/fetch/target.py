"""From an address as a client wrote it to the addresses that may be dialled for it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from urllib.parse import SplitResult, urlsplit

from idp.fetch.addresses import Network, way_to
from idp.ports.oauth import FetchRefused

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to numeric addresses, in the order in which to try them. Raises OSError."""

LONGEST_URL = 2048
LONGEST_HOST = 255
MOST_ADDRESSES = 3
MOST_RESOLVED_AT_ONCE = 32
_PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`host` is what the certificate must name; `dialled` are addresses of it, with scheme, port, path and query."""

    host: str
    authority: str
    dialled: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """`networks`: of the operator's own, opened by name. `plain_http`: there, and only there, http will do."""

    networks: Sequence[Network] = ()
    plain_http: bool = False

    async def target(self, url: str, resolve: Resolver) -> Target:
        """Raises FetchRefused. Every address of the name must be one to dial: one bad one spoils the name."""
        parts, port = _parse(url)
        host = parts.hostname or ""
        try:
            found = await resolve(host, port)
        except (OSError, UnicodeError) as error:
            raise FetchRefused(f"{host} does not resolve") from error
        ways = [way_to(text, self.networks) for text in found]
        if not ways or any(way is None for way in ways):
            raise FetchRefused(f"{host} has an address that is not to be dialled")
        if parts.scheme != "https" and not (self.plain_http and all(way is not None and way.opened for way in ways)):
            raise FetchRefused(f"{host} is not asked for by https")
        rest = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        addresses = [str(way.address) for way in ways if way is not None][:MOST_ADDRESSES]
        return Target(
            host=host,
            authority=_bracketed(host) + (f":{port}" if port != _PORTS[parts.scheme] else ""),
            dialled=[f"{parts.scheme}://{_bracketed(address)}:{port}{rest}" for address in addresses],
        )


async def resolve_by_system(host: str, port: int) -> Sequence[str]:
    """On threads of its own: a name server may be slow for longer than anybody waits, and the few threads that the rest
    of the server shares would be held by it.
    """
    return await _resolve(_threads("idp-resolve"), host, port)


async def resolve_for_strangers(host: str, port: int) -> Sequence[str]:
    """On others: a stranger's name server holds up strangers alone."""
    return await _resolve(_threads("idp-resolve-strangers"), host, port)


def host_of(url: str) -> str:
    """In lower case; "" where there is none."""
    try:
        return (urlsplit(url).hostname or "")[:LONGEST_HOST]
    except ValueError:
        return ""


async def _resolve(threads: ThreadPoolExecutor, host: str, port: int) -> Sequence[str]:
    look_up = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(threads, look_up)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


@cache
def _threads(name: str) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(MOST_RESOLVED_AT_ONCE, thread_name_prefix=name)


def _parse(url: str) -> tuple[SplitResult, int]:
    if len(url) > LONGEST_URL or "\\" in url or not url.isascii() or not url.isprintable() or " " in url:
        raise FetchRefused("the address is malformed")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise FetchRefused("the address is malformed") from None
    if parts.scheme not in _PORTS or not parts.hostname or "@" in parts.netloc:
        raise FetchRefused("the address is not https, or names a user")
    return parts, _PORTS[parts.scheme] if port is None else port


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
