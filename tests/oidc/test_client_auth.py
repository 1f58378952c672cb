"""Client authentication by secrets (RFC 6749 §2.3, §3.2.1, §5.2)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import quote

import httpx2
import pytest

from idp.core.client import Client, ClientSecret
from idp.core.events import EventName
from idp.testing.provider import TestProvider
from tests.oidc.asking import SECRET, add_client, change_client
from tests.oidc.redeeming import Told, basic, recorded

GRANT = {"grant_type": "client_credentials"}


@pytest.fixture
async def browser(op: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with op.browser() as client:
        yield client


async def machine(op: TestProvider, client_id: str = "machine", method: str = "client_secret_basic") -> Client:
    return await add_client(
        op,
        client_id,
        grant_types=("client_credentials",),
        redirect_uris=(),
        scope=("jobs:run",),
        token_endpoint_auth_method=method,
    )


async def ask(browser: httpx2.AsyncClient, authorization: str | None = None, **form: str) -> Told:
    headers = {"authorization": authorization} if authorization is not None else {}
    return Told(await browser.post("/oauth2/token", data={**GRANT, **form}, headers=headers))


async def test_a_secret_by_basic(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """RFC 6749 §2.3.1; the scheme in any case (RFC 9110 §11.1)."""
    await machine(op)

    assert (await ask(browser, basic("machine", SECRET))).status == 200
    assert (await ask(browser, basic("machine", SECRET).replace("Basic", "bASIC"))).status == 200
    assert (await ask(browser, basic("machine", SECRET), client_id="machine")).status == 200


async def test_a_secret_in_the_form(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    await machine(op, method="client_secret_post")

    assert (await ask(browser, client_id="machine", client_secret=SECRET)).status == 200


async def test_basic_is_decoded_as_a_form_is(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """RFC 6749 §2.3.1: both halves were form-urlencoded before they were joined."""
    name = "machine with: a colon"
    await machine(op, name)

    assert (await ask(browser, basic(quote(name, safe=""), quote(SECRET)))).status == 200
    assert (await ask(browser, basic(name.replace(" ", "+").replace(":", "%3A"), SECRET))).status == 200


@pytest.mark.parametrize("secret", ["a+b/c=", "100% a+b", "%zz", "%ff", "c%2Bd"])
async def test_a_secret_that_was_not_encoded_is_known_too(
    op: TestProvider, browser: httpx2.AsyncClient, secret: str
) -> None:
    """RFC 7617 §2: so curl and Authlib send it."""
    client = await machine(op)
    kept = ClientSecret(digest=ClientSecret.digest_of(secret))
    await op.provider.store.transact(lambda work: work.oauth.clients.update(replace(client, secrets=(kept,))))

    assert (await ask(browser, basic("machine", secret))).status == 200
    assert (await ask(browser, basic("machine", quote(secret, safe="")))).status == 200
    assert (await ask(browser, basic("machine", secret.replace("+", " ") + "x"))).status == 401


@pytest.mark.parametrize(
    ("client_id", "secret"), [("machine", "wrong"), ("nobody", SECRET), ("machine", ""), ("", SECRET), ("a\x00b", "c")]
)
async def test_a_wrong_secret_and_an_unknown_client_are_one_answer(
    op: TestProvider, browser: httpx2.AsyncClient, client_id: str, secret: str
) -> None:
    """RFC 6749 §5.2: 401, with a challenge where Basic was tried."""
    await machine(op)

    told = await ask(browser, basic(client_id, secret))

    assert told.status == 401
    assert told.body == {"error": "invalid_client", "error_description": "client authentication failed"}
    assert told.response.headers["www-authenticate"].startswith("Basic ")


async def test_a_wrong_secret_in_the_form_gets_no_challenge(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    await machine(op, method="client_secret_post")

    told = await ask(browser, client_id="machine", client_secret="wrong")

    assert (told.status, told.error) == (401, "invalid_client")
    assert "www-authenticate" not in told.response.headers


@pytest.mark.parametrize("header", ["Basic", "Basic !", "Basic YQ", "Basic /w==", "Basic " + "QQ" * 5000])
async def test_what_is_no_basic_is_refused(op: TestProvider, browser: httpx2.AsyncClient, header: str) -> None:
    """Row 115: never a 500."""
    told = await ask(browser, header)

    assert (told.status, told.error) == (401, "invalid_client")


async def test_a_client_uses_the_way_it_registered(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    await machine(op)
    await machine(op, "posting", method="client_secret_post")

    assert (await ask(browser, client_id="machine", client_secret=SECRET)).error == "invalid_client"
    assert (await ask(browser, basic("posting", SECRET))).error == "invalid_client"
    assert (await ask(browser, client_id="machine")).error == "invalid_client"


async def test_two_ways_at_a_time_are_refused(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """RFC 6749 §2.3."""
    await machine(op)
    own = basic("machine", SECRET)

    assert (await ask(browser, own, client_id="machine", client_secret=SECRET)).error == "invalid_request"
    assert (await ask(browser, own, client_assertion="x")).error == "invalid_request"
    assert (await ask(browser, client_secret=SECRET, client_assertion="x")).error == "invalid_request"
    assert (await ask(browser, own, client_id="another")).error == "invalid_request"


async def test_two_authorization_headers_are_refused(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    headers = [("authorization", basic("machine", SECRET)), ("authorization", basic("other", SECRET))]

    answer = await browser.post("/oauth2/token", data=GRANT, headers=headers)

    assert answer.json()["error"] == "invalid_request"


async def test_a_public_client_has_no_tokens_of_its_own(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """RFC 6749 §4.4: confidential clients only."""
    await machine(op, method="none")

    assert (await ask(browser, client_id="machine")).error == "unauthorized_client"


async def test_a_disabled_client_is_unknown(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    client = await machine(op)
    await change_client(op, replace(client, disabled_at=op.clock.now()))

    assert (await ask(browser, basic("machine", SECRET))).error == "invalid_client"


async def test_both_secrets_serve_while_one_replaces_the_other(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    client = await machine(op)
    until = op.clock.now() + timedelta(hours=1)
    old = replace(client.secrets[0], expires_at=until)
    await change_client(op, replace(client, secrets=(old, ClientSecret(digest=ClientSecret.digest_of("new")))))

    assert (await ask(browser, basic("machine", SECRET))).status == 200
    assert (await ask(browser, basic("machine", "new"))).status == 200
    op.clock.advance(timedelta(hours=1))
    assert (await ask(browser, basic("machine", SECRET))).error == "invalid_client"
    assert (await ask(browser, basic("machine", "new"))).status == 200


async def test_guesses_are_counted_and_recorded_and_lock_nobody_out(
    op: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 135 aside, 256 bits are not guessed; the budget keeps the noise down, and the name of no client locks it."""
    await machine(op)
    limit = op.provider.verbs.world.rules.source_budget.limit
    answers = [await ask(browser, basic("machine", f"guess {number}")) for number in range(limit + 1)]

    statuses = [told.status for told in answers]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    assert answers[-1].response.headers["retry-after"]
    assert await recorded(op, EventName.CLIENT_REFUSED) == statuses.count(401)
    assert (await ask(browser, basic("machine", SECRET))).status == 200


async def test_who_thinks_up_names_has_one_budget_for_all(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 140: each would be a counter and a line of the trail of its own."""
    limit = op.provider.verbs.world.rules.source_budget.limit

    told = [await ask(browser, basic(f"nobody-{number}", "guess")) for number in range(limit + 1)]

    assert [told[0].status, told[-1].status] == [401, 429]
    assert await recorded(op, EventName.CLIENT_REFUSED) == [one.status for one in told].count(401)


async def test_no_secret_is_written_down(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 133."""
    await machine(op)
    await ask(browser, basic("machine", "a secret that must not stay"))

    trail = await op.provider.store.read(lambda work: work.audit.page(limit=100))

    assert "must not stay" not in repr(trail)
