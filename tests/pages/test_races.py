"""Many at once with one ticket, on both databases: one session (rows 46, 48, 55)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.pages.factors import account_with_totp, shown
from tests.pages.person import PASSWORD, Person
from tests.security.conftest import anyio_backend, database_url, postgresql_url
from tests.security.test_races import PATIENT

__all__ = ["anyio_backend", "database_url", "postgresql_url"]

CROWD = 12


@pytest.fixture
async def two(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[tuple[TestProvider, TestProvider]]:
    """Two servers on one database."""
    database = {**PATIENT["database"], "url": database_url}
    async with AsyncExitStack() as stack:
        first, second = [
            await stack.enter_async_context(
                provider_at(tmp_path_factory.mktemp("server"), template=template, **{**PATIENT, "database": database})
            )
            for _ in range(2)
        ]
        yield first, second


async def crowd(two: tuple[TestProvider, TestProvider], person: Person, code: str) -> list[httpx2.Response]:
    """The same form from the same browser, at the same time, every other one at the other server."""
    form = person.form("mfa-form")
    data = {**form.fields, "code": code}
    async with AsyncExitStack() as stack:
        browsers = [await stack.enter_async_context(two[n % 2].browser()) for n in range(CROWD)]
        for browser in browsers:
            browser.cookies.update(person.browser.cookies)
        return await asyncio.gather(*(browser.post(person.path, data=data) for browser in browsers))


async def test_a_mailed_code_and_its_ticket_open_one_session(two: tuple[TestProvider, TestProvider]) -> None:
    idp = two[0]
    email = f"{idp.provider.ambient.entropy.id()}@example.com"
    account = await idp.add_account(email, PASSWORD)
    await idp.enrol(account, "email")
    async with idp.browser() as browser:
        person = Person(browser)
        await person.sign_in(email=email)
        answers = await crowd(two, person, (await idp.last_mail(email)).data["code"])

    await one_session(idp, account.id, answers)


async def test_an_apps_code_and_its_ticket_open_one_session(two: tuple[TestProvider, TestProvider]) -> None:
    idp = two[0]
    email = f"{idp.provider.ambient.entropy.id()}@example.com"
    account, secret = await account_with_totp(idp, email)
    async with idp.browser() as browser:
        person = Person(browser)
        await person.sign_in(email=email)
        answers = await crowd(two, person, shown(idp, secret))

    await one_session(idp, account.id, answers)


async def one_session(idp: TestProvider, account_id: str, answers: list[httpx2.Response]) -> None:
    opened = [answer for answer in answers if answer.status_code == 303]
    now = idp.clock.now()
    found = await idp.provider.store.read(lambda work: work.accounts.by_id(account_id))  # type: ignore[arg-type]
    assert found is not None
    live = await idp.provider.store.read(lambda work: work.sessions.of(found.id, now))
    assert len(opened) == len(live) == 1
    assert {answer.status_code for answer in answers if answer not in opened} == {401}
