"""Many at once at the token endpoint, at two servers on one database: one winner (rows 19, 20, 95).

SQLite orders whole units, PostgreSQL only statements: each race runs on both.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import ECKey

from idp.core.events import EventName
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import KEYS, App, Told, jwks, recorded
from tests.postgresql import Cluster

CROWD = 20


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
async def database_url(
    anyio_backend: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path_factory.mktemp('shared') / 'idp.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    url = await cluster.lend()
    yield url
    await cluster.give_back(url)


class Crowd:
    """Programs of one client, every other one at the other server."""

    def __init__(self, servers: tuple[TestProvider, TestProvider], stack: AsyncExitStack) -> None:
        self.op, self._servers, self._stack = servers[0], servers, stack

    async def app(self, client_id: str, number: int = 0, **more: Any) -> App:
        op = self._servers[number % 2]
        return App(op, await self._stack.enter_async_context(op.browser()), client_id, **more)

    async def all_do(self, client_id: str, act: Callable[[App], Awaitable[Told]], **more: Any) -> list[Told]:
        apps = [await self.app(client_id, number, **more) for number in range(CROWD)]
        return await asyncio.gather(*(act(app) for app in apps))

    async def jane(self) -> Person:
        browser = await self._stack.enter_async_context(self.op.browser())
        person = Person(self.op, browser)
        await person.sign_in(await self.op.add_account(f"{self.name()}@example.com"))
        return person

    def name(self) -> str:
        return self.op.provider.ambient.entropy.id()


@pytest.fixture(scope="module")
async def crowd(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as stack:
        settings: dict[str, Any] = {"database": {"pool_size": 10}, "throttle": {"sources": "1000000/1m"}}

        async def opened() -> TestProvider:
            folder = tmp_path_factory.mktemp("server")
            return await stack.enter_async_context(
                provider_at(folder, database_url=database_url, template=template, **settings)
            )

        yield Crowd((await opened(), await opened()), stack)


def counted(answers: list[Told]) -> Counter[str | None]:
    return Counter(told.error for told in answers)


async def test_of_20_who_redeem_one_code_one_is_served_and_loses_it_all(crowd: Crowd) -> None:
    """Row 95; Kratos PR 4606. A second use ends what the first one bought."""
    name = crowd.name()
    await add_client(crowd.op, name)
    code = (await (await crowd.jane()).ask(client_id=name)).code

    answers = await crowd.all_do(name, lambda app: app.redeem(code))

    assert counted(answers) == {None: 1, "invalid_grant": CROWD - 1}
    served = next(told for told in answers if told.error is None)
    app = await crowd.app(name)
    assert (await app.userinfo(served.access_token)).status_code == 401
    assert (await app.refresh(served.refresh_token)).error == "invalid_grant"


async def test_of_20_who_refresh_with_one_token_one_is_served_and_the_family_ends(crowd: Crowd) -> None:
    """Rows 18, 19."""
    name = crowd.name()
    await add_client(crowd.op, name)
    first = await (await crowd.app(name)).redeem((await (await crowd.jane()).ask(client_id=name)).code)
    before = await recorded(crowd.op, EventName.REFRESH_REUSE)

    answers = await crowd.all_do(name, lambda app: app.refresh(first.refresh_token))

    assert counted(answers) == {None: 1, "invalid_grant": CROWD - 1}
    served = next(told for told in answers if told.error is None)
    assert (await (await crowd.app(name)).refresh(served.refresh_token)).error == "invalid_grant"
    assert await recorded(crowd.op, EventName.REFRESH_REUSE) == before + 1


async def test_of_20_who_show_one_assertion_one_is_served(crowd: Crowd) -> None:
    """RFC 7523 §3, 7."""
    name = crowd.name()
    machine: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("jobs:run",)}
    await add_client(crowd.op, name, **machine, token_endpoint_auth_method="private_key_jwt", jwks=jwks(KEYS["ES256"]))
    assertion = (await crowd.app(name, key=KEYS["ES256"])).assertion()
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
    }

    answers = await crowd.all_do(name, lambda app: app.post(**form))

    assert counted(answers) == {None: 1, "invalid_client": CROWD - 1}


async def test_of_20_who_show_one_proof_one_is_served(crowd: Crowd) -> None:
    """RFC 9449 §11.1."""
    name, key = crowd.name(), ECKey.generate_key("P-256")
    machine: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("jobs:run",)}
    await add_client(crowd.op, name, **machine)
    proof = (await crowd.app(name, dpop_key=key)).proof()

    answers = await crowd.all_do(name, lambda app: app.ask("client_credentials", {"dpop": proof}))

    assert counted(answers) == {None: 1, "invalid_dpop_proof": CROWD - 1}


async def test_of_20_who_show_one_proof_at_a_resource_one_gets_in(crowd: Crowd) -> None:
    name, key = crowd.name(), ECKey.generate_key("P-256")
    await add_client(crowd.op, name)
    app = await crowd.app(name, dpop_key=key)
    token = (await app.redeem((await (await crowd.jane()).ask(client_id=name)).code)).access_token
    proof = app.proof(htm="GET", htu="http://localhost:3100/oauth2/userinfo", access_token=token)

    async def look(own: App) -> Told:
        return Told(await own.userinfo(token, "DPoP", dpop=proof))

    answers = await crowd.all_do(name, look)

    assert Counter(told.status for told in answers) == {200: 1, 401: CROWD - 1}


async def test_refreshing_while_signing_out_leaves_nothing_alive(crowd: Crowd) -> None:
    """Rows 20, 98; Keycloak #51312: claim and revocation come one after the other, whoever is first."""
    name = crowd.name()
    await add_client(crowd.op, name)
    jane = await crowd.jane()
    told = await (await crowd.app(name)).redeem((await jane.ask(client_id=name)).code)
    session, now = jane.session, crowd.op.clock.now()
    assert session is not None

    async def sign_out() -> None:
        await crowd.op.provider.store.transact(lambda work: work.sessions.revoke(session.id, now))

    app = await crowd.app(name, 1)
    again, _ = await asyncio.gather(app.refresh(told.refresh_token), sign_out())

    last = again.body.get("refresh_token", told.refresh_token)
    assert (await app.refresh(last)).error == "invalid_grant"
    assert (await app.userinfo(again.body.get("access_token", told.access_token))).status_code == 401
