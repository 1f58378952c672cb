"""GET /auth/requestNewToken and GET /auth/logout (seed Bloom; bloom.md §2.2, §2.5, §3.3)."""

from datetime import timedelta

import httpx2
import pytest

from idp.testing.provider import TestProvider

EMAIL, PASSWORD = "user@example.com", "correct horse battery"
REFRESH = "/auth/requestNewToken"


@pytest.fixture
async def signed_in(idp: TestProvider, browser: httpx2.AsyncClient) -> httpx2.AsyncClient:
    await idp.add_account(EMAIL, PASSWORD)
    answer = await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    assert answer.status_code == 201
    return browser


async def test_refresh_replaces_all_three_cookies(signed_in: httpx2.AsyncClient) -> None:
    before = dict(signed_in.cookies)

    answer = await signed_in.get(REFRESH)

    assert answer.status_code == 200
    assert answer.json() == {"success": True}
    assert len(answer.headers.get_list("set-cookie")) == 3
    assert signed_in.cookies["access-token"] != before["access-token"]
    assert signed_in.cookies["refresh-token"] != before["refresh-token"]


async def test_the_refresh_cookie_alone_suffices(signed_in: httpx2.AsyncClient) -> None:
    """As the seed promises; the source wants the access cookie as well (bloom.md §11)."""
    token = signed_in.cookies["refresh-token"]
    signed_in.cookies.clear()

    answer = await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={token}"})

    assert answer.status_code == 200


async def test_refresh_works_after_the_access_token_has_expired(
    idp: TestProvider, signed_in: httpx2.AsyncClient
) -> None:
    token = signed_in.cookies["refresh-token"]
    idp.clock.advance(timedelta(hours=23))

    answer = await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={token}"})

    assert answer.status_code == 200


async def test_refresh_ends_after_its_own_life(idp: TestProvider, signed_in: httpx2.AsyncClient) -> None:
    token = signed_in.cookies["refresh-token"]
    idp.clock.advance(timedelta(hours=24, seconds=1))

    answer = await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={token}"})

    assert answer.status_code == 401


@pytest.mark.parametrize("header", ["", "refresh-token=", "access-token=x"])
async def test_no_refresh_token_is_400(browser: httpx2.AsyncClient, header: str) -> None:
    answer = await browser.get(REFRESH, headers={"cookie": header} if header else {})

    assert answer.status_code == 400
    assert answer.json()["message"] == "No refresh token sent with request"


@pytest.mark.parametrize("token", ["nonsense", "x" * 43, "../../etc/passwd"])
async def test_a_token_that_was_never_ours_is_401_and_clears_the_cookies(
    browser: httpx2.AsyncClient, token: str
) -> None:
    answer = await browser.get(REFRESH, headers={"cookie": f"refresh-token={token}"})

    assert answer.status_code == 401
    assert [c.split(";")[1].strip() for c in answer.headers.get_list("set-cookie")] == ["Max-Age=0"] * 3
    assert token not in answer.text


async def test_a_refresh_token_used_twice_ends_all_it_bought(signed_in: httpx2.AsyncClient) -> None:
    """RFC 9700 §4.14.2: one of the two users is a thief, and nobody knows which."""
    stolen = signed_in.cookies["refresh-token"]
    assert (await signed_in.get(REFRESH)).status_code == 200
    successor, access = signed_in.cookies["refresh-token"], signed_in.cookies["access-token"]

    replay = await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={stolen}"})

    assert replay.status_code == 401
    assert (await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={successor}"})).status_code == 401
    assert (await signed_in.get("/user", headers={"cookie": f"access-token={access}"})).status_code == 401


async def test_a_truncated_token_is_refused(signed_in: httpx2.AsyncClient) -> None:
    """Row 23 (ZITADEL CVE-2026-27840)."""
    token = signed_in.cookies["refresh-token"]

    for altered in (token[:-1], token + "A", token.swapcase()):
        answer = await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={altered}"})
        assert answer.status_code == 401


async def test_logout_expires_the_cookies_and_ends_the_session(signed_in: httpx2.AsyncClient) -> None:
    access, refresh = signed_in.cookies["access-token"], signed_in.cookies["refresh-token"]

    answer = await signed_in.get("/auth/logout")

    assert answer.status_code == 200
    assert answer.json() == {"success": True}
    assert not dict(signed_in.cookies)
    assert (await signed_in.get("/user", headers={"cookie": f"access-token={access}"})).status_code == 401
    assert (await signed_in.get(REFRESH, headers={"cookie": f"refresh-token={refresh}"})).status_code == 401


async def test_logout_without_a_live_access_token_is_401(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/auth/logout")).status_code == 401
    assert (await browser.get("/auth/logout", headers={"cookie": "access-token=x.y.z"})).status_code == 401


async def test_head_does_not_log_out(signed_in: httpx2.AsyncClient) -> None:
    """Row 8: Starlette runs GET handlers for HEAD."""
    answer = await signed_in.head("/auth/logout")

    assert answer.status_code == 404
    assert (await signed_in.get("/user")).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site", "origin": "https://evil.example"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:3100.evil.example"},
        {"sec-purpose": "prefetch"},
        {"purpose": "prefetch"},
    ],
)
@pytest.mark.parametrize("path", ["/auth/logout", REFRESH])
async def test_another_site_or_a_prefetch_cannot_act(
    signed_in: httpx2.AsyncClient, path: str, headers: dict[str, str]
) -> None:
    """Rows 7, 8, 11: the two GETs that act."""
    before = dict(signed_in.cookies)

    answer = await signed_in.get(path, headers=headers)

    assert answer.status_code == 403
    assert dict(signed_in.cookies) == before
    assert (await signed_in.get("/user")).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"sec-fetch-site": "same-origin"}, {"sec-fetch-site": "none"}, {"origin": "http://localhost:3100"}]
)
async def test_ones_own_site_and_other_clients_can(signed_in: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    assert (await signed_in.get("/auth/logout", headers=headers)).status_code == 200
