"""One-time codes and second factors (threat rows 45, 47, 49, 55, 57 to 64)."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pyotp
import pytest

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import CodeRejected
from idp.core.session import Source
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.security.acts import (
    BAY_AREA,
    EMAIL,
    PHONE,
    another,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    forgot,
    login,
    mailed_code,
    nodeloom_login,
)
from tests.security.conftest import Opened

OPERATOR = Source(address="cli")
SIGN_IN = "is your secure"


async def account_of(idp: TestProvider, email: str = EMAIL) -> Account:
    found = await idp.provider.store.read(lambda work: work.accounts.by_email(EmailAddress(email)))
    assert found is not None
    return found


@pytest.fixture
async def totp(idp: TestProvider) -> pyotp.TOTP:
    """Jane's app."""
    account = await idp.add_account(EMAIL)
    added = await Administration(idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)
    assert added.enrolment is not None
    return pyotp.TOTP(added.enrolment.secret)


async def test_a_totp_code_is_good_once_at_all_doors_together(
    idp: TestProvider, browser: httpx2.AsyncClient, totp: pyotp.TOTP
) -> None:
    """Row 47 (Keycloak #13607): not again in its window, nor an earlier one, nor at the other contract."""
    now = idp.clock.now()
    earlier, code = totp.at(now - timedelta(seconds=30)), totp.at(now)

    first = await login(browser, mfaCode=code)
    again = [await login(browser, mfaCode=code), await nodeloom_login(browser, mfaCode=code)]
    before = await login(browser, mfaCode=earlier, mfaType="totp")
    idp.clock.advance(timedelta(seconds=30))
    next_one = await login(browser, mfaCode=totp.at(idp.clock.now()))

    assert first.status_code == 201
    assert [answer.status_code for answer in again] == [401, 401]
    assert before.status_code == 401
    assert next_one.status_code == 201


@pytest.mark.parametrize("decorated", [" {}", "{} ", "{}\n", "\t{}", "+{}", "0{}", "{}0", "{}.0", "\u0660{}"])
async def test_a_totp_code_is_six_digits_and_nothing_else(
    idp: TestProvider, browser: httpx2.AsyncClient, totp: pyotp.TOTP, decorated: str
) -> None:
    """Row 49 (Vault CVE-2025-6015)."""
    code = totp.at(idp.clock.now())

    assert (await login(browser, mfaCode=decorated.format(code))).status_code == 401
    assert (await login(browser, mfaCode=code)).status_code == 201


async def test_digits_of_other_scripts_are_no_digits(
    idp: TestProvider, browser: httpx2.AsyncClient, totp: pyotp.TOTP
) -> None:
    code = totp.at(idp.clock.now())
    arabic = code.translate({ord("0") + digit: 0x660 + digit for digit in range(10)})

    assert (await login(browser, mfaCode=arabic)).status_code == 401


async def test_a_code_sent_one_way_is_no_code_of_another(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 55: each step is bound to its own."""
    phone: dict[str, Any] = {"phone_number": PHONE, "phone_verified_at": idp.clock.now()}
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email", "sms"}), **phone)
    await ask_mfa_code(browser)
    code = await mailed_code(idp)

    assert (await login(browser, mfaCode=code, mfaType="sms")).status_code == 401
    assert (await login(browser, mfaCode=code, mfaType="totp")).status_code == 401


async def test_a_code_asked_for_by_another_way_replaces_the_one_before(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 45: one live code per account and purpose, whatever the channel."""
    phone: dict[str, Any] = {"phone_number": PHONE, "phone_verified_at": idp.clock.now()}
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email", "sms"}), **phone)
    await ask_mfa_code(browser)
    by_mail = await mailed_code(idp)
    await ask_mfa_code(browser, mfaType="sms")
    by_sms = await mailed_code(idp, PHONE)

    if by_mail != by_sms:
        assert (await login(browser, mfaCode=by_mail)).status_code == 401
    assert (await login(browser, mfaCode=by_sms)).status_code == 201


async def test_the_code_of_one_person_is_nothing_to_another(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 61 (Gogs CVE-2025-64175): found by person and purpose first, compared then."""
    for email in (EMAIL, "attacker@example.com", "third@example.com"):
        await idp.add_account(email, mfa_methods=frozenset({"email"}), jurisdictions=[BAY_AREA])
    await idp.add_account("plain@example.com", jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    await ask_mfa_code(browser, "attacker@example.com")
    second = await mailed_code(idp, "attacker@example.com")
    await ask_sign_in_code(browser, "third@example.com")
    first = await mailed_code(idp, "third@example.com")
    await ask_mfa_code(browser)
    own = await mailed_code(idp)

    if second != own:
        assert (await login(browser, mfaCode=second)).status_code == 401
    assert (await code_login(browser, first, "plain@example.com")).status_code == 401


async def test_setting_up_a_factor_is_not_having_one(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 57: it counts once it was proved, and a wrong proof is a guess like any other."""
    await idp.add_account(EMAIL)
    factors = Administration(idp.provider.verbs).factors
    begun = await factors.begin(await account_of(idp), "totp")
    app = pyotp.TOTP(begun.secret)
    code = app.at(idp.clock.now())

    assert (await login(browser)).status_code == 201, "nothing is demanded yet"
    with pytest.raises(CodeRejected):
        await factors.confirm(await account_of(idp), "totp", another(code), OPERATOR)
    assert (await login(browser)).status_code == 201
    await factors.confirm(await account_of(idp), "totp", code, OPERATOR)

    assert (await login(browser)).json() == {"name": "mfaCodeIsMissing"}
    assert (await login(browser, mfaCode=code)).status_code == 401, "used up by the proof"
    assert (await idp.last_mail(EMAIL)).data == {}, "the owner is told"


@pytest.mark.parametrize(
    ("enrolled", "asked"), [("totp", "email"), ("totp", "sms"), ("sms", "email"), ("email", "sms")]
)
async def test_nobody_steps_down_to_a_way_they_did_not_enrol_for(
    idp: TestProvider, browser: httpx2.AsyncClient, enrolled: str, asked: str
) -> None:
    """Row 58."""
    phone: dict[str, Any] = {"phone_number": PHONE, "phone_verified_at": idp.clock.now()}
    await idp.add_account(EMAIL, mfa_methods=frozenset({enrolled}), **phone)

    answer = await ask_mfa_code(browser, mfaType=asked)

    assert answer.status_code == 401
    assert await idp.mails() == []


async def test_where_a_tenant_demands_a_factor_a_number_out_of_the_request_is_none(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Rows 58, 59: who enrolled for nothing proves it by the mailbox that is theirs, not by a phone that they name."""
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
    await idp.set_flag("mfa", True, jurisdiction=BAY_AREA)
    stolen = await ask_mfa_code(browser, mfaType="sms", phoneNumber=PHONE)

    assert stolen.status_code == 401
    assert await idp.mails() == []
    await ask_mfa_code(browser)
    assert (await login(browser, mfaCode=await mailed_code(idp))).status_code == 201


async def test_a_number_kept_but_never_proved_is_no_second_factor_either(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, jurisdictions=[BAY_AREA], phone_number=PHONE)
    await idp.set_flag("mfa", True, jurisdiction=BAY_AREA)

    assert (await ask_mfa_code(browser, mfaType="sms")).status_code == 401
    assert await idp.mails() == []


async def test_a_proved_number_is_changed_with_the_password_and_its_owner_is_told(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """Row 59: a session alone, which may be stolen, moves no second factor to another phone."""
    phone: dict[str, Any] = {"phone_number": PHONE, "phone_verified_at": idp.clock.now()}
    await idp.add_account(EMAIL, mfa_methods=frozenset({"sms"}), **phone)
    await ask_mfa_code(browser, mfaType="sms")
    await login(browser, mfaCode=await mailed_code(idp, PHONE), mfaType="sms")
    other = "+14155550199"

    refused = await browser.put("/user/public", json={"phoneNumber": other})
    removed = await browser.put("/user/public", json={"phoneNumber": None})
    assert (refused.status_code, removed.status_code) == (400, 400)
    assert (await browser.get("/user")).json()["phoneNumber"] == PHONE

    changed = await browser.put("/user/public", json={"phoneNumber": other, "currentPassword": "correct horse battery"})
    assert changed.status_code == 200
    assert (changed.json()["phoneNumber"], changed.json()["phoneNumberVerified"]) == (other, False)
    assert (await idp.mails(EMAIL))[-1].data == {}
    told = (await idp.mails(PHONE))[-1]
    assert told.channel == "sms"
    assert "sign-in method" in told.text
    assert not await idp.mails(other)


async def test_a_number_that_guards_nothing_is_changed_freely(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.add_account(EMAIL, phone_number=PHONE)
    await login(browser)

    answer = await browser.put("/user/public", json={"phoneNumber": "+14155550199"})

    assert answer.json()["phoneNumber"] == "+14155550199"


async def test_a_number_is_proved_by_its_code_alone(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 60 (ZITADEL CVE-2026-27946): not by asking, not by another code."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email", "sms"}))
    await ask_mfa_code(browser, mfaType="sms", phoneNumber=PHONE)
    await ask_mfa_code(browser)
    await login(browser, mfaCode=await mailed_code(idp))

    user = (await browser.get("/user")).json()

    assert (user["phoneNumber"], user["phoneNumberVerified"]) == (PHONE, False)


async def test_no_answer_holds_a_code_or_token(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 63."""
    await idp.add_account(EMAIL, mfa_methods=frozenset({"email"}), jurisdictions=[BAY_AREA])
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    answers = [await ask_mfa_code(browser), await ask_sign_in_code(browser), await forgot(browser)]
    secrets = [value for mail in await idp.mails() for value in mail.data.values()]

    assert len(secrets) == 4
    for answer in answers:
        told = answer.text + str(answer.headers)
        assert not [secret for secret in secrets if secret in told]


async def test_codes_do_not_repeat_and_keep_their_noughts(opened: Opened) -> None:
    """Row 64 (ASVS 6.5.3)."""
    async with opened(throttle={"messages": "1000/1m", "sources": "1000/1m"}) as idp, idp.browser() as browser:
        await idp.add_account(EMAIL, jurisdictions=[BAY_AREA])
        await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
        for _ in range(60):
            await ask_sign_in_code(browser)
        codes = [mail.data["code"] for mail in await idp.mails()]

    assert all(re.fullmatch(r"[0-9]{6}", code) for code in codes)
    assert len(set(codes)) > 55
    assert len({code[0] for code in codes}) > 5
