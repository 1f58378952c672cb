"""How many may be on their way at once: altogether, to one host, to one network.

Who waits for a slow host holds a place of that host's and no other: the places that all share are taken last.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from ipaddress import IPv4Address, ip_address, ip_network

OF_IPV4, OF_IPV6 = 24, 48
"""What one holder of addresses is likely to have."""


@dataclass(slots=True)
class Turns:
    """At most `most` at a time for each key. A key that nobody waits for is forgotten."""

    most: int
    _open: dict[str, tuple[asyncio.Semaphore, int]] = field(default_factory=dict)

    @asynccontextmanager
    async def of(self, key: str) -> AsyncIterator[None]:
        semaphore, waiting = self._open.get(key) or (asyncio.Semaphore(self.most), 0)
        self._open[key] = semaphore, waiting + 1
        try:
            async with semaphore:
                yield
        finally:
            waiting = self._open[key][1] - 1
            if waiting:
                self._open[key] = semaphore, waiting
            else:
                del self._open[key]

    def __len__(self) -> int:
        return len(self._open)


class Places:
    """For clients that the operator knows, unless it is said otherwise."""

    def __init__(self, *, altogether: int = 32, to_host: int = 8, to_network: int = 32) -> None:
        self._all = asyncio.Semaphore(altogether)
        self.hosts, self.networks = Turns(to_host), Turns(to_network)

    def at_host(self, host: str) -> AbstractAsyncContextManager[None]:
        """While its name is looked up and it is asked."""
        return self.hosts.of(host)

    @asynccontextmanager
    async def at_address(self, address: str) -> AsyncIterator[None]:
        """While one of its addresses is dialled and answers."""
        async with self.networks.of(network_of(address)), self._all:
            yield


def places_of_strangers() -> Places:
    """For what anybody may make us ask for, by a name alone."""
    return Places(altogether=16, to_host=2, to_network=4)


def network_of(address: str) -> str:
    parsed = ip_address(address)
    length = OF_IPV4 if isinstance(parsed, IPv4Address) else OF_IPV6
    return str(ip_network((parsed, length), strict=False))
