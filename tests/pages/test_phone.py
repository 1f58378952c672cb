"""The telephone number on the account page: codes may go to it (ASVS 7.5.1, row 59)."""

from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.testing.provider import TestProvider
from tests.pages.factors import codes
from tests.pages.person import EMAIL, PASSWORD, Person

NUMBER = "+14155550123"


async def number_of(idp: TestProvider, account: Account) -> str | None:
    kept = await idp.provider.store.read(lambda work: work.accounts.by_id(account.id))
    assert kept is not None
    return kept.phone_number


async def test_it_is_added_changed_and_taken_away(idp: TestProvider, person: Person) -> None:
    account = await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    for typed, kept, shown in (
        ("(415) 555-0123", NUMBER, "+1 415-555-0123"),
        ("+34 912345678", "+34912345678", "+34 912 34 56 78"),
    ):
        await person.open("/account/phone")
        answer = await person.send("phone-form", phone_number=typed)
        assert person.path == "/account"
        assert await number_of(idp, account) == kept
        assert shown in answer.text
    await person.open("/account/phone")
    await person.send("phone-form", button="phone-remove")

    assert await number_of(idp, account) is None


@pytest.mark.parametrize("typed", ["", "12", "my number"])
async def test_what_is_no_number_is_told_beside_the_field(idp: TestProvider, person: Person, typed: str) -> None:
    """An empty field is a slip: to take the number away is a button."""
    account = await idp.add_account(EMAIL, PASSWORD, phone_number=NUMBER)
    await person.sign_in("/login?next=/account/phone")

    answer = await person.send("phone-form", button="phone-submit", phone_number=typed)

    assert answer.status_code == 400
    assert person.page.ids["phone_number"]["aria-invalid"] == "true"
    assert await number_of(idp, account) == NUMBER


@pytest.mark.parametrize("button", ["phone-submit", "phone-remove"])
async def test_a_session_that_was_left_open_changes_nothing(idp: TestProvider, person: Person, button: str) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, phone_number=NUMBER)
    await person.sign_in("/login?next=/account/phone")
    idp.clock.advance(timedelta(minutes=10))

    await person.send("phone-form", button=button, phone_number="+34912345678")

    assert person.path.startswith("/login?again=1")
    assert await number_of(idp, account) == NUMBER


async def test_a_number_that_gets_codes_takes_the_password_as_well(idp: TestProvider, person: Person) -> None:
    account = await idp.add_account(EMAIL, PASSWORD, phone_number=NUMBER, phone_verified_at=idp.clock.now())
    await idp.enrol(account, "email")
    await person.sign_in("/login?next=/account/phone")
    await person.send("mfa-form", code=(await codes(idp))[-1])

    for password, status in (("", 401), ("wrong", 401)):
        answer = await person.send("phone-form", button="phone-remove", current_password=password)
        assert answer.status_code == status
    assert await number_of(idp, account) == NUMBER
    await person.send("phone-form", button="phone-remove", current_password=PASSWORD)

    assert await number_of(idp, account) is None
