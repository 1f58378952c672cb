"""A fetcher on real sockets, and what it is tried with."""

from collections.abc import AsyncIterator, Callable, Sequence
from ipaddress import ip_network
from typing import Any

import pytest

from idp.fetch import GuardedFetcher
from idp.fetch.exchange import Exchange
from idp.fetch.target import Gate
from idp.ports.oauth import FetchRefused
from idp.testing.clock import MovableClock
from tests.oidc.site import Site, ca_bundle, site

HERE = (ip_network("127.0.0.0/8"),)
JSON = "application/json"


class Written:
    """A log to read."""

    def __init__(self) -> None:
        self.lines: list[dict[str, Any]] = []

    def warning(self, event: str, **fields: Any) -> None:
        self.lines.append({"event": event, **fields})


Make = Callable[..., GuardedFetcher]


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def log() -> Written:
    return Written()


@pytest.fixture
def make(clock: MovableClock, log: Written) -> Make:
    def fetcher(*, gate: Gate | None = None, **more: Any) -> GuardedFetcher:
        usual: dict[str, Any] = {"ca_bundle": ca_bundle(), "gate": gate or Gate(networks=HERE)}
        return GuardedFetcher(exchange=Exchange(**usual | more), clock=clock, log=log)

    return fetcher


def resolving(*answers: Sequence[str]) -> Callable[[str, int], Any]:
    """A name that resolves to something else each time it is asked about; the last one stays."""
    left = list(answers)

    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return resolve


async def refused(fetcher: GuardedFetcher, url: str, accept: str = JSON) -> str:
    with pytest.raises(FetchRefused) as caught:
        await fetcher.get(url, accept=accept)
    return str(caught.value)
