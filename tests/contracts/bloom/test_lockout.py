"""Account lockout (seed Bloom; bloom.md §7.1), with the security demands above it."""

from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD = "user@example.com", "correct horse battery"


async def attempt(browser: httpx2.AsyncClient, password: str = "wrong", email: str = EMAIL) -> httpx2.Response:
    return await browser.post("/auth/login", json={"email": email, "password": password})


async def lock(browser: httpx2.AsyncClient, email: str = EMAIL) -> list[httpx2.Response]:
    return [await attempt(browser, email=email) for _ in range(5)]


async def test_five_failures_count_down_and_the_sixth_try_is_locked(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answers = await lock(browser)
    locked = await attempt(browser, PASSWORD)

    assert [answer.json()["failureCountRemaining"] for answer in answers] == [5, 4, 3, 2, 1]
    assert locked.status_code == 401
    assert locked.json() == {
        "message": "Failed login attempts exceeded.",
        "error": "Unauthorized",
        "statusCode": 401,
        "retryAfter": "2026-03-02T09:15:00.000Z",
    }


async def test_the_lock_opens_after_its_cooldown_and_the_next_lasts_twice_as_long(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await lock(browser)
    idp.clock.advance(timedelta(minutes=15))
    again = await lock(browser)
    locked = await attempt(browser)

    assert [answer.status_code for answer in again] == [401] * 5
    assert locked.json()["retryAfter"] == "2026-03-02T09:45:00.000Z"
    idp.clock.advance(timedelta(minutes=30))
    assert (await attempt(browser, PASSWORD)).status_code == 201


async def test_a_complete_sign_in_forgets_the_failures(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    for _ in range(4):
        await attempt(browser)

    assert (await attempt(browser, PASSWORD)).status_code == 201
    assert (await attempt(browser)).json() == {"failureCountRemaining": 5}


async def test_a_name_that_nobody_has_locks_in_the_same_way(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Rows 35, 41: numbers and locks tell nothing."""
    await idp.add_account(EMAIL, PASSWORD)

    known = [(a.status_code, a.json()) for a in [*(await lock(browser)), await attempt(browser)]]
    stranger = "nobody@example.com"
    unknown = [
        (a.status_code, a.json()) for a in [*(await lock(browser, stranger)), await attempt(browser, "x", stranger)]
    ]

    assert known == unknown


async def test_429_where_the_operator_wants_it(tmp_path: Path, template: Path) -> None:
    """The real front end shows "locked" for 429 only (bloom.md §10.3)."""
    async with provider_at(tmp_path, template=template, bloom={"locked_status": 429}) as idp, idp.browser() as browser:
        await lock(browser)
        locked = await attempt(browser)

    assert locked.status_code == 429
    assert locked.json()["error"] == "Too Many Requests"
    assert "retryAfter" in locked.json()


async def test_a_lock_refuses_new_logins_only(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 25: a lock is no remote log-out."""
    await idp.add_account(EMAIL, PASSWORD)
    await attempt(browser, PASSWORD)
    async with idp.browser() as attacker:
        await lock(attacker)

    assert (await browser.get("/user")).status_code == 200
    assert (await browser.get("/auth/requestNewToken")).status_code == 200


async def test_both_contracts_share_one_counter(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 31: no way in is weaker than another."""
    await idp.add_account(EMAIL, PASSWORD)
    for _ in range(3):
        await attempt(browser)
    for _ in range(2):
        await browser.post("/api/auth/login", json={"email": EMAIL, "password": "wrong"})

    assert (await attempt(browser, PASSWORD)).json()["message"] == "Failed login attempts exceeded."
    nodeloom = await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
    assert nodeloom.status_code == 401
    assert nodeloom.json()["error"] == "bad_credentials"


@pytest.mark.parametrize("spelling", ["USER@example.com", " user@example.com ", "User@EXAMPLE.COM"])
async def test_spellings_of_one_address_share_one_counter(
    idp: TestProvider, browser: httpx2.AsyncClient, spelling: str
) -> None:
    """Row 30."""
    await idp.add_account(EMAIL, PASSWORD)
    for _ in range(4):
        await attempt(browser)

    assert (await attempt(browser, email=spelling)).json() == {"failureCountRemaining": 1}
    assert (await attempt(browser, PASSWORD)).json()["message"] == "Failed login attempts exceeded."


async def test_one_source_cannot_try_many_names(tmp_path: Path, template: Path) -> None:
    """Row 43: credential stuffing, one try per account."""
    async with (
        provider_at(tmp_path, template=template, throttle={"sources": "10/10m"}) as idp,
        idp.browser("203.0.113.9") as attacker,
        idp.browser("203.0.113.10") as other,
    ):
        answers = [await attempt(attacker, email=f"person{n}@example.com") for n in range(11)]
        elsewhere = await attempt(other)

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert "retry-after" in answers[-1].headers
    assert elsewhere.status_code == 401
