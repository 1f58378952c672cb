"""Roles and groups in access tokens (RFC 9068 §2.2.3.1, RFC 7643 §4.1.2): for a resource server that asks for them."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from idp.core.client import ResourceServer
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import App, Told

ASKS, NOT_ALL, SILENT = "https://asks.example.com", "https://not-all.example.com", "https://silent.example.com"
SCOPE = "openid roles teams read offline_access"


async def declare(op: TestProvider, identifier: str, scopes: tuple[str, ...]) -> None:
    server = ResourceServer(identifier=identifier, scopes=scopes, created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(server))


@pytest.fixture
async def lead(op: TestProvider) -> AsyncIterator[Person]:
    """An administrator, in a team."""
    for identifier, scopes in ((ASKS, ("read", "roles", "teams")), (NOT_ALL, ("read", "roles")), (SILENT, ())):
        await declare(op, identifier, scopes)
    account = await op.add_account("lead@example.com", teams={"Reviewers": "LEAD"}, roles=frozenset({"admin", "staff"}))
    async with op.browser() as browser:
        person = Person(op, browser)
        await person.sign_in(account)
        yield person


async def bought(lead: Person, client: App, *resources: str, scope: str = SCOPE) -> Told:
    code = (await lead.ask("".join(f"&resource={one}" for one in resources), scope=scope)).code
    told = await client.redeem(code)
    assert told.status == 200, told.body
    return told


async def test_a_server_that_has_the_scopes_is_told(op: TestProvider, lead: Person, client: App) -> None:
    claims = (await bought(lead, client, ASKS)).claims

    assert claims["aud"] == ASKS
    assert claims["roles"] == [{"value": "admin"}, {"value": "staff"}]
    (team,) = claims["groups"]
    assert (set(team), team["display"]) == ({"value", "display"}, "Reviewers")
    assert "entitlements" not in claims


async def test_it_is_told_again_as_it_is_then(op: TestProvider, lead: Person, client: App) -> None:
    """A refreshed token holds what is true when it is signed."""
    told = await bought(lead, client, ASKS)
    assert lead.account is not None
    plain = replace(lead.account, roles=frozenset())
    await op.provider.store.transact(lambda work: work.accounts.update(plain))

    again = (await client.refresh(told.refresh_token)).claims

    assert "roles" not in again
    assert again["groups"] == told.claims["groups"]


@pytest.mark.parametrize(("scope", "claims"), [("read roles", {"roles"}), ("read teams", {"groups"}), ("read", set())])
async def test_no_more_is_told_than_was_granted(lead: Person, client: App, scope: str, claims: set[str]) -> None:
    told = (await bought(lead, client, ASKS, scope=scope)).claims

    assert {"roles", "groups"} & set(told) == claims


@pytest.mark.parametrize("resources", [(), (ISSUER,), (SILENT,)])
async def test_who_does_not_ask_is_not_told(lead: Person, client: App, resources: tuple[str, ...]) -> None:
    """Tokens stay small: our own API needs none of it, and a server without scopes asked for nothing."""
    claims = (await bought(lead, client, *resources)).claims

    assert {"roles", "groups"}.isdisjoint(claims)


async def test_a_token_for_several_tells_what_all_of_them_ask_for(lead: Person, client: App) -> None:
    claims = (await bought(lead, client, ASKS, NOT_ALL)).claims

    assert set(claims["aud"]) == {ASKS, NOT_ALL}
    assert "roles" in claims
    assert "groups" not in claims


async def test_somebody_without_any_has_no_empty_ones(lead: Person, jane: Person, client: App) -> None:
    claims = (await client.redeem((await jane.ask(scope=SCOPE, resource=ASKS)).code)).claims

    assert {"roles", "groups"}.isdisjoint(claims)


async def test_a_clients_own_token_is_about_nobody(op: TestProvider, lead: Person, client: App) -> None:
    machine: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("read", "roles")}
    await add_client(op, "machine", **machine)

    told = await App(op, client.browser, "machine").ask("client_credentials", resource=ASKS)

    assert told.status == 200
    assert {"roles", "groups"}.isdisjoint(told.claims)


async def test_the_server_finds_the_same_by_introspection(op: TestProvider, lead: Person, client: App) -> None:
    told = await bought(lead, client, ASKS)
    own = client.authentication()

    about = (await client.send("/oauth2/introspect", own.headers, token=told.access_token)).body

    assert (about["roles"], about["groups"]) == (told.claims["roles"], told.claims["groups"])
