"""Something is given while all of it is being taken back: whoever is first, nothing is left (rows 21, 22, 98).

SQLite orders whole units, PostgreSQL only statements: each race runs on both, with one unit held open at its last step.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from idp.core.account import Account
from idp.core.client import Client, ClientTerms
from idp.core.grant import Consent, Grant
from idp.core.secret import Digest
from idp.core.session import Source
from idp.oauth.authorize.dispatch import Granted, Visit
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.devices.user_code import canonical, digest_of_user_code
from idp.oauth.provider import OpenIDProvider
from idp.oauth.token.behalf import OnBehalf
from idp.oauth.token.client_auth import AuthenticatedClient
from idp.oauth.token.grant import TokenRequest
from idp.oauth.token.jwt_bearer import JWT_BEARER, Asserted, RedeemAssertion
from idp.oauth.token.once import Once
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider
from idp.usecases.accounts.apps import ConnectedApps
from idp.usecases.administration import Administration
from idp.usecases.sessions.identify import Principal
from tests.oidc.asking import Person, add_client, usual
from tests.oidc.redeeming import App
from tests.oidc.test_authorize_races import crowd, database_url, op, two
from tests.oidc.test_device import Tv, tv_client
from tests.storage.gate import Gate, is_waiting

__all__ = ["crowd", "database_url", "op", "two"]

R = TypeVar("R")
Two = tuple[TestProvider, TestProvider]
HERE = Source(address="127.0.0.1", contract="pages")
OPERATOR = Source(address="cli")


def openid_of(provider: TestProvider) -> OpenIDProvider:
    openid = provider.provider.openid
    assert openid is not None
    return openid


async def overlapping(two: Two, give: Callable[[UnitOfWork], R], take: Callable[[], "asyncio.Future[object]"]) -> R:
    """`give` is done and not committed when `take` begins at the other server."""
    gate = Gate()

    def hold(work: UnitOfWork) -> R:
        given = give(work)
        gate.wait()
        return given

    giving = asyncio.create_task(two[0].provider.store.transact(hold))
    await gate.reached.wait()
    taking = asyncio.ensure_future(take())
    await is_waiting(taking)  # type: ignore[arg-type]
    gate.open()
    given = await giving
    await taking
    return given


async def live_grants(op: TestProvider, account: Account) -> Sequence[Grant]:
    return await op.provider.store.read(lambda work: work.oauth.grants.of(account.id, op.clock.now()))


async def consented(op: TestProvider, account: Account, client: Client, *scope: str) -> None:
    now = op.clock.now()
    given = Consent(account_id=account.id, client_id=client.id, scope=scope, resources=(), claims=(), given_at=now)
    await op.provider.store.transact(lambda work: work.oauth.consents.put(given))


def withdrawing(provider: TestProvider, account: Account, client: Client) -> Callable[[], "asyncio.Future[object]"]:
    verbs = provider.provider.verbs
    apps = ConnectedApps(store=verbs.world.store, clock=verbs.world.clock)
    return lambda: asyncio.ensure_future(apps.revoke(account.id, client.id, OPERATOR))


async def test_a_code_that_is_given_while_consent_is_withdrawn_is_over(
    two: Two, crowd: list[Person], account: Account
) -> None:
    """With offline_access what it buys would outlive everything."""
    here, there = two
    app = await add_client(here, terms=ClientTerms())
    await consented(here, account, app, "openid", "offline_access")
    session = await crowd[0].sign_in(account)
    openid = openid_of(here)
    asked = Parameters.of(usual(scope="openid offline_access", prompt=None).items())
    visit = Visit(
        client=app,
        request=replace(await openid.reading.at_the_front(app, asked), prompt=()),
        name="x",
        browser=Digest(b"browser"),
        session_id=session.id,
        source=HERE,
        now=here.clock.now(),
    )

    came = await overlapping(
        two, lambda work: openid.authorize.dispatch.step(work, visit), withdrawing(there, account, app)
    )

    assert isinstance(came, Granted)
    assert await live_grants(here, account) == []


async def test_a_token_that_a_robot_gets_while_consent_is_withdrawn_is_over(two: Two, account: Account) -> None:
    """RFC 7523: it hangs on no session, and nobody else would end it."""
    here, there = two
    client = await add_client(here, "robot", terms=ClientTerms(), grant_types=(JWT_BEARER,))
    await consented(here, account, client, "openid", "offline_access")
    openid, now = openid_of(here), here.clock.now()
    behalf = OnBehalf(families=openid.families, subjects=openid.subjects)
    digester = here.provider.verbs.world.digester
    rule = RedeemAssertion(clients=openid.clients, digester=digester, behalf=behalf)
    once = Once(purpose="jwt_bearer", digest=Digest(b"its jti"), expires_at=now + timedelta(minutes=1))
    asserted = Asserted(account_id=account.id, once=once)
    asked = TokenRequest(
        known=AuthenticatedClient(client=client, method="client_secret_basic"),
        parameters={},
        resources=(),
        jkt=None,
        confirmation=None,
        source=HERE,
        now=now,
    )

    await overlapping(two, lambda work: rule._decide(asked, asserted, work), withdrawing(there, account, client))

    assert await live_grants(here, account) == []


async def test_what_a_device_is_allowed_while_its_owner_is_locked_out_is_over(
    two: Two, crowd: list[Person], account: Account
) -> None:
    """A grant with offline_access outlives its session, and must not outlive a password that was stolen."""
    here, there = two
    client = await tv_client(here)
    session = await crowd[0].sign_in(account)
    async with here.browser() as browser:
        tv = Tv(App(here, browser, client_id="tv", method="none"))
        await tv.begin(scope="openid offline_access")
    openid, digester = openid_of(here), here.provider.verbs.world.digester
    code, now = digest_of_user_code(digester, canonical(tv.user_code)), here.clock.now()
    device = await here.provider.store.read(lambda work: work.oauth.devices.by_user_code(code, now))
    assert device is not None
    principal = Principal(account=account, session=session)
    decide = openid.decide_device

    def lock_out(work: UnitOfWork) -> int:
        return there.provider.verbs.endings.lock_out(work, account.id, now)

    await overlapping(
        two,
        lambda work: decide._allow(work, device, client, principal, HERE),
        lambda: asyncio.ensure_future(there.provider.store.transact(lock_out)),
    )

    assert await live_grants(here, account) == []


async def test_who_redeems_a_code_while_the_account_is_deleted_holds_nothing(
    two: Two, crowd: list[Person], app: Client
) -> None:
    here, there = two
    for turn in range(4):
        account = await here.add_account(f"{turn}@example.com")
        await crowd[0].sign_in(account)
        code = (await crowd[0].ask(scope="openid offline_access")).code
        async with here.browser() as browser:
            program = App(here, browser)

            told, _ = await asyncio.gather(
                program.redeem(code), Administration(there.provider.verbs).accounts.delete(account.id, OPERATOR)
            )

            assert told.status in {200, 400}
            if told.status == 200:
                assert (await program.userinfo(told.body["access_token"])).status_code == 401
                assert (await program.refresh(told.body["refresh_token"])).error == "invalid_grant"
