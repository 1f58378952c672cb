"""POST /api/auth/login (seed NodeLoom)."""

import httpx2
import pytest

from idp.testing.provider import TestProvider

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"
LOGIN = "/api/auth/login"


async def test_a_right_password_answers_the_user_and_its_teams(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, teams={"My Team": "ADMIN"})

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 200
    body = answer.json()
    team = body["teams"][0]
    assert body == {
        "id": account.id,
        "firstName": "Jane",
        "lastName": "Doe",
        "email": EMAIL,
        "teams": [{"teamId": team["teamId"], "teamName": "My Team", "role": "ADMIN"}],
    }


async def test_the_token_comes_in_one_http_only_cookie_and_nowhere_else(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    cookies = answer.headers.get_list("set-cookie")
    assert len(cookies) == 1
    name, _, rest = cookies[0].partition("=")
    token, attributes = rest.split(";")[0], {part.strip() for part in rest.split(";")[1:]}
    assert name == "token"
    assert token.count(".") == 2
    assert {"HttpOnly", "Path=/", "SameSite=Lax", "Max-Age=3600"} <= attributes
    assert not any(part.startswith("Domain") for part in attributes)
    assert token not in answer.text


async def test_the_address_is_read_in_any_case(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={"email": "Jane@EXAMPLE.com", "password": PASSWORD})

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"email": EMAIL},
        {"password": PASSWORD},
        {"email": None, "password": PASSWORD},
        {"email": 1, "password": PASSWORD},
        {"email": EMAIL, "password": ["a"]},
        {"email": "no address", "password": PASSWORD},
        {"email": EMAIL, "password": "x" * 1025},
        [],
        "text",
    ],
)
async def test_a_body_with_fields_missing_or_of_another_type_is_400(browser: httpx2.AsyncClient, body: object) -> None:
    answer = await browser.post(LOGIN, json=body)

    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"


async def test_a_wrong_password_and_an_unknown_name_read_the_same(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    wrong = await browser.post(LOGIN, json={"email": EMAIL, "password": "wrong"})
    unknown = await browser.post(LOGIN, json={"email": "nobody@example.com", "password": "wrong"})

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert "set-cookie" not in wrong.headers


async def test_an_empty_password_is_wrong_not_malformed(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """It takes the same path as any other, hash included (Keycloak #51887)."""
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": ""})

    assert answer.status_code == 401


async def test_an_account_that_needs_a_second_factor_gets_a_reason_and_no_cookie(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 401
    assert answer.json()["error"] == "mfa_required"
    assert answer.json()["methods"] == ["email"]
    assert "set-cookie" not in answer.headers


async def test_the_optional_code_completes_it(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))
    credentials = {"email": EMAIL, "password": PASSWORD}
    await browser.post("/auth/request-mfa-code", json={**credentials, "mfaType": "email"})
    code = (await idp.last_mail(EMAIL)).data["code"]

    answer = await browser.post(LOGIN, json={**credentials, "mfaCode": code})

    assert answer.status_code == 200
    assert answer.json()["email"] == EMAIL


async def test_an_unconfirmed_account_learns_so_only_with_the_right_password(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, confirmed=False)

    wrong = await browser.post(LOGIN, json={"email": EMAIL, "password": "wrong"})
    right = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    assert wrong.json()["error"] == "bad_credentials"
    assert right.status_code == 401
    assert right.json()["error"] == "not_confirmed"


async def test_a_disabled_account_reads_like_a_wrong_password(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD, disabled_at=idp.clock.now())

    answer = await browser.post(LOGIN, json={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 401
    assert answer.json()["error"] == "bad_credentials"
