"""Token exchange (RFC 8693): off by default, for pairs of clients that the operator named."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from idp.core.account import Account
from idp.core.client import ClientTerms, ResourceServer
from idp.core.events import EventName
from idp.testing.provider import ISSUER, TestProvider, provider_at
from tests.oidc.asking import Person, add_client, change_client
from tests.oidc.redeeming import App, Told, recorded

EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
REPORTS = "https://reports.example.com"
GATEWAY: dict[str, Any] = {
    "grant_types": (EXCHANGE, "client_credentials"),
    "redirect_uris": (),
    "scope": ("email", "reports:read", "admin"),
}


@dataclass(slots=True)
class Scene:
    """`app` signed Jane in; `gateway` gets what `app` sends along."""

    op: TestProvider
    jane: Person
    account: Account
    app: App
    gateway: App

    async def sign_in(self, scope: str = "openid email reports:read") -> Told:
        return await self.app.redeem((await self.jane.ask(scope=scope)).code)

    async def exchange(self, token: str, **form: str | None) -> Told:
        usual = {"subject_token": token, "subject_token_type": ACCESS_TOKEN}
        return await self.gateway.ask(EXCHANGE, **{**usual, **form})


@pytest.fixture
async def scene(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[Scene]:
    async with provider_at(tmp_path, template=template, oidc={"token_exchange": True}) as op, op.browser() as browser:
        server = ResourceServer(identifier=REPORTS, scopes=("reports:read", "admin"), created_at=op.clock.now())
        await op.provider.store.transact(lambda work: work.oauth.resources.put(server))
        await add_client(op, "app")
        await add_client(op, "gateway", terms=ClientTerms(exchanges_from=("app",)), **GATEWAY)
        account = await op.add_account("jane@example.com")
        jane = Person(op, browser)
        await jane.sign_in(account)
        yield Scene(op, jane, account, App(op, browser), App(op, browser, "gateway"))


async def test_a_token_of_one_client_buys_one_of_another(scene: Scene) -> None:
    """§2.2.1, impersonation: about the same person, for the client that asked; recorded."""
    told = await scene.sign_in()

    swapped = await scene.exchange(told.access_token, resource=REPORTS, scope="reports:read")

    assert swapped.status == 200
    assert swapped.body["issued_token_type"] == ACCESS_TOKEN
    assert {"refresh_token", "id_token"}.isdisjoint(swapped.body)
    claims = swapped.claims
    assert (claims["sub"], claims["client_id"], claims["aud"]) == (scene.account.id, "gateway", REPORTS)
    assert (claims["scope"], claims["gid"]) == ("reports:read", told.claims["gid"])
    assert "act" not in claims
    assert await recorded(scene.op, EventName.TOKEN_EXCHANGED) == 1


async def test_a_client_that_delegates_is_named_as_the_actor(scene: Scene) -> None:
    """§4.1: and those who acted before, inside."""
    await add_client(scene.op, "second", terms=ClientTerms(exchanges_from=("gateway",), delegates=True), **GATEWAY)
    gateway = await scene.op.provider.store.read(lambda work: work.oauth.clients.page(after=None, limit=10))
    known = next(one for one in gateway if one.id == "gateway")
    await change_client(scene.op, replace(known, terms=replace(known.terms, delegates=True)))
    told = await scene.sign_in()

    first = await scene.exchange(told.access_token)
    scene.gateway.client_id = "second"
    second = await scene.exchange(first.access_token)

    assert first.claims["act"] == {"sub": "gateway"}
    assert second.claims["act"] == {"sub": "second", "act": {"sub": "gateway"}}


async def test_an_actor_token_is_the_clients_own(scene: Scene) -> None:
    """§2.1: and only who delegates may bring one."""
    told = await scene.sign_in()
    own = await scene.gateway.ask("client_credentials", scope="admin")
    actor = {"actor_token": own.access_token, "actor_token_type": ACCESS_TOKEN}
    assert (await scene.exchange(told.access_token, **actor)).error == "unauthorized_client"

    terms = ClientTerms(exchanges_from=("app",), delegates=True)
    page = await scene.op.provider.store.read(lambda work: work.oauth.clients.page(after=None, limit=10))
    await change_client(scene.op, replace(next(one for one in page if one.id == "gateway"), terms=terms))

    assert (await scene.exchange(told.access_token, **actor)).claims["act"] == {"sub": "gateway"}
    assert (await scene.exchange(told.access_token, actor_token=own.access_token)).error == "invalid_request"
    foreign = {**actor, "actor_token": told.access_token}
    assert (await scene.exchange(told.access_token, **foreign)).error == "invalid_grant"


async def test_scope_is_at_most_what_went_in(scene: Scene) -> None:
    """§2.1: narrowed, never widened; `admin` is registered for the gateway and was not granted."""
    told = await scene.sign_in()

    assert (await scene.exchange(told.access_token, scope="admin")).error == "invalid_scope"
    assert (await scene.exchange(told.access_token, scope="email")).claims["scope"] == "email"
    assert (await scene.exchange(told.access_token)).body["scope"] == "email reports:read"


async def test_scope_is_at_most_what_the_client_registered(scene: Scene) -> None:
    """Row 97."""
    told = await scene.sign_in("openid profile email")

    assert (await scene.exchange(told.access_token, scope="profile")).error == "invalid_scope"


async def test_audience_is_another_word_for_resource(scene: Scene) -> None:
    """§2.1."""
    told = await scene.sign_in()

    assert (await scene.exchange(told.access_token, audience=REPORTS)).claims["aud"] == REPORTS
    assert (await scene.exchange(told.access_token, audience="https://unknown.example")).error == "invalid_target"
    assert (await scene.exchange(told.access_token, audience=f"{REPORTS} x")).error == "invalid_target"


async def test_it_does_not_outlive_what_it_was_bought_with(scene: Scene) -> None:
    told = await scene.sign_in()
    scene.op.clock.advance(timedelta(minutes=7))

    swapped = await scene.exchange(told.access_token)

    assert swapped.claims["exp"] == told.claims["exp"]
    assert swapped.body["expires_in"] == 180


async def test_it_ends_with_the_grant(scene: Scene) -> None:
    """The family is one: the session, the consent, a replayed code."""
    told = await scene.sign_in("openid email")
    swapped = await scene.exchange(told.access_token)
    session = scene.jane.session
    assert session is not None
    await scene.op.provider.store.transact(lambda work: work.sessions.revoke(session.id, scene.op.clock.now()))

    again = await scene.exchange(told.access_token)

    assert again.error == "invalid_grant"
    assert (await scene.gateway.userinfo(swapped.access_token)).status_code == 401


async def test_userinfo_tells_a_client_what_it_may_know_itself(scene: Scene) -> None:
    """OIDC Core §5.3.2, §8.1: by its own name for the person, and without what the other one asked for by name."""
    metadata = {**GATEWAY, "subject_type": "pairwise", "scope": ("openid", "email")}
    await add_client(scene.op, "own", terms=ClientTerms(exchanges_from=("app",)), **metadata)
    scene.gateway.client_id = "own"
    asked = await scene.jane.ask(scope="openid email", claims='{"userinfo":{"name":null}}')
    told = await scene.app.redeem(asked.code)

    swapped = await scene.exchange(told.access_token, scope="openid email")

    answer = (await scene.gateway.userinfo(swapped.access_token)).json()
    assert answer["sub"] == swapped.claims["sub"] != scene.account.id
    assert answer["email"] == "jane@example.com"
    assert "name" not in answer
    assert (await scene.app.userinfo(told.access_token)).json()["name"] == "Jane Doe"


async def test_only_pairs_that_the_operator_named(scene: Scene) -> None:
    await add_client(scene.op, "other")
    other = App(scene.op, scene.app.browser, "other")
    told = await other.redeem((await scene.jane.ask(client_id="other", scope="email")).code)

    assert (await scene.exchange(told.access_token)).error == "unauthorized_client"


async def test_a_public_client_exchanges_nothing(scene: Scene) -> None:
    terms = ClientTerms(exchanges_from=("app",))
    await add_client(scene.op, "spa", terms=terms, **GATEWAY, token_endpoint_auth_method="none")
    told = await scene.sign_in()
    scene.gateway = App(scene.op, scene.app.browser, "spa", "none")

    assert (await scene.exchange(told.access_token)).error == "unauthorized_client"


async def test_what_is_no_access_token_of_ours_is_refused(scene: Scene) -> None:
    """Rows 72, 77: ID tokens, refresh tokens, cookies, nonsense, a client's own token."""
    told = await scene.sign_in("openid offline_access")
    assert scene.jane.session is not None
    cookie = scene.op.provider.verbs.tokens.mint(scene.jane.session)

    for token in (told.body["id_token"], told.refresh_token, cookie, "nonsense", told.access_token + "x"):
        assert (await scene.exchange(token)).error == "invalid_grant"


async def test_a_clients_own_token_is_about_no_person(scene: Scene) -> None:
    machine: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("email",)}
    await add_client(scene.op, "machine", **machine)
    page = await scene.op.provider.store.read(lambda work: work.oauth.clients.page(after=None, limit=10))
    known = next(one for one in page if one.id == "gateway")
    await change_client(scene.op, replace(known, terms=ClientTerms(exchanges_from=("machine",))))
    own = await App(scene.op, scene.app.browser, "machine").ask("client_credentials")

    assert (await scene.exchange(own.access_token)).error == "invalid_grant"


async def test_a_revoked_token_is_refused(scene: Scene) -> None:
    told = await scene.sign_in()
    headers = scene.app.authentication().headers
    await scene.app.browser.post("/oauth2/revoke", data={"token": told.access_token}, headers=headers)

    assert (await scene.exchange(told.access_token)).error == "invalid_grant"


def naming(scene: Scene, told: Told, may_act: object) -> str:
    """The same token with `may_act` in it, signed by us."""
    openid = scene.op.provider.openid
    assert openid is not None
    return openid.world.signers("ES256").sign({**told.claims, "may_act": may_act}, "at+jwt")


@pytest.mark.parametrize(
    "may_act",
    [{"sub": "gateway"}, {"client_id": "gateway"}, {"iss": ISSUER, "sub": "gateway", "client_id": "gateway"}],
)
async def test_whom_the_token_names_may_act(scene: Scene, may_act: object) -> None:
    """§4.4."""
    told = await scene.sign_in()

    swapped = await scene.exchange(naming(scene, told, may_act))

    assert swapped.status == 200
    assert "may_act" not in swapped.claims


@pytest.mark.parametrize(
    "may_act",
    [
        {"sub": "another"},
        {"sub": "gateway", "iss": "https://elsewhere.example"},
        {"sub": "gateway", "email": "gateway@example.com"},
        {"iss": ISSUER},
        {"sub": ["gateway"]},
        {},
        "gateway",
        False,
    ],
)
async def test_nobody_else_may_though_the_operator_lets_them(scene: Scene, may_act: object) -> None:
    """§4.4: a restriction more. What we cannot check names somebody else."""
    told = await scene.sign_in()

    assert (await scene.exchange(naming(scene, told, may_act))).error == "invalid_grant"


async def test_naming_somebody_makes_no_pair(scene: Scene) -> None:
    """The operator's word is needed still (§4.4 tells of a right, and grants it to no other client's tokens)."""
    other = App(scene.op, scene.app.browser, "other")
    await add_client(scene.op, "other")
    told = await other.redeem((await scene.jane.ask(client_id="other", scope="email")).code)

    assert (await scene.exchange(naming(scene, told, {"sub": "gateway"}))).error == "unauthorized_client"


async def test_a_delegates_actor_is_who_is_compared(scene: Scene) -> None:
    """§4.4: the actor, by the actor token if there is one."""
    page = await scene.op.provider.store.read(lambda work: work.oauth.clients.page(after=None, limit=10))
    known = next(one for one in page if one.id == "gateway")
    own = replace(known.terms, exchanges_from=("app", "gateway"), delegates=True)
    await change_client(scene.op, replace(known, terms=own))
    told = await scene.sign_in()
    person = await scene.exchange(told.access_token)
    actor = {"actor_token": person.access_token, "actor_token_type": ACCESS_TOKEN}

    may = naming(scene, told, {"sub": scene.account.id})

    assert (await scene.exchange(may)).error == "invalid_grant"
    assert (await scene.exchange(may, **actor)).claims["act"] == {"sub": scene.account.id}


@pytest.mark.parametrize(
    "form",
    [
        {"subject_token": None},
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
    ],
)
async def test_a_request_that_asks_for_what_there_is_not(scene: Scene, form: dict[str, str | None]) -> None:
    told = await scene.sign_in()

    assert (await scene.exchange(told.access_token, **form)).error == "invalid_request"
