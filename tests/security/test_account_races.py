"""Somebody signs in while the account is taken away from him: whoever is first, nothing stays open (rows 21, 22, 54).

SQLite orders whole units, PostgreSQL only statements: each race runs on both.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.core.session import Session, Source
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.pages.factors import account_with_totp, shown
from tests.pages.person import Person
from tests.security.acts import OTHER, PASSWORD, ask_sign_in_code, code_login, login, mailed_code, register
from tests.security.conftest import anyio_backend, database_url, postgresql_url
from tests.security.test_races import Act, Two, two

__all__ = ["anyio_backend", "database_url", "postgresql_url", "two"]

OPERATOR = Source(address="cli")
TURNS = 4
TakeAway = Callable[[TestProvider, Account], Awaitable[object]]


async def disable(idp: TestProvider, account: Account) -> object:
    return await Administration(idp.provider.verbs).accounts.disable(account.id, OPERATOR)


async def set_password(idp: TestProvider, account: Account) -> object:
    return await Administration(idp.provider.verbs).set_password(account.id, OTHER, OPERATOR)


async def delete(idp: TestProvider, account: Account) -> object:
    return await Administration(idp.provider.verbs).accounts.delete(account.id, OPERATOR)


async def sessions_of(idp: TestProvider, account: Account) -> Sequence[Session]:
    return await idp.provider.store.read(lambda work: work.sessions.of(account.id, idp.clock.now()))


@pytest.mark.parametrize("take_away", [disable, set_password, delete])
async def test_a_second_step_that_is_under_way_opens_nothing_that_stays(two: Two, take_away: TakeAway) -> None:
    """The ticket was bought before; what it buys falls with the account, or is refused."""
    for _ in range(TURNS):
        email = two.name()
        account, secret = await account_with_totp(two.idp, email)
        async with two.idp.browser() as browser:
            person = Person(browser)
            await person.sign_in(email=email)
            two.advance(timedelta(seconds=31))

            answer, _ = await asyncio.gather(
                person.send_alone("mfa-form", code=shown(two.idp, secret)), take_away(two.other, account)
            )

            assert answer.status_code in {303, 400, 401}
            assert await sessions_of(two.idp, account) == []


@pytest.mark.parametrize("take_away", [disable, set_password, delete])
async def test_a_session_that_is_proved_anew_meanwhile_does_not_stay(two: Two, take_away: TakeAway) -> None:
    for _ in range(TURNS):
        email = two.name()
        account = await two.idp.add_account(email, PASSWORD)
        async with two.idp.browser() as browser:
            person = Person(browser)
            await person.sign_in(email=email)
            two.advance(timedelta(seconds=1))
            await person.open("/login?again=1")

            answer, _ = await asyncio.gather(
                person.send_alone("login-form", email=email, password=PASSWORD), take_away(two.other, account)
            )

            assert answer.status_code in {303, 401}
            assert await sessions_of(two.idp, account) == []


async def test_a_stranger_who_waits_for_the_owners_first_code_stays_out(two: Two) -> None:
    """Rows 21, 54: the address is proved and the stranger's password gone in one commit, at either server."""
    await two.idp.set_flag("single_use_code", True)
    for _ in range(4):
        email = two.name()
        async with two.idp.browser() as browser:
            await register(browser, email)
            await ask_sign_in_code(browser, email)
        code = await mailed_code(two.idp, email)
        stranger: Act = lambda browser, email=email: login(browser, email)  # type: ignore[misc]  # noqa: E731
        owner: Act = lambda browser, email=email, code=code: code_login(browser, code, email)  # type: ignore[misc]  # noqa: E731

        answers = await two.do([stranger, stranger, owner, stranger, stranger])

        assert [answer.status_code for answer in answers] == [401, 401, 201, 401, 401]
        async with two.idp.browser() as browser:
            assert (await login(browser, email)).status_code == 401
