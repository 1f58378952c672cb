"""Slow hosts hold up themselves: not other hosts, and strangers' not those of clients that the operator knows."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import timedelta

import pytest

from idp.app.openid import LateFetcher
from idp.core.client import Origin
from idp.fetch import GuardedFetcher
from idp.fetch.places import Places, network_of, places_of_strangers
from idp.oauth.ways_out import WaysOut
from idp.ports.oauth import Fetched, FetchRefused
from idp.testing.provider import TestProvider
from tests.oidc.asking import add_client
from tests.oidc.fetching import JSON, Make
from tests.oidc.site import Page, Site

LONG = timedelta(seconds=3)


async def on_loopback(_host: str, _port: int) -> Sequence[str]:
    return ["127.0.0.1"]


async def ask(fetcher: GuardedFetcher, url: str) -> Fetched | FetchRefused:
    try:
        return await fetcher.get(url, accept=JSON)
    except FetchRefused as refused:
        return refused


async def while_slow(
    fetcher: GuardedFetcher, there: Site, *hosts: str, at_once: int
) -> list[asyncio.Task[Fetched | FetchRefused]]:
    """Requests that were begun, of which `at_once` have a place, and hang."""
    there.pages |= {f"/slow?{n}": Page(delay=10) for n in range(len(hosts))}
    asking = [asyncio.create_task(ask(fetcher, there.url(f"/slow?{n}", host))) for n, host in enumerate(hosts)]
    async with asyncio.timeout(LONG.total_seconds()):
        while sum("/slow" in line for line in there.asked) < at_once:  # noqa: ASYNC110 - the site tells it in no other way
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.1)  # for one too many
    assert sum("/slow" in line for line in there.asked) == at_once
    return asking


@pytest.fixture
def narrow(make: Make) -> GuardedFetcher:
    places = Places(altogether=6, to_host=2, to_network=6)
    return make(timeout=LONG, resolve=on_loopback, places=places)


async def test_one_slow_host_holds_its_own_places_alone(there: Site, narrow: GuardedFetcher) -> None:
    there.pages["/"] = Page()
    slow = await while_slow(narrow, there, *["localhost"] * 8, at_once=2)

    assert isinstance(await ask(narrow, there.url("/", "rp.test")), Fetched)
    assert not any(one.done() for one in slow)

    assert all(isinstance(one, FetchRefused) for one in await asyncio.gather(*slow))


async def test_many_names_of_one_network_are_one(there: Site, make: Make) -> None:
    """A name costs nothing: whoever has a domain has as many as wanted."""
    fetcher = make(timeout=LONG, resolve=on_loopback, places=Places(altogether=6, to_host=2, to_network=1))
    slow = await while_slow(fetcher, there, "localhost", "rp.test", at_once=1)

    await asyncio.gather(*slow)


async def test_what_is_over_leaves_nothing_behind(there: Site, narrow: GuardedFetcher) -> None:
    await asyncio.gather(*await while_slow(narrow, there, *["localhost"] * 4, "rp.test", at_once=3))

    assert (len(narrow.exchange.places.hosts), len(narrow.exchange.places.networks)) == (0, 0)


async def at_once(take: Callable[[int], AbstractAsyncContextManager[None]]) -> int:
    """How many of 50 have a place when nobody gives one back."""
    holding, over = 0, asyncio.Event()

    async def hold(number: int) -> None:
        nonlocal holding
        async with take(number):
            holding += 1
            await over.wait()

    crowd = [asyncio.create_task(hold(number)) for number in range(50)]
    for _ in range(10):
        await asyncio.sleep(0)
    found = holding
    over.set()
    await asyncio.gather(*crowd)
    return found


@pytest.mark.parametrize(
    ("places", "most"),
    [(Places(), {"host": 8, "network": 32, "all": 32}), (places_of_strangers(), {"host": 2, "network": 4, "all": 16})],
    ids=["of the operator's clients", "of strangers"],
)
async def test_so_many_are_asked_at_once(places: Places, most: dict[str, int]) -> None:
    """One host, one network, and every number of networks: whoever has a hundred of them holds no more than all."""
    found = {
        "host": await at_once(lambda _: places.at_host("slow.example.com")),
        "network": await at_once(lambda number: places.at_address(f"203.0.113.{number}")),
        "all": await at_once(lambda number: places.at_address(f"198.51.{number}.1")),
    }

    assert found == most


def test_a_network_is_what_one_holder_has() -> None:
    assert network_of("203.0.113.9") == network_of("203.0.113.200") == "203.0.113.0/24"
    assert network_of("2001:db8:1:2::3") == network_of("2001:db8:1:ffff::1") == "2001:db8:1::/48"


async def test_slow_strangers_hold_up_no_client_of_the_operators(there: Site, make: Make, op: TestProvider) -> None:
    there.pages["/"] = Page()
    ways = WaysOut(
        own=make(timeout=LONG, resolve=on_loopback),
        strangers=make(timeout=LONG, resolve=on_loopback, places=places_of_strangers()),
    )
    known, unknown = await add_client(op, "known"), await add_client(op, "unknown", origin=Origin.REGISTRATION)
    strangers = ways.of(unknown)
    assert isinstance(strangers, GuardedFetcher)
    slow = await while_slow(strangers, there, *["localhost"] * 40, at_once=2)

    assert (await ways.of(known).get(there.url("/"), accept=JSON)).body == b"{}"
    assert not any(one.done() for one in slow)

    await asyncio.gather(*slow)


async def test_the_provider_has_a_way_out_for_each(op: TestProvider) -> None:
    openid = op.provider.openid
    assert openid is not None
    ways = openid.world.ways_out

    assert openid.check_sector.fetcher is openid.client_documents.fetcher is ways.strangers
    assert openid.administer_clients.check_sector.fetcher is ways.own
    assert openid.clients.ways_out is openid.session.back_channel.ways_out is ways
    assert ways.own is not ways.strangers
    assert isinstance(ways.own, LateFetcher)
    assert isinstance(ways.strangers, LateFetcher)
    assert ways.own._made().exchange.places.hosts.most == 8
    assert ways.strangers._made().exchange.places.hosts.most == 2
