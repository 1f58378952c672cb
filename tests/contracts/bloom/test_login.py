"""POST /auth/login and GET /user (seed Bloom; bloom.md §2, §3.1, §9.1)."""

from datetime import timedelta
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD = "user@example.com", "correct horse battery"
LOGIN = "/auth/login"


async def test_a_right_password_answers_201_and_sets_three_cookies(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 201
    assert answer.json() == {"success": True}
    assert answer.headers["content-type"] == "application/json; charset=utf-8"
    cookies = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert cookies == ["access-token", "refresh-token", "access-token-available"]


async def test_credentials_are_http_only_and_the_marker_is_for_script(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    access, refresh, marker = answer.headers.get_list("set-cookie")
    assert "HttpOnly" in access
    assert "Max-Age=3600" in access
    assert "HttpOnly" in refresh
    assert "Max-Age=86400" in refresh
    assert marker.startswith("access-token-available=True;")
    assert "HttpOnly" not in marker
    assert all("Path=/" in cookie and "Domain" not in cookie for cookie in (access, refresh, marker))


async def test_the_profile_has_what_the_front_end_reads(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    answer = await browser.get("/user")

    assert answer.status_code == 200
    user = answer.json()
    assert user["id"] == account.id
    assert user["email"] == EMAIL
    assert user["confirmedAt"] == "2026-03-02T09:00:00.000Z"
    assert user["userRoles"] is None
    assert user["listings"] == []
    assert user["mfaEnabled"] is False
    assert user["phoneNumber"] is None
    assert [item["name"] for item in user["jurisdictions"]] == ["Bay Area"]
    assert {"name": "enableSingleUseCode", "active": False} in [
        {"name": flag["name"], "active": flag["active"]} for flag in user["jurisdictions"][0]["featureFlags"]
    ]
    needed = "middleName dob language agreedToTermsOfService isAdvocate createdAt updatedAt passwordUpdatedAt"
    assert all(name in user for name in [*needed.split(), "passwordValidForDays", "lastLoginAt"])
    assert not any("hash" in name.lower() or "token" in name.lower() for name in user)


async def test_the_profile_needs_a_cookie(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/user")

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized", "statusCode": 401}


async def test_a_bearer_header_is_not_accepted(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})
    token = browser.cookies["access-token"]
    async with idp.browser() as other:
        answer = await other.get("/user", headers={"authorization": f"Bearer {token}"})

    assert answer.status_code == 401


async def test_the_proxys_oddities_are_tolerated(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """bloom.md §10.1: no space and a trailing semicolon between cookies, a body on GET, an empty x-forwarded-for."""
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})
    pairs = "".join(f"{name}={value};" for name, value in browser.cookies.items())
    async with idp.browser() as proxy:
        answer = await proxy.request(
            "GET",
            "/user",
            content=b"{}",
            headers={"cookie": pairs, "x-forwarded-for": "", "content-type": "application/json", "appurl": "x"},
        )

    assert answer.status_code == 200


async def test_an_access_token_lives_an_hour(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})
    token = browser.cookies["access-token"]

    idp.clock.advance(timedelta(minutes=59, seconds=59))
    before = await browser.get("/user", headers={"cookie": f"access-token={token}"})
    idp.clock.advance(timedelta(seconds=2))
    after = await browser.get("/user", headers={"cookie": f"access-token={token}"})

    assert before.status_code == 200
    assert after.status_code == 401


@pytest.mark.parametrize("body", [{}, {"email": EMAIL}, {"password": "x"}, {"email": None, "password": None}])
async def test_missing_credentials_are_401_as_passport_has_it(browser: httpx2.AsyncClient, body: object) -> None:
    answer = await browser.post(LOGIN, json=body)

    assert answer.status_code == 401
    assert answer.json() == {"message": "Unauthorized", "statusCode": 401}


async def test_validation_answers_a_list_of_sentences(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post(LOGIN, json={"email": "nonsense", "password": "x", "mfaCode": "1" * 17})

    assert answer.status_code == 400
    assert answer.json() == {
        "message": ["email must be an email", "mfaCode must be shorter than or equal to 16 characters"],
        "error": "Bad Request",
        "statusCode": 400,
    }


async def test_a_wrong_password_tells_what_is_left_and_nothing_else(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    wrong = await browser.post(LOGIN, json={"email": EMAIL, "password": "wrong"})
    unknown = await browser.post(LOGIN, json={"email": "nobody@example.com", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json() == {"failureCountRemaining": 5}


async def test_paths_match_in_any_case_and_with_a_slash(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    body = {"email": EMAIL, "password": PASSWORD}

    assert (await browser.post("/auth/login/", json=body)).status_code == 201
    assert (await browser.post("/AUTH/LogIn", json=body)).status_code == 201


async def test_what_is_not_there_is_404_in_express_words(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post("/auth/requestNewToken")

    assert answer.status_code == 404
    assert answer.json() == {
        "message": "Cannot POST /auth/requestNewToken",
        "error": "Not Found",
        "statusCode": 404,
    }


async def test_the_pass_key_is_asked_for_where_one_is_set(tmp_path: Path, template: Path) -> None:
    async with provider_at(tmp_path, template=template, bloom={"passkey": SecretStr("shared with the proxy")}) as idp:
        await idp.add_account(EMAIL, PASSWORD)
        async with idp.browser() as stranger, idp.browser(passkey="shared with the proxy") as known:
            body = {"email": EMAIL, "password": PASSWORD}
            refused = await stranger.post(LOGIN, json=body)
            let_in = await known.post(LOGIN, json=body)
            public = await stranger.get("/jurisdictions")

    assert refused.status_code == 401
    assert refused.json()["message"] == "Traffic not from a known source"
    assert let_in.status_code == 201
    assert public.status_code == 200


async def test_a_prefix_leaves_the_marker_that_script_reads_its_name(tmp_path: Path, template: Path) -> None:
    """bloom.md §10.2: the front end looks for `access-token-available=True`."""
    issuer = "https://id.example.com"
    async with (
        provider_at(tmp_path, template=template, issuer=issuer, cookies={"prefix": "__Host-"}) as idp,
        idp.browser() as browser,
    ):
        await idp.add_account(EMAIL, PASSWORD)
        answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})
        left = await browser.get("/auth/logout")

    names = [cookie.partition("=")[0] for cookie in answer.headers.get_list("set-cookie")]
    assert names == ["__Host-access-token", "__Host-refresh-token", "access-token-available"]
    assert all("; Secure;" in cookie for cookie in answer.headers.get_list("set-cookie"))
    assert [cookie.partition("=")[0] for cookie in left.headers.get_list("set-cookie")] == names
