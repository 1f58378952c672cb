"""Guessing at passwords and codes (threat rows 26 to 31, 44, 45, 65)."""

import asyncio
from datetime import timedelta

import httpx2
import pytest

from idp.core.session import Source
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    OTHER,
    PASSWORD,
    WRONG,
    another,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    reset,
)
from tests.security.conftest import Opened

LOCKED = "Failed login attempts exceeded."


def left(answer: httpx2.Response) -> int | None:
    remaining: int | None = answer.json().get("failureCountRemaining")
    return remaining


def is_locked(answer: httpx2.Response) -> bool:
    return bool(answer.json().get("message") == LOCKED)


async def test_five_wrong_passwords_lock_for_a_while_and_each_lock_lasts_twice_as_long(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 26."""
    await idp.add_account(EMAIL)

    for minutes in (15, 30, 60):
        counts = [left(await login(browser, password=WRONG)) for _ in range(5)]
        assert counts == [5, 4, 3, 2, 1]
        idp.clock.advance(timedelta(minutes=minutes, seconds=-1))
        assert is_locked(await login(browser))
        idp.clock.advance(timedelta(seconds=2))

    assert (await login(browser)).status_code == 201


async def test_past_the_ceiling_waiting_does_not_help_and_a_reset_does(opened: Opened) -> None:
    """Row 26: at most 100 consecutive failures whatever the pauses (NIST SP 800-63B §5.2.2); ten here."""
    async with opened(lockout={"ceiling": 10}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        for _ in range(10):
            assert left(await login(browser, password=WRONG)) is not None
            idp.clock.advance(timedelta(hours=1))

        idp.clock.advance(timedelta(days=7))
        assert is_locked(await login(browser))
        await forgot(browser)
        await reset(browser, await mailed_token(idp))
        assert (await login(browser, password=OTHER)).status_code == 201


async def test_failures_count_however_the_request_ends(opened: Opened) -> None:
    """Row 28 (Vikunja CVE-2026-35597): what the failure recorded is not undone by it."""
    async with opened() as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        await nodeloom_login(browser, password=WRONG)
        await login(browser, password=WRONG)
        await ask_mfa_code(browser, password=WRONG)

        assert left(await login(browser, password=WRONG)) == 2


async def test_only_a_whole_sign_in_forgets_failures(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 29: a right password alone gives its own attempt back, and no other; nor does asking for a code."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
    for _ in range(3):
        await login(browser, password=WRONG)
    await login(browser)
    await nodeloom_login(browser)
    await ask_mfa_code(browser)

    assert left(await login(browser, password=WRONG)) == 2

    await login(browser, mfaCode=await mailed_code(idp))
    assert left(await login(browser, password=WRONG)) == 5


async def test_somebody_elses_success_forgets_nothing(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 29 (allauth 65.9): the attacker signs in to an account of their own in between."""
    await idp.add_account(EMAIL)
    await idp.add_account("attacker@example.com")
    for _ in range(4):
        await login(browser, password=WRONG)
        await login(browser, "attacker@example.com")

    assert left(await login(browser, password=WRONG)) == 1
    assert is_locked(await login(browser))


@pytest.mark.parametrize(
    "spellings",
    [
        ["Jane@example.com", "JANE@EXAMPLE.COM", " jane@example.com", "jane@example.com\t", "jane@EXAMPLE.com"],
        ["j@exämple.com", "j@EXÄMPLE.com", "j@xn--exmple-cua.com", "J@XN--EXMPLE-CUA.com", "j@exa\u0308mple.com"],
    ],
)
async def test_all_spellings_of_a_name_share_one_counter(
    idp: TestProvider, browser: httpx2.AsyncClient, spellings: list[str]
) -> None:
    """Row 30 (Vault CVE-2025-6004)."""
    counts = [left(await login(browser, spelling, WRONG)) for spelling in spellings]

    assert counts == [5, 4, 3, 2, 1]
    assert is_locked(await login(browser, spellings[0], WRONG))


async def test_all_contracts_share_one_counter(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 31 (Keycloak CVE-2026-9798): locked at one door is locked at all."""
    await idp.add_account(EMAIL)
    for guess in (login, nodeloom_login, ask_mfa_code, nodeloom_login, login):
        assert (await guess(browser, password=WRONG)).status_code == 401

    answers = [await login(browser), await nodeloom_login(browser), await ask_mfa_code(browser)]

    assert [answer.status_code for answer in answers] == [401, 401, 401]
    assert not dict(browser.cookies)
    assert await idp.mails() == []


async def test_the_profile_is_no_cheaper_place_to_guess_at(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 31: a stolen session does not lend the password."""
    await idp.add_account(EMAIL)
    await login(browser)

    async def guess(current: str) -> httpx2.Response:
        return await browser.put("/user/public", json={"password": OTHER, "currentPassword": current})

    wrong = [await guess(WRONG) for _ in range(5)]
    right = await guess(PASSWORD)

    assert [answer.status_code for answer in wrong] == [401] * 5
    assert is_locked(right)
    assert (await browser.get("/user")).status_code == 200


async def test_a_fresh_code_brings_no_fresh_guesses(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Rows 44, 45 (Kratos PR 4606): guesses are counted over all codes of an account, whatever they are for."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    counts = []
    for _ in range(5):
        await ask_sign_in_code(browser)
        counts.append(left(await code_login(browser, another(await mailed_code(idp)))))

    answer = await code_login(browser, await mailed_code(idp))

    assert counts == [5, 4, 3, 2, 1]
    assert is_locked(answer)


async def test_codes_are_guessed_at_apart_from_passwords_and_lock_for_longer(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 65 (Keycloak #46164): who spams passwords does not stop codes, and who guesses codes is stopped harder."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    for _ in range(6):
        await login(browser, password=WRONG)
    assert is_locked(await login(browser))
    await ask_sign_in_code(browser)
    assert (await code_login(browser, await mailed_code(idp))).status_code == 201

    await ask_sign_in_code(browser)
    code = await mailed_code(idp)
    for _ in range(5):
        await code_login(browser, another(code))
    idp.clock.advance(timedelta(minutes=16))
    await ask_sign_in_code(browser)
    assert is_locked(await code_login(browser, await mailed_code(idp)))
    assert (await login(browser)).status_code == 201


async def test_a_wrong_second_factor_costs_the_password_as_well(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Rows 29, 65: neither budget is refilled by being right about the other."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
    await ask_mfa_code(browser)
    code = await mailed_code(idp)
    for _ in range(4):
        await login(browser, mfaCode=another(code))

    assert left(await login(browser, password=WRONG)) == 1


async def test_a_code_is_dead_after_its_guesses_also_when_the_lock_is_over(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 44: five guesses at one code, not five an hour, whoever lifts the lock."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    await ask_sign_in_code(browser)
    code = await mailed_code(idp)
    for _ in range(6):
        await code_login(browser, another(code))
    await Administration(idp.provider.verbs).accounts.unlock(EMAIL, Source(address="cli"))

    assert (await code_login(browser, code)).status_code == 401


async def test_so_is_a_second_factors_code(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}))
    await ask_mfa_code(browser)
    code = await mailed_code(idp)
    for _ in range(5):
        await login(browser, mfaCode=another(code))
    await Administration(idp.provider.verbs).accounts.unlock(EMAIL, Source(address="cli"))

    assert (await login(browser, mfaCode=code)).status_code == 401


async def test_a_lock_is_not_lifted_by_a_storm(opened: Opened) -> None:
    """Rows 27, 137: what found no place in the hashing queue gives nothing back that was not taken."""
    async with opened(hashing={"threads": 1, "queue": 1}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL)
        for _ in range(5):
            await login(browser, password=WRONG)

        storm = await asyncio.gather(*(login(browser, password=WRONG) for _ in range(12)))

        assert {answer.status_code for answer in storm} == {401, 503}
        assert all(answer.headers["retry-after"] for answer in storm if answer.status_code == 503)
        assert is_locked(await login(browser))


async def test_a_guess_that_nobody_looked_at_does_not_count(opened: Opened) -> None:
    """Or a storm by others would lock everybody who tries in it."""
    async with opened(hashing={"threads": 1, "queue": 1}) as idp, idp.browser() as browser:
        names = [f"{number}@example.com" for number in range(8)]
        for name in names:
            await idp.add_account(name)
        storm = await asyncio.gather(*(login(browser, name, WRONG) for name in names))
        turned_away = [name for name, answer in zip(names, storm, strict=True) if answer.status_code == 503]

        assert turned_away
        assert left(await login(browser, turned_away[0], WRONG)) == 5
