"""POST /auth/request-mfa-code and the second step of POST /auth/login (seed Bloom; bloom.md §3.4, §5)."""

from datetime import timedelta

import httpx2
import pytest

from idp.testing.provider import TestProvider

EMAIL, PASSWORD = "partner@example.com", "correct horse battery"
CREDENTIALS = {"email": EMAIL, "password": PASSWORD}
REQUEST, LOGIN = "/auth/request-mfa-code", "/auth/login"


@pytest.fixture
async def partner(idp: TestProvider) -> None:
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email", "sms"}), jurisdictions=["Bay Area"])


async def ask(browser: httpx2.AsyncClient, **more: str) -> httpx2.Response:
    return await browser.post(REQUEST, json={**CREDENTIALS, "mfaType": "email", **more})


@pytest.mark.usefixtures("partner")
async def test_without_a_code_the_answer_names_what_is_missing(browser: httpx2.AsyncClient) -> None:
    answer = await browser.post(LOGIN, json=CREDENTIALS)

    assert answer.status_code == 401
    assert answer.json() == {"name": "mfaCodeIsMissing"}
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("partner")
async def test_a_code_by_mail_completes_the_login(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    asked = await ask(browser)
    mail = await idp.last_mail(EMAIL)

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": mail.data["code"], "mfaType": "email"})

    assert asked.status_code == 201
    assert asked.json() == {"email": EMAIL, "phoneNumberVerified": None}
    assert mail.data["code"] not in asked.text
    assert len(mail.data["code"]) == 6
    assert mail.data["code"] in mail.text
    assert answer.status_code == 201
    assert "access-token" in browser.cookies


@pytest.mark.usefixtures("partner")
async def test_a_code_by_sms_proves_the_number_named_with_the_request(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    number = "+14155552671"
    missing = await ask(browser, mfaType="sms")
    asked = await ask(browser, mfaType="sms", phoneNumber="(415) 555-2671")
    message = await idp.last_mail(number)

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": message.data["code"], "mfaType": "sms"})

    assert missing.status_code == 401
    assert missing.json()["name"] == "phoneNumberMissing"
    assert asked.json() == {"phoneNumber": number, "phoneNumberVerified": False}
    assert message.channel == "sms"
    assert answer.status_code == 201
    assert (await browser.get("/user")).json()["phoneNumberVerified"] is True
    again = await ask(browser, mfaType="sms", phoneNumber="+14155552672")
    assert again.status_code == 401
    assert again.json()["message"] == "phone number can only be specified the first time using mfa"


@pytest.mark.usefixtures("partner")
async def test_a_wrong_code_says_so_and_counts(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]
    wrong = "000000" if code != "000000" else "111111"

    first = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": wrong})
    second = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": wrong})
    right = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})

    assert first.status_code == 401
    assert first.json() == {"message": "mfaUnauthorized", "failureCountRemaining": 5}
    assert second.json()["failureCountRemaining"] == 4
    assert right.status_code == 201


@pytest.mark.usefixtures("partner")
async def test_a_code_works_once(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]
    assert (await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})).status_code == 201

    again = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})

    assert again.status_code == 401


@pytest.mark.usefixtures("partner")
async def test_a_code_dies_after_ten_minutes(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]
    idp.clock.advance(timedelta(minutes=10, seconds=1))

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})

    assert answer.status_code == 401


@pytest.mark.usefixtures("partner")
async def test_a_new_code_kills_the_one_before(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 45: many live codes multiply the chance of a guess."""
    await ask(browser)
    await ask(browser)
    first, second = [mail.data["code"] for mail in await idp.mails(EMAIL)]

    old = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": first})
    new = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": second})

    assert old.status_code == (201 if first == second else 401)
    assert new.status_code == 201


@pytest.mark.usefixtures("partner")
@pytest.mark.parametrize("decorated", [" {}", "{} ", "{}\n", "+{}"])
async def test_blanks_around_a_code_are_a_wrong_code(
    idp: TestProvider, browser: httpx2.AsyncClient, decorated: str
) -> None:
    """Row 49 (Vault CVE-2025-6015)."""
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": decorated.format(code)})

    assert answer.status_code == 401


@pytest.mark.usefixtures("partner")
@pytest.mark.parametrize("value", [["123456"], 123456, {"a": 1}, True])
async def test_a_code_of_another_type_is_malformed(browser: httpx2.AsyncClient, value: object) -> None:
    """Row 50: no list of guesses, no coercion."""
    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": value})

    assert answer.status_code == 400
    assert answer.json()["message"] == ["mfaCode must be a string"]


@pytest.mark.usefixtures("partner")
async def test_after_five_wrong_codes_even_the_right_one_is_refused(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Rows 44, 45: guesses count per account, over all codes and requests."""
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": wrong})

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})

    assert answer.status_code == 401
    assert "set-cookie" not in answer.headers


@pytest.mark.usefixtures("partner")
async def test_asking_for_codes_is_no_way_to_guess_passwords(browser: httpx2.AsyncClient) -> None:
    """The source counts no failures there; ours shares the login's counter (row 31)."""
    for _ in range(5):
        assert (await browser.post(REQUEST, json={**CREDENTIALS, "password": "wrong", "mfaType": "email"})).json() != {}

    answer = await browser.post(LOGIN, json=CREDENTIALS)

    assert answer.status_code == 401
    assert answer.json()["message"] == "Failed login attempts exceeded."


@pytest.mark.usefixtures("partner")
async def test_a_stranger_and_a_wrong_password_read_the_same(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    wrong = await ask(browser, password="wrong")
    unknown = await ask(browser, email="nobody@example.com")

    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert await idp.mails() == []


@pytest.mark.usefixtures("partner")
async def test_messages_to_one_address_are_capped(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 42: five in ten minutes."""
    answers = [await ask(browser) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [201] * 5 + [429]
    assert "retry-after" in answers[-1].headers
    assert len(await idp.mails(EMAIL)) == 5


async def test_a_single_use_code_is_no_mfa_code(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 62: the source keeps both in one column."""
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}), jurisdictions=["Bay Area"])
    await idp.set_flag("single_use_code", True, jurisdiction="Bay Area")
    await browser.post("/user/request-single-use-code", json={"email": EMAIL})
    code = (await idp.last_mail(EMAIL)).data["code"]

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code})

    assert answer.status_code == 401


async def test_a_jurisdiction_can_demand_a_second_factor_of_everybody(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Seed: MFA can be enabled per jurisdiction; one that demands it is enough."""
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area", "Elsewhere"])
    assert (await browser.post(LOGIN, json=CREDENTIALS)).status_code == 201
    await idp.set_flag("enableMfa", True, jurisdiction="Elsewhere")

    refused = await browser.post(LOGIN, json=CREDENTIALS)
    await ask(browser)
    code = (await idp.last_mail(EMAIL)).data["code"]
    let_in = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": code}, headers={"jurisdictionname": "Bay Area"})

    assert refused.json() == {"name": "mfaCodeIsMissing"}
    assert let_in.status_code == 201


async def test_only_enrolled_methods_can_be_asked_for(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 58: who enrolled for TOTP cannot fall back to mail."""
    await idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"totp"}))

    answer = await ask(browser)

    assert answer.status_code == 401
    assert await idp.mails() == []


async def test_an_account_without_a_second_factor_may_send_any_code(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """bloom.md §3.1 #8: it is ignored, so the seed's own example works as printed."""
    await idp.add_account(EMAIL, PASSWORD)

    answer = await browser.post(LOGIN, json={**CREDENTIALS, "mfaCode": "123456"})

    assert answer.status_code == 201


@pytest.mark.usefixtures("partner")
async def test_an_unknown_type_is_400(browser: httpx2.AsyncClient) -> None:
    answer = await ask(browser, mfaType="pigeon")

    assert answer.status_code == 400
    assert answer.json()["message"][0].startswith("mfaType must be one of the following values: ")


@pytest.mark.usefixtures("partner")
async def test_a_number_that_is_none_is_400(browser: httpx2.AsyncClient) -> None:
    answer = await ask(browser, mfaType="sms", phoneNumber="12")

    assert answer.status_code == 400
    assert answer.json()["message"] == ["phoneNumber must be a valid phone number"]
