"""Word to apps' servers that a session is over (OIDC Back-Channel Logout 1.0)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
from joserfc import jwe
from joserfc.jwk import RSAKey

from idp.core.account import Account
from idp.core.client import Client
from idp.core.events import EventName
from idp.core.ids import SessionId
from idp.core.session import Source
from idp.testing.provider import ISSUER, TestProvider, provider_at
from idp.usecases.administration import Administration
from tests.oidc.asking import Person, change_client
from tests.oidc.leaving import BYE, ask_to_leave, id_token_of, leaving_client
from tests.oidc.redeeming import App, claims_of, header_of, jwks, recorded
from tests.oidc.site import Page, Site, ca_bundle, site

EVENT = "http://schemas.openid.net/event/backchannel-logout"
DESK = Source(address="cli", agent="root", request_id="", contract="cli")
PATH = "/logout"


@pytest.fixture
async def server(anyio_backend: str) -> AsyncIterator[Site]:
    """The app's own."""
    async with site() as opened:
        opened.pages[PATH] = Page()
        yield opened


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    fetch = {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()}
    async with provider_at(tmp_path, template=template, fetch=fetch) as provider:
        yield provider


@pytest.fixture
async def app(op: TestProvider, server: Site) -> Client:
    return await leaving_client(op, backchannel_logout_uri=server.url(PATH))


def tokens(server: Site) -> list[str]:
    """The logout tokens that came in, oldest first."""
    bodies = [parse_qs(asked.partition("\r\n\r\n")[2]) for asked in server.asked]
    return [body["logout_token"][0] for body in bodies]


async def leave(person: Person, **parameters: str) -> None:
    """With the relay at work beside the request, as in a running provider."""
    asked = asyncio.create_task(ask_to_leave(person, **parameters))
    while not asked.done():
        await person.op.deliver()
        await asyncio.sleep(0.01)
    assert (await asked).status_code < 400


async def test_an_app_hears_of_the_end_before_the_person_is_back(
    op: TestProvider, jane: Person, client: App, server: Site
) -> None:
    """§2.4, §2.5."""
    hint = await id_token_of(jane, client)
    id_claims, now = claims_of(hint), int(op.clock.now().timestamp())

    await leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    [token] = tokens(server)
    claims = claims_of(token)
    assert header_of(token)["typ"] == "logout+jwt"
    assert header_of(token)["alg"] == "RS256"
    assert claims.pop("jti")
    assert claims == {
        "iss": ISSUER,
        "sub": id_claims["sub"],
        "sid": id_claims["sid"],
        "aud": "app",
        "iat": now,
        "exp": now + 120,
        "events": {EVENT: {}},
    }
    assert server.asked[0].startswith(f"POST {PATH} ")
    assert "content-type: application/x-www-form-urlencoded" in server.asked[0].lower()


async def test_a_logout_token_is_no_hint(op: TestProvider, jane: Person, client: App, server: Site) -> None:
    """§2.4: nothing takes one for an ID token."""
    await leave(jane, id_token_hint=await id_token_of(jane, client))
    [token] = tokens(server)
    assert jane.account is not None
    await jane.sign_in(jane.account)

    asked = await ask_to_leave(jane, id_token_hint=token)

    assert asked.headers["location"] == "/logout"


async def test_it_is_signed_as_the_client_s_id_tokens_are(
    op: TestProvider, jane: Person, client: App, app: Client, server: Site
) -> None:
    await change_client(op, replace(app, metadata=replace(app.metadata, id_token_signed_response_alg="ES256")))

    await leave(jane, id_token_hint=await id_token_of(jane, client))

    [token] = tokens(server)
    assert header_of(token)["alg"] == "ES256"


async def test_it_is_encrypted_where_id_tokens_are(
    op: TestProvider, jane: Person, client: App, app: Client, server: Site
) -> None:
    """§2.5."""
    key = RSAKey.generate_key(2048)
    encrypted = replace(
        app.metadata, jwks=jwks(key, use="enc", kid="for-us"), id_token_encrypted_response_alg="RSA-OAEP-256"
    )
    await change_client(op, replace(app, metadata=encrypted))
    await jane.ask()

    await by_bloom(op, jane)
    await op.deliver()

    [token] = tokens(server)
    opened = jwe.decrypt_compact(token, key, algorithms=["RSA-OAEP-256", header_of(token)["enc"]])
    assert opened.plaintext is not None
    assert header_of(opened.plaintext.decode())["typ"] == "logout+jwt"


async def test_a_client_that_lost_its_key_is_tried_again(
    op: TestProvider, jane: Person, client: App, app: Client, server: Site
) -> None:
    encrypted = replace(app.metadata, jwks={"keys": []}, id_token_encrypted_response_alg="RSA-OAEP-256")
    await change_client(op, replace(app, metadata=encrypted))
    await jane.ask()
    await by_bloom(op, jane)
    await op.deliver()
    assert tokens(server) == []

    await change_client(op, app)
    op.clock.advance(timedelta(minutes=10))
    await op.deliver()

    assert len(tokens(server)) == 1


async def by_bloom(op: TestProvider, jane: Person) -> None:
    await jane.browser.get("/auth/logout")


async def by_operator(op: TestProvider, jane: Person) -> None:
    assert jane.session is not None
    await Administration(op.provider.verbs).sessions.revoke(jane.session.id, DESK)


async def by_operator_everywhere(op: TestProvider, jane: Person) -> None:
    await Administration(op.provider.verbs).sessions.revoke_all("jane@example.com", DESK)


async def by_operator_for_everybody(op: TestProvider, jane: Person) -> None:
    await Administration(op.provider.verbs).sessions.revoke_every(DESK)


async def by_disabling(op: TestProvider, jane: Person) -> None:
    await Administration(op.provider.verbs).accounts.disable("jane@example.com", DESK)


async def by_deleting(op: TestProvider, jane: Person) -> None:
    await Administration(op.provider.verbs).accounts.delete("jane@example.com", DESK)


async def by_new_password(op: TestProvider, jane: Person) -> None:
    await Administration(op.provider.verbs).set_password("jane@example.com", "another long passphrase", DESK)


@pytest.mark.parametrize(
    "ending",
    [
        by_bloom,
        by_operator,
        by_operator_everywhere,
        by_operator_for_everybody,
        by_disabling,
        by_deleting,
        by_new_password,
    ],
)
async def test_however_a_session_ends_its_apps_hear_of_it_and_lose_their_tokens(
    op: TestProvider, jane: Person, client: App, server: Site, ending: Any
) -> None:
    told = await client.redeem((await jane.ask()).code)

    await ending(op, jane)

    assert (await client.userinfo(told.access_token)).status_code == 401
    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"
    await op.deliver()
    [token] = tokens(server)
    assert claims_of(token)["sid"] == told.id_claims["sid"]


async def test_offline_access_outlives_the_session_but_not_the_password(
    op: TestProvider, jane: Person, client: App
) -> None:
    """OIDC Core §11; row 21."""
    told = await client.redeem((await jane.ask(scope="openid offline_access")).code)
    await by_operator(op, jane)
    kept = await client.refresh(told.refresh_token)
    assert kept.status == 200

    await by_new_password(op, jane)

    assert (await client.refresh(kept.refresh_token)).error == "invalid_grant"


async def test_every_app_of_the_session_hears_and_no_other(
    op: TestProvider, jane: Person, client: App, server: Site, stranger: Person
) -> None:
    for name in ("second", "silent", "stranger_s"):
        uri = None if name == "silent" else server.url(PATH)
        await leaving_client(op, name, backchannel_logout_uri=uri)
    await jane.ask()
    await jane.ask(client_id="second")
    await jane.ask(client_id="silent")
    await stranger.sign_in(await op.add_account("joe@example.com"))
    await stranger.ask(client_id="stranger_s")

    await by_bloom(op, jane)
    await op.deliver()

    heard = [claims_of(token) for token in tokens(server)]
    assert sorted(claims["aud"] for claims in heard) == ["app", "second"]
    assert len({claims["sid"] for claims in heard}) == 2
    assert len({claims["jti"] for claims in heard}) == 2


async def test_a_session_ends_once_for_an_app(op: TestProvider, jane: Person, client: App, server: Site) -> None:
    await jane.ask()
    await by_operator_everywhere(op, jane)

    await by_operator_everywhere(op, jane)
    await by_operator_for_everybody(op, jane)
    await op.deliver()

    assert len(tokens(server)) == 1


@pytest.mark.parametrize("status", ["400 Bad Request", "500 Oops", "302 Found"])
async def test_an_app_that_is_down_is_told_again_and_delays_nobody(
    op: TestProvider, jane: Person, client: App, server: Site, status: str
) -> None:
    """§2.5, §2.8."""
    await jane.ask()
    server.pages[PATH] = Page(status=status)
    await by_bloom(op, jane)
    await op.deliver()
    assert len(tokens(server)) == 1

    server.pages[PATH] = Page(status="204 No Content")
    op.clock.advance(timedelta(minutes=10))
    await op.deliver()
    await op.deliver()

    first, second = tokens(server)
    assert claims_of(first)["jti"] != claims_of(second)["jti"]
    assert claims_of(second)["exp"] > int(op.clock.now().timestamp())


async def test_who_never_answers_is_given_up_and_the_operator_hears_of_it(
    op: TestProvider, jane: Person, client: App, server: Site
) -> None:
    await jane.ask()
    del server.pages[PATH]
    await by_bloom(op, jane)

    tries = op.provider.relay.retries.tries
    for _ in range(tries):
        await op.deliver()
        op.clock.advance(timedelta(minutes=10))
    await op.deliver()

    assert len(tokens(server)) == tries
    assert await recorded(op, EventName.MESSAGE_FAILED) == 1


async def test_an_address_inside_the_house_is_not_spoken_to(tmp_path: Path, template: Path, server: Site) -> None:
    """Row 102."""
    async with provider_at(tmp_path, template=template) as op, op.browser() as browser:
        await leaving_client(op, backchannel_logout_uri=server.url(PATH))
        jane = Person(op, browser)
        await jane.sign_in(await op.add_account("jane@example.com"))
        await jane.ask()

        await by_bloom(op, jane)
        await op.deliver()

    assert server.asked == []


async def test_what_waits_in_the_outbox_is_sealed(op: TestProvider, jane: Person, client: App) -> None:
    await jane.ask()
    assert jane.session is not None
    await by_bloom(op, jane)
    now = op.clock.now()

    [parcel] = [
        parcel
        for parcel in await op.provider.store.transact(
            lambda work: work.outbox.lease(now=now, until=now + timedelta(seconds=1), limit=9)
        )
        if parcel.kind == "logout"
    ]

    assert jane.session.id.encode() not in bytes(parcel.body)
    opened = orjson.loads(op.provider.verbs.world.sealer.open(parcel.body, "outbox"))
    assert SessionId(opened["session_id"]) == jane.session.id


async def test_a_client_that_went_is_told_nothing(
    op: TestProvider, jane: Person, client: App, app: Client, server: Site, account: Account
) -> None:
    await jane.ask()
    await by_bloom(op, jane)
    await op.provider.store.transact(lambda work: work.oauth.clients.remove(app.id))

    await op.deliver()

    assert tokens(server) == []
    assert await recorded(op, EventName.MESSAGE_FAILED) == 0
