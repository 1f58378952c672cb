"""Whose guesses count against whom (rows 25, 29, 42, 45, 52, 59, 62; the table in idp/usecases/signin/guesses.py)."""

import asyncio
from datetime import timedelta

import asyncpg
import httpx2
import pytest

from idp.testing.provider import TestProvider
from tests.security.conftest import Opened

EMAIL, PASSWORD, OTHER = "victim@example.com", "correct horse battery", "battery staple correct"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
NUMBER = "+14155552671"


async def login(browser: httpx2.AsyncClient, code: str | None = None) -> httpx2.Response:
    return await browser.post("/auth/login", json={**CREDENTIALS, **({"mfaCode": code} if code else {})})


async def code_by_mail(idp: TestProvider, browser: httpx2.AsyncClient) -> str:
    answer = await browser.post("/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "email"})
    assert answer.status_code == 201
    return [mail.data["code"] for mail in await idp.mails(EMAIL) if "code" in mail.data][-1]


async def test_a_reset_gives_no_second_factor_guesses_back(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Whoever owns the mailbox must not guess the authenticator for ever, five codes a reset."""
    account = await idp.add_account(EMAIL, PASSWORD)
    await idp.enrol(account, "totp")
    for _ in range(5):
        assert (await login(browser, "000000")).json()["message"] == "mfaUnauthorized"
    await browser.put("/user/forgot-password", json={"email": EMAIL})
    token = (await idp.last_mail(EMAIL)).data["token"]
    await browser.put("/auth/update-password", json={"token": token, "password": OTHER})

    answer = await browser.post("/auth/login", json={"email": EMAIL, "password": OTHER, "mfaCode": "000000"})

    assert answer.json()["message"] == "Failed login attempts exceeded."


async def test_a_stranger_cannot_lock_the_second_factor(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))
    async with idp.browser("203.0.113.7") as stranger:
        for _ in range(6):
            await stranger.post("/auth/loginViaSingleUseCode", json={"email": EMAIL, "singleUseCode": "000000"})

    assert (await login(browser, await code_by_mail(idp, browser))).status_code == 201


async def test_a_locked_second_factor_does_not_lock_the_password_too(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await idp.enrol(account, "totp")
    for _ in range(5):
        await login(browser, "000000")
    idp.clock.advance(timedelta(minutes=15))

    for _ in range(6):
        assert (await login(browser, "000000")).json()["message"] == "Failed login attempts exceeded."

    assert (await login(browser)).json() == {"name": "mfaCodeIsMissing"}


async def test_text_messages_are_not_for_whoever_registered_a_minute_ago(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """SMS pumping by one account, a new number each time."""
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post("/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "sms", "phoneNumber": NUMBER})

    assert answer.status_code == 401
    assert await idp.mails() == []


async def test_one_account_sends_few_text_messages_whatever_numbers_it_names(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"sms"}))

    answers = [
        await browser.post(
            "/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "sms", "phoneNumber": f"+1415555267{n}"}
        )
        for n in range(7)
    ]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429] * 2


async def test_a_tenants_demand_is_not_met_by_a_number_that_the_request_names(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Who stole the password has a telephone too."""
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_flag("mfa", True, jurisdiction="Bay Area")

    answer = await browser.post("/auth/request-mfa-code", json={**CREDENTIALS, "mfaType": "sms", "phoneNumber": NUMBER})

    assert answer.status_code == 401
    assert await idp.mails() == []
    assert (await login(browser, await code_by_mail(idp, browser))).status_code == 201


async def test_asking_for_resets_in_somebodys_name_does_not_use_up_their_codes(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))
    async with idp.browser("203.0.113.7") as stranger:
        for _ in range(6):
            await stranger.put("/user/forgot-password", json={"email": EMAIL})
    await idp.deliver()

    assert (await login(browser, await code_by_mail(idp, browser))).status_code == 201


async def test_one_place_cannot_ask_for_mails_without_end(idp: TestProvider) -> None:
    async with idp.browser("203.0.113.7") as stranger:
        answers = [
            await stranger.put("/user/forgot-password", json={"email": f"person{n}@example.com"}) for n in range(101)
        ]

    assert [answer.status_code for answer in answers] == [200] * 100 + [429]


async def test_a_subscribers_ipv6_addresses_are_one_source(idp: TestProvider) -> None:
    statuses = []
    for n in range(101):
        async with idp.browser(f"2001:db8:1:2::{n:x}") as stranger:
            statuses.append((await stranger.put("/user/forgot-password", json={"email": EMAIL})).status_code)
    async with idp.browser("2001:db8:1:3::1") as neighbour:
        elsewhere = await neighbour.put("/user/forgot-password", json={"email": EMAIL})

    assert statuses == [200] * 100 + [429]
    assert elsewhere.status_code == 200


async def test_a_strangers_lock_does_not_keep_anybody_from_changing_the_password(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 25: a lock refuses new logins only."""
    await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    async with idp.browser("203.0.113.7") as stranger:
        for _ in range(6):
            await stranger.post("/auth/login", json={"email": EMAIL, "password": "wrong"})

    answer = await browser.put("/user/public", json={"password": OTHER, "currentPassword": PASSWORD})

    assert answer.status_code == 200


async def test_the_current_password_cannot_be_guessed_without_end(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    for n in range(5):
        await browser.put("/user/public", json={"password": OTHER, "currentPassword": f"wrong {n}"})

    answer = await browser.put("/user/public", json={"password": OTHER, "currentPassword": PASSWORD})

    assert answer.status_code == 401
    assert answer.json()["message"] == "Failed login attempts exceeded."


@pytest.mark.parametrize(
    "fields", [{"roles": frozenset({"support_admin"})}, {"roles": frozenset({"admin"})}], ids=["support", "admin"]
)
async def test_nobody_administers_peers_or_betters(
    idp: TestProvider, browser: httpx2.AsyncClient, fields: dict[str, frozenset[str]]
) -> None:
    """Who rewrites an administrator's address becomes one."""
    boss = await idp.add_account("boss@example.com", PASSWORD, jurisdictions=["Bay Area"], roles=fields["roles"])
    peer = await idp.add_account("peer@example.com", PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_role(peer, "Bay Area", "jurisdictional_admin")
    actor = await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_role(actor, "Bay Area", "jurisdictional_admin")
    await login(browser)

    for target in (boss, peer):
        answer = await browser.put("/user/public", json={"id": target.id, "newEmail": "mine@example.com"})
        assert answer.status_code == 403
    assert await idp.mails() == []


async def deadlocks(url: str) -> int:
    """How many PostgreSQL has counted in this database; it tells with a delay of about a second."""
    await asyncio.sleep(1.2)
    connection = await asyncpg.connect(url)
    try:
        return int(await connection.fetchval("SELECT deadlocks FROM pg_stat_database WHERE datname=current_database()"))
    finally:
        await connection.close()


async def test_many_right_logins_at_once_meet_no_deadlock(opened: Opened, postgresql_url: str) -> None:
    """Charging and opening take rows in one order: with another, one account's eight browsers stalled everybody."""
    before = await deadlocks(postgresql_url)
    settings = {"lockout": {"failed_attempts": 100}, "hashing": {"threads": 4}, "database": {"pool_size": 5}}
    async with opened(database_url=postgresql_url, **settings) as idp:
        await idp.add_account("crowd@example.com", PASSWORD)

        async def one() -> int:
            async with idp.browser() as browser:
                answer = await browser.post("/auth/login", json={"email": "crowd@example.com", "password": PASSWORD})
                return answer.status_code

        statuses = await asyncio.gather(*(one() for _ in range(32)))

    assert statuses == [201] * 32
    assert await deadlocks(postgresql_url) == before
