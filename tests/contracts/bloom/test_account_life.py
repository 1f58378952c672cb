"""Registration, confirmation, reset, profile (seed Bloom; bloom.md §3.6, §3.7, §4, §8)."""

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from idp.testing.provider import TestProvider

EMAIL, PASSWORD, OTHER = "new@example.com", "correct horse battery", "battery staple correct"
APP = "https://app.example.com"
SIGN_UP = {"email": EMAIL, "password": PASSWORD, "firstName": "New", "lastName": "Person", "appUrl": APP}


async def register(browser: httpx2.AsyncClient, **more: object) -> httpx2.Response:
    return await browser.post("/user/public", json={**SIGN_UP, **more})


async def forgot(browser: httpx2.AsyncClient, **more: object) -> httpx2.Response:
    return await browser.put("/user/forgot-password", json={"email": EMAIL, "appUrl": APP, **more})


async def update(browser: httpx2.AsyncClient, token: str, **more: object) -> httpx2.Response:
    return await browser.put("/auth/update-password", json={"token": token, "password": OTHER, **more})


async def login(browser: httpx2.AsyncClient, password: str = PASSWORD) -> httpx2.Response:
    return await browser.post("/auth/login", json={"email": EMAIL, "password": password})


async def test_registration_mails_a_link_on_the_apps_own_origin(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    answer = await register(browser)

    assert answer.status_code == 201
    assert answer.json()["email"] == EMAIL
    assert "set-cookie" not in answer.headers
    mail = await idp.last_mail(EMAIL)
    link = urlsplit(mail.data["link"])
    assert f"{link.scheme}://{link.netloc}{link.path}" == f"{APP}/"
    assert parse_qs(link.query)["token"] == [mail.data["token"]]


async def test_an_account_must_be_confirmed_before_it_signs_in(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await register(browser)
    before = await login(browser)
    token = (await idp.last_mail(EMAIL)).data["token"]

    confirmed = await browser.put("/auth/confirm", json={"token": token})

    assert before.status_code == 401
    assert "but is not confirmed" in before.json()["message"]
    assert confirmed.status_code == 200
    assert confirmed.json() == {"success": True}
    assert (await browser.get("/user")).json()["email"] == EMAIL
    assert (await login(browser)).status_code == 201


async def test_a_confirmation_works_once(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await register(browser)
    token = (await idp.last_mail(EMAIL)).data["token"]
    valid = await browser.post("/user/is-confirmation-token-valid", json={"token": token})
    await browser.put("/auth/confirm", json={"token": token})

    again = await browser.put("/auth/confirm", json={"token": token})
    invalid = await browser.post("/user/is-confirmation-token-valid", json={"token": token})

    assert valid.json() == {"success": True}
    assert again.status_code == 400
    assert again.json()["message"] == "tokenExpired"
    assert invalid.status_code == 201
    assert invalid.content == b""


@pytest.mark.parametrize("path", ["/user/resendConfirmation", "/user/resend-confirmation"])
async def test_a_confirmation_can_be_sent_again_under_both_spellings(
    idp: TestProvider, browser: httpx2.AsyncClient, path: str
) -> None:
    await register(browser)
    first = (await idp.last_mail(EMAIL)).data["token"]

    answer = await browser.post(path, json={"email": EMAIL, "appUrl": APP})
    second = (await idp.last_mail(EMAIL)).data["token"]

    assert answer.status_code == 201
    assert (await browser.put("/auth/confirm", json={"token": first})).status_code == 400
    assert (await browser.put("/auth/confirm", json={"token": second})).status_code == 200


async def test_a_taken_address_is_409(browser: httpx2.AsyncClient) -> None:
    """A documented enumeration: the front end wants it (ASVS 6.3.8)."""
    await register(browser)

    answer = await register(browser, email="NEW@example.com")

    assert answer.status_code == 409
    assert answer.json()["message"] == "emailInUse"


@pytest.mark.parametrize(
    ("more", "status", "message"),
    [
        ({"password": "short"}, 400, ["passwordTooWeak"]),
        ({"password": "password1234"}, 400, ["passwordTooWeak"]),
        ({"password": "new@example.com"}, 400, ["passwordTooWeak"]),
        ({"emailConfirmation": "other@example.com"}, 400, [""]),
        ({"firstName": "Visit http://spam"}, 403, "the name was found to be invalid"),
        ({"firstName": "x" * 65}, 400, ["firstName must be shorter than or equal to 64 characters"]),
        ({"phoneNumber": "12"}, 400, ["phoneNumber must be a valid phone number"]),
        ({"appUrl": "no url"}, 400, ["appUrl must be a URL address"]),
    ],
)
async def test_what_registration_refuses(
    browser: httpx2.AsyncClient, more: dict[str, object], status: int, message: object
) -> None:
    answer = await register(browser, **more)

    assert answer.status_code == status
    assert answer.json()["message"] == message


async def test_nobody_can_register_as_something_more(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 122: mass assignment."""
    await register(browser, userRoles={"isAdmin": True}, confirmedAt="2020-01-01", mfaEnabled=True, roles=["admin"])
    token = (await idp.last_mail(EMAIL)).data["token"]
    await browser.put("/auth/confirm", json={"token": token})

    user = (await browser.get("/user")).json()

    assert user["userRoles"] is None
    assert user["mfaEnabled"] is False


async def test_a_reset_link_leads_to_the_app_and_signs_in(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    asked = await forgot(browser)
    mail = await idp.last_mail(EMAIL)

    answer = await update(browser, mail.data["token"], passwordConfirmation=OTHER)

    assert asked.status_code == 200
    assert asked.json() == {"success": True}
    assert mail.data["link"].startswith(f"{APP}/reset-password?token=")
    assert answer.status_code == 200
    assert answer.json() == {"success": True}
    assert (await browser.get("/user")).status_code == 200
    assert (await login(browser, OTHER)).status_code == 201
    assert (await login(browser, PASSWORD)).status_code == 401


@pytest.mark.parametrize(
    "app_url",
    [
        "https://evil.example",
        "https://app.example.com.evil.example",
        "https://app.example.com@evil.example",
        "http://app.example.com",
        "https://app.example.com:444",
        "https://evil.example/?https://app.example.com",
    ],
)
async def test_a_link_never_leads_to_an_address_that_is_not_configured(
    idp: TestProvider, browser: httpx2.AsyncClient, app_url: str
) -> None:
    """Row 67 (Authorizer GHSA-x3f4-v83f-7wp2)."""
    await idp.add_account(EMAIL, PASSWORD)

    answer = await forgot(browser, appUrl=app_url)

    assert answer.status_code == 200
    assert await idp.mails() == []


async def test_a_stranger_gets_the_same_answer_and_no_mail(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    answers = [
        await forgot(browser),
        await browser.post("/user/resend-confirmation", json={"email": EMAIL}),
        await browser.post("/user/request-single-use-code", json={"email": EMAIL}),
    ]

    assert [answer.json() for answer in answers] == [{"success": True}] * 3
    assert await idp.mails() == []


async def test_a_reset_ends_every_session_and_every_other_link(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Rows 21, 68."""
    await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    access, refresh = browser.cookies["access-token"], browser.cookies["refresh-token"]
    await forgot(browser)
    token = (await idp.last_mail(EMAIL)).data["token"]
    async with idp.browser() as elsewhere:
        await update(elsewhere, token)
        again = await update(elsewhere, token)

    assert again.status_code == 400
    assert (await browser.get("/user", headers={"cookie": f"access-token={access}"})).status_code == 401
    refreshed = await browser.get("/auth/requestNewToken", headers={"cookie": f"refresh-token={refresh}"})
    assert refreshed.status_code == 401


async def test_a_reset_link_dies_after_an_hour(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 69: a life of its own, not the confirmation's."""
    await idp.add_account(EMAIL, PASSWORD)
    await forgot(browser)
    token = (await idp.last_mail(EMAIL)).data["token"]
    idp.clock.advance(timedelta(hours=1, seconds=1))

    assert (await update(browser, token)).status_code == 400


async def test_a_weak_password_leaves_the_link_usable(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await forgot(browser)
    token = (await idp.last_mail(EMAIL)).data["token"]

    weak = await update(browser, token, password="short")
    mismatch = await update(browser, token, passwordConfirmation="something else")
    good = await update(browser, token)

    assert weak.json()["message"] == ["passwordTooWeak"]
    assert mismatch.status_code == 400
    assert good.status_code == 200


async def test_a_reset_of_an_account_with_a_second_factor_opens_no_session(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 52 (Keycloak CVE-2026-18963, a takeover through reset)."""
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))
    await forgot(browser)

    answer = await update(browser, (await idp.last_mail(EMAIL)).data["token"])

    assert answer.status_code == 200
    assert answer.json() == {"success": True, "loginRequired": True}
    assert "set-cookie" not in answer.headers
    assert (await login(browser, OTHER)).json() == {"name": "mfaCodeIsMissing"}


async def test_a_confirmation_of_an_account_with_a_second_factor_opens_no_session(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 54."""
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}), confirmed=False)
    await browser.post("/user/resend-confirmation", json={"email": EMAIL})

    answer = await browser.put("/auth/confirm", json={"token": (await idp.last_mail(EMAIL)).data["token"]})

    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers


async def test_a_reset_lifts_the_lock_of_who_owns_the_mailbox(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 34."""
    await idp.add_account(EMAIL, PASSWORD)
    for _ in range(5):
        await login(browser, "wrong")
    assert (await login(browser)).json()["message"] == "Failed login attempts exceeded."
    await forgot(browser)

    await update(browser, (await idp.last_mail(EMAIL)).data["token"])

    assert (await login(browser, OTHER)).status_code == 201


async def test_the_profile_takes_back_what_it_gave_and_changes_little(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """The front end sends the whole profile back with a few fields changed (bloom.md §4.2)."""
    await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    profile = (await browser.get("/user")).json()

    answer = await browser.put(
        "/user/public", json={**profile, "firstName": "Changed", "mfaEnabled": True, "userRoles": {"isAdmin": True}}
    )

    assert answer.status_code == 200
    assert answer.json()["firstName"] == "Changed"
    assert answer.json()["mfaEnabled"] is False
    assert answer.json()["userRoles"] is None


async def test_a_new_password_needs_the_current_one_and_ends_other_sessions(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    async with idp.browser() as elsewhere:
        await login(elsewhere)
        body = {"id": account.id, "password": OTHER}
        missing = await browser.put("/user/public", json=body)
        wrong = await browser.put("/user/public", json={**body, "currentPassword": "wrong"})
        right = await browser.put("/user/public", json={**body, "currentPassword": PASSWORD})
        other_session = await elsewhere.get("/user")

    assert missing.status_code == 400
    assert missing.json()["message"] == f"userID {account.id}: request missing currentPassword"
    assert wrong.status_code == 401
    assert wrong.json()["message"] == f"userID {account.id}: incoming password doesn't match stored password"
    assert right.status_code == 200
    assert (await browser.get("/user")).status_code == 200
    assert other_session.status_code == 401
    assert (await login(browser, OTHER)).status_code == 201


async def test_a_new_address_counts_once_it_is_confirmed(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await login(browser)
    asked = await browser.put("/user/public", json={"id": account.id, "newEmail": "newer@example.com", "appUrl": APP})
    before = (await browser.get("/user")).json()["email"]
    token = (await idp.last_mail("newer@example.com")).data["token"]

    confirmed = await browser.put("/auth/confirm", json={"token": token})

    assert asked.status_code == 200
    assert before == EMAIL
    assert confirmed.status_code == 200
    assert (await browser.get("/user")).json()["email"] == "newer@example.com"
    assert (await idp.mails(EMAIL))[-1].data.get("token") is None, "the old address is told"


async def test_an_old_address_that_begins_like_a_number_is_told_by_mail(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    old = "+new@example.com"
    account = await idp.add_account(old, PASSWORD)
    await browser.post("/auth/login", json={"email": old, "password": PASSWORD})
    await browser.put("/user/public", json={"id": account.id, "newEmail": "newer@example.com", "appUrl": APP})
    token = (await idp.last_mail("newer@example.com")).data["token"]

    await browser.put("/auth/confirm", json={"token": token})

    told = await idp.last_mail(old)
    assert (told.channel, told.data.get("token")) == ("email", None)


async def test_somebody_elses_account_is_forbidden_whether_it_exists_or_not(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    other = await idp.add_account("other@example.com", PASSWORD)
    await login(browser)

    theirs = await browser.get(f"/user/{other.id}")
    nobodys = await browser.get("/user/notuuid")
    change = await browser.put("/user/public", json={"id": other.id, "firstName": "Mine"})

    assert theirs.status_code == nobodys.status_code == change.status_code == 403
    assert theirs.json() == {"message": "Forbidden resource", "error": "Forbidden", "statusCode": 403}


async def test_an_administrator_of_a_shared_jurisdiction_may_look(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    citizen = await idp.add_account("citizen@example.com", PASSWORD, jurisdictions=["Bay Area"])
    stranger = await idp.add_account("stranger@example.com", PASSWORD, jurisdictions=["Elsewhere"])
    admin = await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_role(admin, "Bay Area", "jurisdictional_admin")
    await login(browser)

    assert (await browser.get(f"/user/{citizen.id}")).status_code == 200
    assert (await browser.get(f"/user/{stranger.id}")).status_code == 403


async def test_a_date_that_is_none_is_told_without_being_quoted(browser: httpx2.AsyncClient) -> None:
    answer = await register(browser, dob="<script>")

    assert answer.status_code == 400
    assert answer.json()["message"] == ["dob must be a Date instance"]
