"""A document that has to be fetched is charged to whoever names it, and first (threat row 102)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Person
from tests.oidc.leaving import ask_to_leave
from tests.oidc.site import Site, ca_bundle, site
from tests.oidc.test_client_documents import publish

ROOM = 3
ELSEWHERE = "198.51.100.7"


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    settings: dict[str, Any] = {
        "oidc": {"client_documents": True},
        "fetch": {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()},
        "throttle": {"requests": f"{ROOM}/10m"},
    }
    async with provider_at(tmp_path, template=template, **settings) as provider:
        yield provider


async def use_up(there: Site, stranger: Person) -> None:
    for number in range(ROOM):
        assert (await stranger.ask(client_id=publish(there, f"/{number}"), prompt="none")).status == 400
    assert len(there.asked) == ROOM


async def test_one_address_makes_us_fetch_so_many_and_others_go_on(
    there: Site, op: TestProvider, stranger: Person
) -> None:
    await use_up(there, stranger)
    another = publish(there, "/another")

    refused = [await stranger.ask(client_id=another, prompt="none"), await stranger.post(client_id=another)]

    assert [answer.status for answer in refused] == [429, 429]
    assert 0 < int(refused[0].response.headers["retry-after"]) <= 600
    assert len(there.asked) == ROOM, "it is charged before it is fetched"
    async with op.browser(ELSEWHERE) as browser:
        assert (await Person(op, browser).ask(client_id=another, prompt="none")).status == 400
    op.clock.advance(timedelta(minutes=10))
    assert (await stranger.ask(client_id=publish(there, "/later"), prompt="none")).status == 400


async def test_what_is_at_hand_costs_nothing(there: Site, stranger: Person) -> None:
    """An office where all use one app."""
    await use_up(there, stranger)

    again = [(await stranger.ask(client_id=publish(there, "/0"), prompt="none")).status for _ in range(2 * ROOM)]

    assert set(again) == {400}


@pytest.mark.parametrize("path", ["token", "par", "revoke", "introspect"])
async def test_nor_do_the_endpoints_of_clients_fetch_more(
    there: Site, op: TestProvider, stranger: Person, path: str
) -> None:
    await use_up(there, stranger)
    sent = {"client_id": publish(there, "/another"), "token": "t", "grant_type": "authorization_code"}
    async with op.browser() as browser:
        answer = await browser.post(f"/oauth2/{path}", data=sent)

    assert answer.status_code == 429
    assert len(there.asked) == ROOM


async def test_nor_does_the_end_of_a_session(there: Site, stranger: Person) -> None:
    await use_up(there, stranger)

    answer = await ask_to_leave(stranger, client_id=publish(there, "/another"))

    assert answer.status_code == 429
    assert len(there.asked) == ROOM
