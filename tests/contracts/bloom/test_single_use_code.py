"""POST /user/request-single-use-code and POST /auth/loginViaSingleUseCode (seed Bloom; bloom.md §3.2, §6)."""

from datetime import timedelta
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD = "user@example.com", "correct horse battery"
REQUEST, LOGIN = "/user/request-single-use-code", "/auth/loginViaSingleUseCode"


@pytest.fixture
async def offered(idp: TestProvider) -> None:
    """An account in a jurisdiction that allows codes."""
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])
    await idp.set_flag("enableSingleUseCode", True, jurisdiction="Bay Area")


async def code_for(idp: TestProvider, browser: httpx2.AsyncClient, **headers: str) -> str:
    answer = await browser.post(REQUEST, json={"email": EMAIL}, headers=headers)
    assert answer.status_code == 201
    assert answer.json() == {"success": True}
    return (await idp.last_mail(EMAIL)).data["code"]


@pytest.mark.usefixtures("offered")
@pytest.mark.parametrize("headers", [{}, {"jurisdictionname": "Bay Area"}])
async def test_a_code_signs_in(idp: TestProvider, browser: httpx2.AsyncClient, headers: dict[str, str]) -> None:
    code = await code_for(idp, browser, **headers)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code}, headers=headers)

    assert answer.status_code == 201
    assert answer.json() == {"success": True}
    assert (await browser.get("/user")).json()["email"] == EMAIL


@pytest.mark.usefixtures("offered")
async def test_the_subject_carries_code_and_jurisdiction(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    code = await code_for(idp, browser)

    assert (await idp.last_mail(EMAIL)).subject == f"{code} is your secure Bay Area sign-in code"


@pytest.mark.usefixtures("offered")
async def test_a_code_works_once(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    code = await code_for(idp, browser)
    assert (await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})).status_code == 201

    again = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})

    assert again.status_code == 401
    assert again.json()["message"] == "singleUseCodeUnauthorized"


@pytest.mark.usefixtures("offered")
async def test_a_code_dies_after_ten_minutes(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    code = await code_for(idp, browser)
    idp.clock.advance(timedelta(minutes=10, seconds=1))

    assert (await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})).status_code == 401


@pytest.mark.usefixtures("offered")
async def test_wrong_expired_missing_and_unknown_read_the_same(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 38: "no code pending" is "wrong code", and a stranger's address is answered alike."""
    none_pending = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": "123456"})
    unknown = await browser.post(LOGIN, json={"email": "nobody@example.com", "singleUseCode": "123456"})

    assert none_pending.status_code == unknown.status_code == 401
    assert (
        none_pending.json()
        == unknown.json()
        == {
            "message": "singleUseCodeUnauthorized",
            "failureCountRemaining": 5,
        }
    )


@pytest.mark.usefixtures("offered")
async def test_after_five_wrong_codes_even_the_right_one_is_refused(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    code = await code_for(idp, browser)
    wrong = "000000" if code != "000000" else "111111"
    for _ in range(5):
        await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": wrong})

    assert (await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})).status_code == 401


async def test_with_the_flag_off_nothing_is_sent_and_the_answer_is_the_same(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Seed: only when the flag is active for a jurisdiction."""
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"])

    answer = await browser.post(REQUEST, json={"email": EMAIL})

    assert answer.status_code == 201
    assert await idp.mails() == []


@pytest.mark.usefixtures("offered")
async def test_a_flag_switched_off_kills_the_codes_already_sent(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 126."""
    code = await code_for(idp, browser)
    await idp.set_flag("single_use_code", False, jurisdiction="Bay Area")

    assert (await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})).status_code == 401


@pytest.mark.usefixtures("offered")
async def test_an_unknown_jurisdiction_is_a_clear_400_for_everybody(browser: httpx2.AsyncClient) -> None:
    headers = {"jurisdictionname": "Atlantis"}

    known = await browser.post(REQUEST, json={"email": EMAIL}, headers=headers)
    unknown = await browser.post(REQUEST, json={"email": "nobody@example.com"}, headers=headers)

    assert known.status_code == unknown.status_code == 400
    assert known.json() == unknown.json()
    assert known.json()["message"] == "Jurisdiction Atlantis does not exists"


@pytest.mark.usefixtures("offered")
async def test_naming_another_jurisdiction_widens_nothing(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 123: the header selects among the account's own, never beyond."""
    await idp.set_flag("single_use_code", True, jurisdiction="Elsewhere")
    await idp.set_flag("single_use_code", False, jurisdiction="Bay Area")

    await browser.post(REQUEST, json={"email": EMAIL}, headers={"jurisdictionname": "Elsewhere"})

    assert await idp.mails() == []


async def test_an_unconfirmed_account_is_confirmed_by_its_code(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"], confirmed=False)
    await idp.set_flag("single_use_code", True, jurisdiction="Bay Area")
    code = await code_for(idp, browser)

    answer = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})

    assert answer.status_code == 201
    assert (await browser.get("/user")).json()["confirmedAt"] is not None


async def test_an_account_with_a_second_factor_gets_no_session_by_a_code_alone(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Rows 51, 53 (Kratos CVE-2024-45042): the same mailbox is no second factor."""
    await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"], mfa_methods=frozenset({"email"}))
    await idp.set_flag("single_use_code", True, jurisdiction="Bay Area")
    code = await code_for(idp, browser)
    await browser.post("/auth/request-mfa-code", json={"email": EMAIL, "password": PASSWORD, "mfaType": "email"})
    second = (await idp.last_mail(EMAIL)).data["code"]

    alone = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code})
    same_box = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code, "mfaCode": second})

    assert alone.status_code == same_box.status_code == 401
    assert alone.json() == {"name": "mfaCodeIsMissing"}
    assert "set-cookie" not in same_box.headers


async def test_a_code_with_a_second_factor_by_sms_signs_in(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(
        EMAIL,
        PASSWORD,
        jurisdictions=["Bay Area"],
        mfa_methods=frozenset({"sms"}),
        phone_number="+14155552671",
        phone_verified_at=idp.clock.now(),
    )
    await idp.set_flag("single_use_code", True, jurisdiction="Bay Area")
    code = await code_for(idp, browser)
    await browser.post("/auth/request-mfa-code", json={"email": EMAIL, "password": PASSWORD, "mfaType": "sms"})
    second = (await idp.last_mail("+14155552671")).data["code"]

    answer = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": code, "mfaCode": second})

    assert answer.status_code == 201


@pytest.mark.parametrize("body", [{}, {"email": EMAIL}, {"singleUseCode": "123456"}])
async def test_missing_fields_are_401_as_passport_has_it(browser: httpx2.AsyncClient, body: object) -> None:
    assert (await browser.post(LOGIN, json=body)).status_code == 401


async def test_a_jurisdiction_without_passwords_signs_up_by_code(tmp_path: Path, template: Path) -> None:
    """bloom.md §10.4: a code must arrive, and confirms the account."""
    jurisdictions = {"Codes": {"sign_up_by_code": True, "flags": {"single_use_code": True}}}
    headers = {"jurisdictionname": "Codes"}
    sign_up = {"email": EMAIL, "password": PASSWORD, "firstName": "New", "lastName": "Person"}
    async with provider_at(tmp_path, template=template, jurisdictions=jurisdictions) as idp, idp.browser() as browser:
        await browser.post("/user/public", json=sign_up, headers=headers)
        mail = await idp.last_mail(EMAIL)
        answer = await browser.post(LOGIN, json={"email": EMAIL, "singleUseCode": mail.data["code"]}, headers=headers)

    assert mail.subject == f"{mail.data['code']} is your secure Codes verification code"
    assert answer.status_code == 201


async def test_mails_speak_the_persons_language_else_the_jurisdictions(tmp_path: Path, template: Path) -> None:
    jurisdictions = {
        "Norte": {
            "languages": ["es", "en"],
            "email_from": "norte@example.com",
            "flags": {"single_use_code": True},
        }
    }
    async with provider_at(tmp_path, template=template, jurisdictions=jurisdictions) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Norte"])
        await idp.add_account("en@example.com", PASSWORD, jurisdictions=["Norte"], language="en")
        for address in (EMAIL, "en@example.com"):
            await browser.post(REQUEST, json={"email": address})
        spanish, english = await idp.last_mail(EMAIL), await idp.last_mail("en@example.com")

    assert "código" in spanish.text
    assert "sign-in code" in english.subject
