"""Another mailbox or telephone: who may say so, and who hears of it (threat row 59; bloom.md §4)."""

import httpx2
import pytest

from idp.testing.provider import TestProvider

EMAIL, PASSWORD = "new@example.com", "correct horse battery"


async def login(browser: httpx2.AsyncClient) -> None:
    await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"phoneNumber": "+14155552672"}, {EMAIL, "+14155552671"}),
        ({"newEmail": "thief@example.com"}, {"thief@example.com"}),
    ],
)
async def test_a_stolen_session_cannot_redirect_the_codes(
    idp: TestProvider, browser: httpx2.AsyncClient, change: dict[str, str], told: set[str]
) -> None:
    """Row 59: of an account with a second factor, mailbox and proved number change with the password only."""
    number = "+14155552671"
    account = await idp.add_account(EMAIL, PASSWORD, phone_number=number, phone_verified_at=idp.clock.now())
    await login(browser)
    await idp.enrol(account, "sms")

    without = await browser.put("/user/public", json=change)
    wrong = await browser.put("/user/public", json={**change, "currentPassword": "wrong"})
    mails_before = await idp.mails()
    right = await browser.put("/user/public", json={**change, "currentPassword": PASSWORD})

    assert without.status_code == 400
    assert wrong.status_code == 401
    assert mails_before == []
    assert right.status_code == 200
    assert {mail.to for mail in await idp.mails()} == told


async def test_the_owner_is_told_of_a_number_that_is_no_longer_proved(
    idp: TestProvider, browser: httpx2.AsyncClient
) -> None:
    await idp.add_account(EMAIL, PASSWORD, phone_number="+14155552671", phone_verified_at=idp.clock.now())
    await login(browser)

    answer = await browser.put("/user/public", json={"phoneNumber": "+14155552672"})

    assert answer.json()["phoneNumberVerified"] is False
    assert "was added or removed" in (await idp.last_mail(EMAIL)).text
