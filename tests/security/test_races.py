"""Many at once, over HTTP, at two servers on one database: one winner (rows 19, 20, 27, 46, 48, 68, 74, 126).

SQLite orders whole units, PostgreSQL only statements (Kratos H1 #3692149): each race runs on both.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pyotp
import pytest

from idp.core.events import EventName
from idp.core.session import Source
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.administration import Administration
from tests.security.acts import (
    BAY_AREA,
    CHEAPEST,
    ENGLISH,
    OTHER,
    PASSWORD,
    WRONG,
    another,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    confirm,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    profile,
    refresh,
    register,
    reset,
)
from tests.security.test_guessing import is_locked, left

Act = Callable[[httpx2.AsyncClient], Awaitable[httpx2.Response]]
PATIENT: dict[str, Any] = {
    "messages": ENGLISH,
    "throttle": {"sources": "1000000/1m"},
    "hashing": {"queue": 1000, **CHEAPEST},
    "database": {"pool_size": 10},
}
OPERATOR = Source(address="cli")


class Two:
    """Two servers on one database, and a crowd in front of both."""

    def __init__(self, first: TestProvider, second: TestProvider) -> None:
        self.idp, self.other, self._both = first, second, (first, second)

    def name(self) -> str:
        """One that no other test has: they share the database."""
        return f"{self.idp.provider.ambient.entropy.id()}@example.com"

    async def all_do(self, times: int, act: Act) -> list[httpx2.Response]:
        return await self.do([act] * times)

    async def do(self, acts: Sequence[Act]) -> list[httpx2.Response]:
        """At the same time, each in a browser of its own, every other one at the other server."""
        async with AsyncExitStack() as stack:
            browsers = [await stack.enter_async_context(self._both[n % 2].browser()) for n in range(len(acts))]
            return await asyncio.gather(*(act(browser) for act, browser in zip(acts, browsers, strict=True)))

    def advance(self, by: timedelta) -> None:
        for provider in self._both:
            provider.clock.advance(by)


@pytest.fixture(scope="module")
async def two(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Two]:
    async with AsyncExitStack() as stack:
        folders = [tmp_path_factory.mktemp("server") for _ in range(2)]
        opened = [
            await stack.enter_async_context(
                provider_at(
                    folder, template=template, **{**PATIENT, "database": {**PATIENT["database"], "url": database_url}}
                )
            )
            for folder in folders
        ]
        yield Two(*opened)


def statuses(answers: Sequence[httpx2.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in answers)


async def test_of_40_wrong_passwords_at_once_five_are_looked_at(two: Two) -> None:
    """Rows 27, 31: at both servers, at both doors, in two spellings (AWS Cognito 2021: 1587 guesses instead of 20)."""
    email = two.name()
    account = await two.idp.add_account(email)
    doors: list[Act] = [
        lambda browser: login(browser, email, WRONG),
        lambda browser: login(browser, email.upper(), WRONG),
        lambda browser: nodeloom_login(browser, email, WRONG),
        lambda browser: ask_mfa_code(browser, email.title(), WRONG),
    ]

    answers = await two.do([doors[number // 2 % 4] for number in range(40)])

    assert statuses(answers) == {401: 40}
    told = [left(answer) for answer in answers if left(answer)]
    assert len(told) == len(set(told)) <= 5
    trail = await two.idp.provider.store.read(lambda work: work.audit.page(limit=100, account_id=account.id))
    assert Counter(entry.event.name for entry in trail) == {EventName.LOGIN_FAIL: 5, EventName.LOGIN_LOCKED: 35}


async def test_the_right_password_among_20_guesses_gets_no_more_of_them_looked_at(two: Two) -> None:
    email = two.name()
    await two.idp.add_account(email)

    guesses: list[Act] = [lambda browser: login(browser, email, WRONG)] * 20
    answers = await two.do([*guesses, *[lambda browser: login(browser, email)] * 2])

    looked_at = [answer for answer in answers if left(answer) is not None]
    right = [answer for answer in answers if answer.status_code == 201]
    assert len(looked_at) <= 5 * (len(right) + 1)


async def test_of_20_wrong_codes_at_once_five_are_looked_at(two: Two) -> None:
    """Rows 27, 44."""
    email = two.name()
    await two.idp.add_account(email, jurisdictions=[BAY_AREA])
    await two.idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    async with two.idp.browser() as browser:
        await ask_sign_in_code(browser, email)
    code = await mailed_code(two.idp, email)

    answers = await two.all_do(20, lambda browser: code_login(browser, another(code), email))

    assert sorted(left(answer) or 0 for answer in answers) == [0] * 15 + [1, 2, 3, 4, 5]
    assert sum(is_locked(answer) for answer in answers) == 15


async def test_20_who_redeem_one_sign_in_code_are_one_winner(two: Two) -> None:
    """Row 46; five at a time are looked at, so five race for it."""
    email = two.name()
    await two.idp.add_account(email, jurisdictions=[BAY_AREA])
    await two.idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    async with two.idp.browser() as browser:
        await ask_sign_in_code(browser, email)
    code = await mailed_code(two.idp, email)

    answers = await two.all_do(20, lambda browser: code_login(browser, code, email))

    assert statuses(answers) == {201: 1, 401: 19}
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_20_who_use_one_second_factors_code_are_one_winner(two: Two) -> None:
    """Row 46 (Kratos: several sessions of one code)."""
    email = two.name()
    await two.idp.add_account(email, mfa_methods=frozenset({"email"}))
    async with two.idp.browser() as browser:
        await ask_mfa_code(browser, email)
    code = await mailed_code(two.idp, email)
    doors: list[Act] = [
        lambda browser: login(browser, email, mfaCode=code),
        lambda browser: nodeloom_login(browser, email, mfaCode=code),
    ]

    answers = await two.do([doors[number // 2 % 2] for number in range(20)])

    assert sum("set-cookie" in answer.headers for answer in answers) == 1
    assert sorted(statuses(answers)) in ([200, 401], [201, 401])


async def test_20_who_use_one_totp_code_are_one_winner(two: Two) -> None:
    """Rows 47, 48 (Gitea CVE-2026-20779), and nobody afterwards."""
    email = two.name()
    account = await two.idp.add_account(email)
    added = await Administration(two.idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)
    assert added.enrolment is not None
    totp = pyotp.TOTP(added.enrolment.secret)
    code = totp.at(two.idp.clock.now())

    answers = await two.all_do(20, lambda browser: login(browser, email, mfaCode=code, mfaType="totp"))

    assert statuses(answers) == {201: 1, 401: 19}


async def test_of_those_who_use_one_recovery_code_one_wins(two: Two) -> None:
    """Rows 47, 48: through either contract; who races with another code of the list wins as well."""
    email = two.name()
    account = await two.idp.add_account(email, mfa_methods=frozenset({"email"}))
    first, second, *_ = await Administration(two.idp.provider.verbs).spare.issue(account, OPERATOR)
    doors: list[Act] = [
        lambda browser: login(browser, email, mfaCode=first, mfaType="recovery"),
        lambda browser: nodeloom_login(browser, email, mfaCode=first, mfaType="recovery"),
    ]

    answers = await two.do([doors[number // 2 % 2] for number in range(4)])
    other = await two.all_do(1, lambda browser: login(browser, email, mfaCode=second, mfaType="recovery"))

    assert sum("set-cookie" in answer.headers for answer in answers) == 1
    assert statuses(other) == {201: 1}


async def test_20_who_follow_one_reset_link_are_one_winner(two: Two) -> None:
    """Row 68 (ZITADEL CVE-2025-46815): and the password is the winner's."""
    email = two.name()
    await two.idp.add_account(email)
    async with two.idp.browser() as browser:
        await forgot(browser, email)
    token = await mailed_token(two.idp, email)
    passwords = [f"a new password {number}" for number in range(20)]
    acts: list[Act] = [lambda browser, chosen=chosen: reset(browser, token, chosen) for chosen in passwords]  # type: ignore[misc]

    answers = await two.do(acts)

    assert statuses(answers) == {200: 1, 400: 19}
    (winner,) = [chosen for chosen, answer in zip(passwords, answers, strict=True) if answer.status_code == 200]
    async with two.idp.browser() as browser:
        assert (await login(browser, email, winner)).status_code == 201


async def test_20_who_follow_one_confirmation_are_one_winner(two: Two) -> None:
    """Row 54."""
    email = two.name()
    async with two.idp.browser() as browser:
        await register(browser, email)
    token = await mailed_token(two.idp, email)

    answers = await two.all_do(20, lambda browser: confirm(browser, token))

    assert statuses(answers) == {200: 1, 400: 19}
    assert sum("set-cookie" in answer.headers for answer in answers) == 1


async def test_20_who_use_one_refresh_token_end_its_session(two: Two) -> None:
    """Row 19 (Keycloak CVE-2026-1035): one successor at most, and the replays end the family."""
    email = two.name()
    await two.idp.add_account(email)
    async with two.idp.browser() as browser:
        await login(browser, email)
        token, access = browser.cookies["refresh-token"], browser.cookies["access-token"]

    answers = await two.all_do(20, lambda browser: refresh(browser, token))

    assert statuses(answers) == {200: 1, 401: 19}
    successor = next(answer for answer in answers if answer.status_code == 200).cookies["refresh-token"]
    async with two.idp.browser() as browser:
        assert (await refresh(browser, successor)).status_code == 401
        assert (await profile(browser, access)).status_code == 401


async def test_after_a_refresh_that_races_a_logout_nothing_lives(two: Two) -> None:
    """Row 20 (Keycloak #51312)."""
    email = two.name()
    await two.idp.add_account(email)
    for turn in range(8):
        async with two.idp.browser() as browser:
            await login(browser, email)
            held = dict(browser.cookies)
        header = {"cookie": f"access-token={held['access-token']}"}
        acts: list[Act] = [
            lambda browser, held=held: refresh(browser, held["refresh-token"]),  # type: ignore[misc]
            lambda browser, header=header: browser.get("/auth/logout", headers=header),  # type: ignore[misc]
        ]
        answers = await two.do(acts if turn % 2 else acts[::-1])

        tokens = [held["refresh-token"], *(answer.cookies.get("refresh-token", "") for answer in answers)]
        accesses = [held["access-token"], *(answer.cookies.get("access-token", "") for answer in answers)]
        async with two.idp.browser() as browser:
            assert {(await profile(browser, one)).status_code for one in accesses if one} == {401}
            assert {(await refresh(browser, one)).status_code for one in tokens if one} == {401}


async def test_20_who_register_one_address_in_two_cases_are_one_account(two: Two) -> None:
    """Row 74 (Keycloak CVE-2021-3754): the index decides, not a look before."""
    email = two.name()
    spellings = [email, email.upper()]

    answers = await two.do([lambda browser, n=n: register(browser, spellings[n // 2 % 2]) for n in range(20)])  # type: ignore[misc]

    assert statuses(answers) == {201: 1, 409: 19}
    assert len(await two.idp.mails(email)) == 1


async def test_10_people_who_change_to_one_address_are_one_winner(two: Two) -> None:
    """Row 74: by confirmed links."""
    wanted, people = two.name(), [two.name() for _ in range(5)]
    tokens = []
    for email in people:
        await two.idp.add_account(email)
        async with two.idp.browser() as browser:
            await login(browser, email)
            await browser.put("/user/public", json={"newEmail": wanted})
        tokens.append(await mailed_token(two.idp, wanted))

    answers = await two.do([lambda browser, token=token: confirm(browser, token) for token in tokens])  # type: ignore[misc]

    assert statuses(answers) == {200: 1, 400: 4}


async def test_who_signs_in_while_the_password_changes_is_out_or_has_the_new_one(two: Two) -> None:
    """Row 21: no session of the old password outlives the change."""
    email = two.name()
    await two.idp.add_account(email)
    async with two.idp.browser() as browser:
        await forgot(browser, email)
    token = await mailed_token(two.idp, email)
    two.advance(timedelta(seconds=1))
    sign_in: Act = lambda browser: login(browser, email)  # noqa: E731 - its type is its sense

    answers = await two.do([*[sign_in] * 3, lambda browser: reset(browser, token, OTHER), *[sign_in] * 3])

    async with two.idp.browser() as browser:
        for answer in answers:
            if answer.status_code == 201:
                assert (await profile(browser, answer.cookies["access-token"])).status_code == 401


async def test_once_a_flag_is_off_no_code_opens_anything(two: Two) -> None:
    """Row 126: switched off at one server while codes are redeemed at both."""
    area = two.name()
    people = [two.name() for _ in range(6)]
    await two.idp.set_flag("single_use_code", True, jurisdiction=area)
    codes = []
    for email in people:
        await two.idp.add_account(email, jurisdictions=[area])
        async with two.idp.browser() as browser:
            await ask_sign_in_code(browser, email)
        codes.append(await mailed_code(two.idp, email))

    async def switch_off() -> None:
        await two.idp.set_flag("single_use_code", False, jurisdiction=area)

    def redeem(number: int) -> Act:
        return lambda browser: code_login(browser, codes[number], people[number])

    during, _ = await asyncio.gather(two.do([redeem(number) for number in range(3)]), switch_off())
    after = await two.do([redeem(number) for number in range(3, 6)])

    assert set(statuses(during)) <= {201, 401}
    assert statuses(after) == {401: 3}


async def test_once_a_factor_is_demanded_no_password_alone_opens_anything(two: Two) -> None:
    """Row 55: at both servers, with the commit; who is in the middle of signing in has begun again."""
    area, email = two.name(), two.name()
    await two.idp.add_account(email, jurisdictions=[area])
    sign_in: Act = lambda browser: login(browser, email)  # noqa: E731 - its type is its sense
    during, _ = await asyncio.gather(two.do([sign_in] * 4), two.idp.set_flag("mfa", True, jurisdiction=area))
    after = await two.do([sign_in, lambda browser: nodeloom_login(browser, email)])

    assert set(statuses(during)) <= {201, 401}
    assert statuses(after) == {401: 2}


async def test_an_account_disabled_at_one_server_is_out_at_the_other(two: Two) -> None:
    """Rows 16, 22: no state in memory."""
    email = two.name()
    await two.idp.add_account(email)
    async with two.idp.browser() as browser:
        await login(browser, email)
        held = dict(browser.cookies)
    await Administration(two.idp.provider.verbs).accounts.disable(email, OPERATOR)

    answers = await two.all_do(2, lambda browser: profile(browser, held["access-token"]))
    answers += await two.all_do(2, lambda browser: refresh(browser, held["refresh-token"]))
    answers += await two.all_do(2, lambda browser: login(browser, email, PASSWORD))

    assert statuses(answers) == {401: 6}


async def test_the_counters_of_two_servers_are_one(two: Two) -> None:
    def count(work: UnitOfWork) -> object:
        return work.attempts.locked_until(counter.scope, counter.key, rules.password_budget, two.idp.clock.now())

    email = two.name()
    guesses = two.idp.provider.verbs.guesses
    counter, rules = guesses.name(email), guesses.rules  # type: ignore[arg-type]

    for _ in range(5):
        await two.do([lambda browser: login(browser, email, WRONG)])

    assert await two.idp.provider.store.read(count) is not None
    assert all(is_locked(answer) for answer in await two.all_do(2, lambda browser: login(browser, email, WRONG)))
