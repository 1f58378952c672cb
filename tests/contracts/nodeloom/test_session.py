"""POST /api/auth/refresh and /api/auth/logout (seed NodeLoom)."""

from dataclasses import replace
from datetime import timedelta

import httpx2
import pytest

from idp.core.address import canonical_email
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"


@pytest.fixture
async def signed_in(idp: TestProvider, browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    await idp.add_account(EMAIL, PASSWORD)
    answer = await browser.post("/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 200
    return browser


async def test_refresh_replaces_the_cookie_with_a_later_one(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    before = signed_in.cookies["token"]
    idp.clock.advance(timedelta(minutes=59))

    answer = await signed_in.post("/api/auth/refresh")

    assert answer.status_code == 200
    assert answer.json() == {"message": "Token refreshed successfully"}
    assert signed_in.cookies["token"] != before
    idp.clock.advance(timedelta(minutes=59))
    assert (await signed_in.post("/api/auth/refresh")).status_code == 200


async def test_refresh_is_401_once_the_cookie_has_expired(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    idp.clock.advance(timedelta(hours=1, seconds=1))

    answer = await signed_in.post("/api/auth/refresh")

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


async def test_refresh_never_prolongs_past_the_longest_session(
    idp: TestProvider, signed_in: httpx2.AsyncClient
) -> None:
    for _ in range(30 * 24):
        idp.clock.advance(timedelta(minutes=59))
        if (await signed_in.post("/api/auth/refresh")).status_code == 401:
            break
        idp.clock.advance(timedelta(minutes=1))
    else:
        pytest.fail("the session never ended")

    assert (await signed_in.post("/api/auth/refresh")).status_code == 401


async def test_refresh_without_a_cookie_is_401(browser: httpx2.AsyncClient) -> None:
    assert (await browser.post("/api/auth/refresh")).status_code == 401


async def test_logout_ends_the_session_for_every_copy_of_the_cookie(signed_in: httpx2.AsyncClient) -> None:
    copied = signed_in.cookies["token"]

    answer = await signed_in.post("/api/auth/logout")

    assert answer.status_code == 200
    assert answer.json() == {"message": "Logged out successfully"}
    assert "token" not in signed_in.cookies
    again = await signed_in.post("/api/auth/refresh", headers={"cookie": f"token={copied}"})
    assert again.status_code == 401


async def test_a_bloom_cookie_is_no_nodeloom_cookie(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 77: each contract's token names its own audience."""
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    foreign = browser.cookies["access-token"]

    answer = await browser.post("/api/auth/refresh", headers={"cookie": f"token={foreign}"})

    assert answer.status_code == 401


async def test_a_disabled_account_cannot_refresh(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    """Row 22."""

    def disable(work: UnitOfWork) -> None:
        account = work.accounts.by_email(canonical_email(EMAIL))
        assert account is not None
        work.accounts.update(replace(account, disabled_at=idp.clock.now()))

    await idp.provider.store.transact(disable)

    assert (await signed_in.post("/api/auth/refresh")).status_code == 401
