"""What strangers make us keep until somebody has signed in is bounded (threat row 140)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.client import Client
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.devices.begin import DEVICE_CODE
from idp.oauth.errors import InvalidRequest
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import SECRET, Person, add_client, usual

ROOM = 5
PERIOD = timedelta(minutes=10)
ELSEWHERE = "198.51.100.7"


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template, throttle={"requests": f"{ROOM}/10m"}) as provider:
        yield provider


async def test_one_address_begins_so_many_sign_ins_and_others_go_on(
    op: TestProvider, app: Client, stranger: Person
) -> None:
    begun = [(await stranger.ask()).page for _ in range(ROOM)]
    refused = await stranger.ask()

    assert None not in begun
    assert refused.status == 429
    assert 'id="error"' in refused.response.text
    assert 0 < int(refused.response.headers["retry-after"]) <= PERIOD.total_seconds()
    async with op.browser(ELSEWHERE) as browser:
        assert (await Person(op, browser).ask()).page is not None
    op.clock.advance(PERIOD)
    assert (await stranger.ask()).page is not None


async def test_a_steady_stream_below_the_rate_is_never_refused(op: TestProvider, app: Client, stranger: Person) -> None:
    """An office behind one address: nobody failed at anything, so nothing adds up."""
    for _ in range(4 * ROOM):
        assert (await stranger.ask()).page is not None
        op.clock.advance(PERIOD / (ROOM - 1))


async def test_who_is_signed_in_is_answered_however_often(op: TestProvider, app: Client, jane: Person) -> None:
    """Nothing is kept for a request that is answered at once, with a code or with a refusal."""
    for _ in range(2 * ROOM):
        assert (await jane.ask()).code
    async with op.browser() as browser:
        for _ in range(2 * ROOM):
            assert (await Person(op, browser).ask(prompt="none")).error == "login_required"


async def test_a_request_that_came_by_post_is_counted_too(app: Client, stranger: Person) -> None:
    answers = [(await stranger.post()).status for _ in range(ROOM + 1)]

    assert answers == [303] * ROOM + [429]


async def test_a_client_that_proves_itself_has_a_share_of_its_own_for_what_it_pushes(
    op: TestProvider, app: Client
) -> None:
    await add_client(op, "other")
    async with op.browser() as browser:
        answers = [await browser.post("/oauth2/par", data=usual(), auth=("app", SECRET)) for _ in range(ROOM + 1)]
        another = await browser.post("/oauth2/par", data=usual(client_id="other"), auth=("other", SECRET))

    assert [answer.status_code for answer in answers] == [201] * ROOM + [429]
    assert answers[-1].json() == {"error": "temporarily_unavailable"}
    assert "retry-after" in answers[-1].headers
    assert another.status_code == 201


async def test_what_is_pushed_in_the_name_of_a_public_client_counts_for_the_address(op: TestProvider) -> None:
    """Else anybody could use its share up."""
    await add_client(op, "public", token_endpoint_auth_method="none")
    sent = usual(client_id="public")
    async with op.browser(ELSEWHERE) as attacker, op.browser() as browser:
        answers = [(await attacker.post("/oauth2/par", data=sent)).status_code for _ in range(ROOM + 1)]

        assert answers == [201] * ROOM + [429]
        assert (await browser.post("/oauth2/par", data=sent)).status_code == 201


async def test_a_client_that_proves_itself_asks_for_so_many_device_codes(op: TestProvider) -> None:
    await add_client(op, "tv", redirect_uris=(), response_types=(), grant_types=(DEVICE_CODE,))
    async with op.browser() as browser:
        path, sent = "/oauth2/device_authorization", {"scope": "openid"}
        answers = [(await browser.post(path, data=sent, auth=("tv", SECRET))).status_code for _ in range(ROOM + 1)]

    assert answers == [200] * ROOM + [429]


async def test_what_is_too_large_to_be_kept_is_not(op: TestProvider, app: Client, stranger: Person) -> None:
    """Each parameter is short enough, and all of them are not."""
    long = {"state": "s" * 8192, "nonce": "n" * 8192}

    assert (await stranger.ask(**long)).page is not None
    claims = '{"userinfo": {"' + "c" * 9000 + '": null}}'
    assert (await stranger.post(**long, claims=claims)).error_page == "invalid_request"


async def test_resources_are_counted_with_the_rest() -> None:
    """Eight may be named, and each is kept (RFC 8707 §2)."""
    resources = [("resource", f"https://api{number}.example/{'r' * 1900}") for number in range(8)]

    assert len(Parameters.of(resources).resources) == 8
    with pytest.raises(InvalidRequest):
        Parameters.of([*resources, ("state", "s" * 8192), ("nonce", "n" * 8192)])
