"""What the guarded fetcher keeps, and for how long."""

import asyncio
from datetime import timedelta

import pytest

from idp.fetch.shelf import MOST, Shelf
from idp.ports.oauth import Fetched, FetchRefused
from idp.testing.clock import MovableClock
from tests.oidc.fetching import JSON, Make, refused
from tests.oidc.site import Page, Site


async def test_what_was_fetched_is_kept_as_long_as_its_server_says(
    there: Site, make: Make, clock: MovableClock
) -> None:
    there.pages["/"] = Page(headers=("cache-control: public, max-age=120",))
    fetcher = make()
    for seconds in (0, 119, 1):
        clock.advance(timedelta(seconds=seconds))
        await fetcher.get(there.url("/"), accept=JSON)

    assert len(there.asked) == 2


@pytest.mark.parametrize(
    ("said", "kept", "gone"),
    [("max-age=0", 9, 10), ("no-store", 9, 10), ("max-age=999999", 3599, 3600), ("x", 299, 300)],
)
async def test_nothing_is_kept_for_less_than_ten_seconds_or_more_than_an_hour(
    there: Site, make: Make, clock: MovableClock, said: str, kept: int, gone: int
) -> None:
    there.pages["/"] = Page(headers=(f"cache-control: {said}",))
    fetcher = make()
    await fetcher.get(there.url("/"), accept=JSON)

    clock.advance(timedelta(seconds=kept))
    await fetcher.get(there.url("/"), accept=JSON)
    before = len(there.asked)
    clock.advance(timedelta(seconds=gone - kept))
    await fetcher.get(there.url("/"), accept=JSON)

    assert (before, len(there.asked)) == (1, 2)


def test_what_is_kept_is_bounded() -> None:
    """Row 116: what was asked for longest ago goes first."""
    shelf, clock = Shelf(), MovableClock()
    until = clock.now() + timedelta(hours=1)
    for number in range(MOST):
        shelf.put((str(number), JSON), Fetched(body=b"", media_type=JSON), until)
    shelf.get(("0", JSON), clock.now())

    shelf.put(("one more", JSON), Fetched(body=b"", media_type=JSON), until)

    kept = [shelf.get((name, JSON), clock.now()) is not None for name in ("0", "1", "2", "one more")]
    assert kept == [True, False, True, True]


async def test_a_refusal_is_remembered_so_that_nobody_is_hammered(there: Site, make: Make, clock: MovableClock) -> None:
    fetcher = make()
    for _ in range(3):
        await refused(fetcher, there.url("/missing"))
    clock.advance(timedelta(seconds=10))
    await refused(fetcher, there.url("/missing"))

    assert len(there.asked) == 2


async def test_many_who_ask_at_once_make_one_request(there: Site, make: Make) -> None:
    there.pages["/"] = Page(b"{}", delay=0.05)
    fetcher = make()

    found = await asyncio.gather(*(fetcher.get(there.url("/"), accept=JSON) for _ in range(20)))

    assert len({one.body for one in found}) == 1
    assert len(there.asked) == 1


async def test_who_gives_up_waiting_takes_it_away_from_nobody(there: Site, make: Make) -> None:
    there.pages["/"] = Page(b"{}", delay=0.05)
    fetcher = make()
    impatient = asyncio.create_task(fetcher.get(there.url("/"), accept=JSON))
    patient = asyncio.create_task(fetcher.get(there.url("/"), accept=JSON))
    await asyncio.sleep(0.01)

    impatient.cancel()

    assert (await patient).body == b"{}"


async def test_a_fresh_look_goes_past_what_is_kept_once_a_minute(there: Site, make: Make, clock: MovableClock) -> None:
    """A kid that nobody knows must not make us ask a client's server at every request (row 82)."""
    there.pages["/"] = Page(b'{"old": 1}', headers=("cache-control: max-age=3600",))
    fetcher, url = make(), there.url("/")
    await fetcher.get(url, accept=JSON)
    there.pages["/"] = Page(b'{"new": 1}', headers=("cache-control: max-age=3600",))

    fresh = await fetcher.get_fresh(url, accept=JSON)
    again = await fetcher.get_fresh(url, accept=JSON)
    usual = await fetcher.get(url, accept=JSON)
    asked = len(there.asked)
    clock.advance(timedelta(minutes=1))
    await fetcher.get_fresh(url, accept=JSON)

    assert {fresh.body, again.body, usual.body} == {b'{"new": 1}'}
    assert (asked, len(there.asked)) == (2, 3)


async def test_a_fresh_look_that_fails_takes_nothing_away(there: Site, make: Make, clock: MovableClock) -> None:
    """An unknown `kid` makes us look; what we had stays good for those who use it, for as long as it was to be."""
    fetcher, url = make(), there.url("/jwks.json")
    there.pages["/jwks.json"] = Page(b'{"keys": []}')
    await fetcher.get(url, accept=JSON)
    there.pages["/jwks.json"] = Page(status="503 Service Unavailable")

    with pytest.raises(FetchRefused):
        await fetcher.get_fresh(url, accept=JSON)

    assert (await fetcher.get(url, accept=JSON)).body == b'{"keys": []}'
    clock.advance(timedelta(minutes=6))
    assert "503" in await refused(fetcher, url)
