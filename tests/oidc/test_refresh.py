"""Refreshing (RFC 6749 §6, RFC 9700 §4.14, OIDC Core §12; rows 18, 19, 98)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Profile, ResourceServer
from idp.core.events import EventName
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Person, add_client, change_client
from tests.oidc.redeeming import KEYS, App, Told, jwks, recorded


async def bought(jane: Person, client: App, scope: str = "openid offline_access") -> Told:
    told = await client.redeem((await jane.ask(scope=scope, client_id=client.client_id)).code)
    assert told.status == 200, told.body
    return told


async def declare(op: TestProvider, identifier: str, scope: str) -> None:
    server = ResourceServer(identifier=identifier, scopes=(scope,), created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(server))


async def test_a_refresh_token_buys_its_successor_and_new_tokens(jane: Person, client: App) -> None:
    told = await bought(jane, client)
    client.op.clock.advance(timedelta(minutes=5))

    again = await client.refresh(told.refresh_token)

    assert again.status == 200
    assert again.refresh_token != told.refresh_token
    assert again.body["scope"] == "openid offline_access"
    assert again.claims["gid"] == told.claims["gid"]
    assert (await client.userinfo(again.access_token)).status_code == 200
    assert (await client.refresh(again.refresh_token)).status == 200


async def test_nothing_about_the_sign_in_changes(jane: Person, client: App) -> None:
    """OIDC Core §12.2: same iss, sub, aud and auth_time, no nonce; never a better acr."""
    told = await client.redeem((await jane.ask(nonce="n-0S6")).code)
    client.op.clock.advance(timedelta(minutes=5))

    again = await client.refresh(told.refresh_token)

    kept = ("iss", "sub", "aud", "azp", "auth_time", "acr", "amr", "sid")
    assert {name: again.id_claims[name] for name in kept} == {name: told.id_claims[name] for name in kept}
    assert told.id_claims["nonce"] == "n-0S6"
    assert "nonce" not in again.id_claims
    assert again.id_claims["iat"] == told.id_claims["iat"] + 300
    assert (again.claims["auth_time"], again.claims["acr"]) == (told.claims["auth_time"], told.claims["acr"])


async def test_a_used_refresh_token_ends_the_family(jane: Person, client: App) -> None:
    """RFC 9700 §4.14.2: committed although the answer is a refusal."""
    first = await bought(jane, client)
    second = await client.refresh(first.refresh_token)

    reused = await client.refresh(first.refresh_token)

    assert (reused.status, reused.error) == (400, "invalid_grant")
    assert (await client.refresh(second.refresh_token)).error == "invalid_grant"
    assert (await client.userinfo(second.access_token)).status_code == 401
    assert (await client.userinfo(first.access_token)).status_code == 401
    assert await recorded(client.op, EventName.REFRESH_REUSE) == 1


async def test_the_grace_yields_the_same_successor(anyio_backend: str, tmp_path: Path, template: Path) -> None:
    """Architecture §7.5: for an answer that was lost; after it, reuse is reuse."""
    async with provider_at(tmp_path, template=template, oidc={"refresh_grace": "10s"}) as op, op.browser() as browser:
        await add_client(op)
        client, jane = App(op, browser), Person(op, browser)
        await jane.sign_in(await op.add_account("jane@example.com"))
        first = await bought(jane, client)
        second = await client.refresh(first.refresh_token)

        op.clock.advance(timedelta(seconds=9))
        again = await client.refresh(first.refresh_token)
        assert again.refresh_token == second.refresh_token

        op.clock.advance(timedelta(seconds=1))
        assert (await client.refresh(first.refresh_token)).error == "invalid_grant"
        assert (await client.refresh(second.refresh_token)).error == "invalid_grant"


@pytest.fixture
async def fapi(op: TestProvider, app: Client) -> AsyncIterator[App]:
    """A FAPI client: its key stands behind its tokens."""
    await add_client(
        op,
        "bank",
        terms=ClientTerms(skip_consent=True, profile=Profile.FAPI2),
        token_endpoint_auth_method="private_key_jwt",
        jwks=jwks(KEYS["ES256"]),
        dpop_bound_access_tokens=True,
    )
    async with op.browser() as browser:
        yield App(op, browser, "bank", "private_key_jwt", key=KEYS["ES256"], dpop_key=KEYS["ES256"])


async def pushed(jane: Person, fapi: App) -> str | None:
    told = await fapi.browser.post(
        "/oauth2/par",
        data={
            **fapi.authentication().form,
            "response_type": "code",
            "redirect_uri": "https://app.example.com/callback",
            "scope": "openid offline_access",
            "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
            "code_challenge_method": "S256",
        },
    )
    answer = await jane.browser.get(
        "/oauth2/authorize", params={"client_id": "bank", "request_uri": told.json()["request_uri"]}
    )
    return answer.headers["location"].split("code=")[1].split("&")[0]


async def test_a_fapi_client_keeps_its_refresh_token(jane: Person, fapi: App) -> None:
    """FAPI 2.0 §5.3.2.1: no rotation, so a lost answer costs nothing."""
    told = await fapi.redeem(await pushed(jane, fapi))
    assert told.status == 200, told.body

    again = await fapi.refresh(told.refresh_token)
    once_more = await fapi.refresh(told.refresh_token)

    assert (again.status, once_more.status) == (200, 200)
    assert again.refresh_token == told.refresh_token
    assert again.claims["cnf"] == {"jkt": fapi.jkt}


async def test_a_fapi_client_must_prove_itself_and_its_key(jane: Person, fapi: App) -> None:
    """fapi2 refresh-token: without client authentication, and without the key, refused."""
    told = await fapi.redeem(await pushed(jane, fapi))

    bare = await fapi.post(grant_type="refresh_token", refresh_token=told.refresh_token, client_id="bank")
    fapi.dpop_key = None
    unproved = await fapi.refresh(told.refresh_token)

    assert bare.error == "invalid_client"
    assert unproved.error == "invalid_dpop_proof"


async def test_a_kept_refresh_token_expires(jane: Person, fapi: App) -> None:
    told = await fapi.redeem(await pushed(jane, fapi))
    fapi.op.clock.advance(timedelta(days=30))

    assert (await fapi.refresh(told.refresh_token)).error == "invalid_grant"


async def test_scope_may_be_narrowed_and_comes_back(jane: Person, client: App) -> None:
    """RFC 6749 §6: what is omitted is the whole of what was granted."""
    told = await bought(jane, client, "openid email profile offline_access")

    narrow = await client.refresh(told.refresh_token, scope="openid email")
    whole = await client.refresh(narrow.refresh_token)

    assert (narrow.body["scope"], narrow.claims["scope"]) == ("openid email", "openid email")
    assert whole.body["scope"] == "openid email profile offline_access"


async def test_our_own_scopes_alone_buy_no_token_that_holds_none(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 6749 §5.1: to leave `scope` out would say that all was given."""
    await declare(op, "https://jobs.example.com", "jobs")

    told = await client.redeem((await jane.ask("&resource=https://jobs.example.com", scope="profile email")).code)

    assert told.error == "invalid_scope"


async def test_what_a_narrower_token_does_not_hold_is_not_told(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 6749 §5.1, RFC 8707 §2.2: our own scopes buy an ID token beside; those of other resources buy nothing."""
    await declare(op, "https://jobs.example.com", "jobs")
    await declare(op, "https://reports.example.com", "reports")
    resources = "&resource=https://jobs.example.com&resource=https://reports.example.com"
    told = await client.redeem((await jane.ask(resources, scope="openid jobs reports")).code)

    narrow = await client.refresh(told.refresh_token, resource="https://jobs.example.com")
    assert (narrow.body["scope"], narrow.claims["scope"]) == ("openid jobs", "jobs")

    nothing = await client.refresh(narrow.refresh_token, scope="reports", resource="https://jobs.example.com")
    assert nothing.error == "invalid_scope"
    assert (await client.refresh(narrow.refresh_token)).body["scope"] == "openid jobs reports"


async def test_without_openid_a_refresh_brings_no_id_token(jane: Person, client: App) -> None:
    told = await bought(jane, client, "openid email offline_access")

    assert "id_token" not in (await client.refresh(told.refresh_token, scope="email")).body


async def test_scope_cannot_be_widened(jane: Person, client: App) -> None:
    """RFC 6749 §6; the token is not used up."""
    told = await bought(jane, client, "openid offline_access")

    assert (await client.refresh(told.refresh_token, scope="openid email")).error == "invalid_scope"

    assert (await client.refresh(told.refresh_token)).status == 200


@pytest.mark.parametrize("token", ["", "unknown", "x" * 5000, "ü"])
async def test_what_is_no_refresh_token_is_refused(client: App, token: str) -> None:
    assert (await client.refresh(token)).error in {"invalid_grant", "invalid_request"}


async def test_an_access_token_refreshes_nothing(jane: Person, client: App) -> None:
    """Row 77."""
    told = await bought(jane, client)

    assert (await client.refresh(told.access_token)).error == "invalid_grant"


async def test_anothers_refresh_token_is_refused_and_stays_good(jane: Person, client: App) -> None:
    """RFC 6749 §10.4."""
    await add_client(client.op, "thief")
    told = await bought(jane, client)

    assert (await App(client.op, client.browser, "thief").refresh(told.refresh_token)).error == "invalid_grant"

    assert (await client.refresh(told.refresh_token)).status == 200


async def test_a_refresh_token_dies_of_age(jane: Person, client: App) -> None:
    told = await bought(jane, client)
    client.op.clock.advance(timedelta(days=30))

    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"
    assert await recorded(client.op, EventName.REFRESH_REUSE) == 0


async def test_each_use_prolongs_the_family(jane: Person, client: App) -> None:
    told = await bought(jane, client)
    for _ in range(3):
        client.op.clock.advance(timedelta(days=20))
        told = await client.refresh(told.refresh_token)

    assert told.status == 200


async def test_no_family_outlives_a_year_however_often_it_is_used(jane: Person, client: App) -> None:
    """ASVS 10.4.8."""
    told = await bought(jane, client)
    for _ in range(14):
        client.op.clock.advance(timedelta(days=26))
        told = await client.refresh(told.refresh_token)
        assert told.status == 200

    client.op.clock.advance(timedelta(days=1, seconds=1))

    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"


async def test_a_lifetime_of_the_clients_own(jane: Person, client: App, app: Client) -> None:
    terms = replace(app.terms, refresh_life=timedelta(hours=1), access_life=timedelta(minutes=1))
    await change_client(client.op, replace(app, terms=terms))
    told = await bought(jane, client)
    assert told.body["expires_in"] == 60

    client.op.clock.advance(timedelta(hours=1))

    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"


async def test_online_access_ends_with_the_session(jane: Person, client: App) -> None:
    """OIDC Core §11; row 98."""
    online = await bought(jane, client, "openid")
    offline = await bought(jane, client, "openid offline_access")
    session = jane.session
    assert session is not None
    await client.op.provider.store.transact(lambda work: work.sessions.revoke(session.id, client.op.clock.now()))

    assert (await client.refresh(online.refresh_token)).error == "invalid_grant"
    assert (await client.userinfo(online.access_token)).status_code == 401
    assert (await client.refresh(offline.refresh_token)).status == 200


async def test_a_disabled_account_refreshes_nothing(jane: Person, client: App, account: Account) -> None:
    """Row 98, Pocket ID CVE-2026-43983."""
    told = await bought(jane, client)
    disabled = replace(account, disabled_at=client.op.clock.now())
    await client.op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"
    assert (await client.userinfo(told.access_token)).status_code == 401


async def test_a_client_that_lost_the_grant_type_refreshes_nothing(jane: Person, client: App, app: Client) -> None:
    """Row 97."""
    told = await bought(jane, client)
    await change_client(client.op, replace(app, metadata=replace(app.metadata, grant_types=("authorization_code",))))

    assert (await client.refresh(told.refresh_token)).error == "unauthorized_client"


async def test_a_public_client_rotates(op: TestProvider, jane: Person, client: App) -> None:
    """OAuth 2.1 §4.3.1: bound to a key, or rotated."""
    await add_client(op, "spa", token_endpoint_auth_method="none")
    spa = App(op, client.browser, "spa", "none")
    told = await bought(jane, spa)

    again = await spa.refresh(told.refresh_token)

    assert again.refresh_token != told.refresh_token
    assert (await spa.refresh(told.refresh_token)).error == "invalid_grant"


async def test_the_database_holds_no_token(jane: Person, client: App, tmp_path: Path) -> None:
    """Row 71."""
    told = await bought(jane, client)
    await client.refresh(told.refresh_token)

    files = [path.read_bytes() for path in tmp_path.iterdir() if path.name.startswith("idp.db")]

    assert files
    assert not any(told.refresh_token.encode() in data for data in files)
