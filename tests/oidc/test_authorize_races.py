"""Many at once, at two servers on one database: one code (threat rows 46, 55, 95).

SQLite orders whole units, PostgreSQL only statements: each race runs on both.
"""

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.core.secret import Digest
from idp.core.session import Source
from idp.oauth.authorize.dispatch import Granted, Visit
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.authorize.steps import Need
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Answer, Person, add_client, usual
from tests.oidc.test_par import go, pushed
from tests.postgresql import Cluster
from tests.storage.gate import Gate, is_waiting

CROWD = 8


@pytest.fixture(params=["sqlite", "postgresql"])
async def database_url(
    anyio_backend: str, request: pytest.FixtureRequest, template: Path, tmp_path: Path
) -> AsyncIterator[str]:
    if request.param == "sqlite":
        shutil.copy(template / "idp.db", tmp_path)
        yield f"sqlite:///{tmp_path / 'idp.db'}"
        return
    cluster: Cluster = request.getfixturevalue("postgresql")
    url = await cluster.lend()
    yield url
    await cluster.give_back(url)


@pytest.fixture
async def two(
    anyio_backend: str, database_url: str, template: Path, tmp_path: Path
) -> AsyncIterator[tuple[TestProvider, TestProvider]]:
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(provider_at(tmp_path / name, template=template, database_url=database_url))
            for name in ("first", "second")
        ]
        yield first, second


@pytest.fixture
async def op(two: tuple[TestProvider, TestProvider]) -> TestProvider:
    return two[0]


@pytest.fixture
async def crowd(op: TestProvider, two: tuple[TestProvider, TestProvider]) -> AsyncIterator[list[Person]]:
    """One browser in many windows, every other one at the other server."""
    async with AsyncExitStack() as stack:
        yield [Person(op, await stack.enter_async_context(two[n % 2].browser())) for n in range(CROWD)]


async def sign_in_everywhere(crowd: list[Person], account: Account) -> None:
    """The windows share their cookies."""
    await crowd[0].sign_in(account)
    for window in crowd[1:]:
        window.browser.cookies = crowd[0].browser.cookies
        window.account, window.session = crowd[0].account, crowd[0].session


def codes_of(answers: list[Answer]) -> list[str]:
    return [answer.code for answer in answers if answer.code]


async def test_of_many_who_resume_one_interaction_one_gets_a_code(
    crowd: list[Person], app: Client, account: Account
) -> None:
    asked = await crowd[0].ask()
    assert asked.page is not None
    interaction = asked.page[1]
    await sign_in_everywhere(crowd, account)

    answers = await asyncio.gather(*(window.resume(interaction) for window in crowd))

    assert len(codes_of(answers)) == 1
    assert [answer.error_page for answer in answers].count("invalid_request") == CROWD - 1


async def test_of_many_who_bring_one_pushed_request_one_gets_a_code(
    crowd: list[Person], app: Client, account: Account
) -> None:
    """RFC 9126 §7.3."""
    await sign_in_everywhere(crowd, account)
    name = await pushed(crowd[0])

    answers = await asyncio.gather(*(go(window, name) for window in crowd))

    assert len(codes_of(answers)) == 1
    assert all(answer.error_page for answer in answers if not answer.code)


async def test_of_many_interactions_about_one_pushed_request_one_ends_in_a_code(
    crowd: list[Person], app: Client, account: Account
) -> None:
    name = await pushed(crowd[0])
    first = await go(crowd[0], name)
    for window in crowd[1:]:
        window.browser.cookies = crowd[0].browser.cookies
    begun = [first, *await asyncio.gather(*(go(window, name) for window in crowd[1:]))]
    names = [answer.page[1] for answer in begun if answer.page]
    assert len(names) == CROWD
    await sign_in_everywhere(crowd, account)

    answers = await asyncio.gather(
        *(window.resume(interaction) for window, interaction in zip(crowd, names, strict=True))
    )

    assert len(codes_of(answers)) == 1


async def test_yes_and_no_at_once_have_one_answer(crowd: list[Person], app: Client, account: Account) -> None:
    asked = await crowd[0].ask()
    assert asked.page is not None
    interaction = asked.page[1]
    await sign_in_everywhere(crowd, account)

    answers = await asyncio.gather(
        *(window.resume(interaction) for window in crowd[:4]),
        *(window.deny(interaction) for window in crowd[4:]),
        return_exceptions=True,
    )

    codes = codes_of([answer for answer in answers if isinstance(answer, Answer)])
    refusals = [answer for answer in answers if getattr(answer, "parameters", {}).get("error") == "access_denied"]
    assert len(codes) + len(refusals) == 1


async def test_many_ask_at_once_and_each_gets_a_code_of_its_own(
    op: TestProvider, crowd: list[Person], account: Account
) -> None:
    await add_client(op)
    await sign_in_everywhere(crowd, account)

    answers = await asyncio.gather(*(window.ask(**usual(state=str(n))) for n, window in enumerate(crowd)))

    assert len(set(codes_of(answers))) == CROWD
    assert [answer.told["state"] for answer in answers] == [str(n) for n in range(CROWD)]


async def test_who_is_locked_out_leaves_nothing_that_was_being_given(
    two: tuple[TestProvider, TestProvider], crowd: list[Person], app: Client, account: Account
) -> None:
    """Row 21: a grant with offline_access outlives its session, and must not outlive a password that was stolen."""
    (here, there), gate = two, Gate()
    session = await crowd[0].sign_in(account)
    openid = here.provider.openid
    assert openid is not None
    asked = Parameters.of(usual(scope="openid offline_access").items())
    visit = Visit(
        client=app,
        request=await openid.reading.at_the_front(app, asked),
        name="x",
        browser=Digest(b"browser"),
        session_id=session.id,
        source=Source(address="", contract="pages"),
        now=here.clock.now(),
    )

    def give(work: UnitOfWork) -> Need | Granted:
        given = openid.authorize.dispatch.step(work, visit)
        gate.wait()
        return given

    def lock_out(work: UnitOfWork) -> int:
        return there.provider.verbs.endings.lock_out(work, account.id, there.clock.now())

    giving = asyncio.create_task(here.provider.store.transact(give))
    await gate.reached.wait()
    locking = asyncio.create_task(there.provider.store.transact(lock_out))
    await is_waiting(locking)
    gate.open()
    assert isinstance(await giving, Granted)
    await locking

    assert not await here.provider.store.read(lambda work: work.oauth.grants.of(account.id, here.clock.now()))
