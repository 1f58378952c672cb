"""Signing in with a code by mail in place of a password."""

import pytest

from idp.testing.provider import TestProvider
from tests.pages.factors import account_with_totp, shown
from tests.pages.person import EMAIL, PASSWORD, Person


async def test_it_is_offered_only_where_it_is_on(idp: TestProvider, person: Person) -> None:
    await person.open("/login")
    assert "login-code" not in person.page.ids

    await idp.set_flag("single_use_code", True)

    await person.open("/login")
    assert "login-code" in person.page.ids


async def test_the_code_signs_in(idp: TestProvider, person: Person) -> None:
    await idp.set_flag("single_use_code", True)
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/login-code?next=/account/apps")

    await person.send("login-code-form", email=EMAIL)
    await person.send("login-code-submit", code=(await idp.last_mail(EMAIL)).data["code"])

    assert person.path == "/account/apps"


async def test_an_address_that_nobody_has_looks_the_same(idp: TestProvider, person: Person) -> None:
    """Row 38."""
    await idp.set_flag("single_use_code", True)
    await idp.add_account(EMAIL, PASSWORD)
    seen = []
    for email in (EMAIL, "nobody@example.com"):
        await person.open("/login-code")
        sent = await person.send("login-code-form", email=email)
        wrong = await person.send("login-code-submit", code="000000")
        seen.append([(one.status_code, one.text.replace(email, "…")) for one in (sent, wrong)])

    assert seen[0] == seen[1]
    assert seen[0][1][0] == 401


async def test_who_has_a_second_factor_is_asked_for_it_and_not_for_the_same_mailbox(
    idp: TestProvider, person: Person
) -> None:
    """Row 53."""
    await idp.set_flag("single_use_code", True)
    account, secret = await account_with_totp(idp)
    await idp.enrol(account, "totp", "email")
    await person.open("/login-code")
    await person.send("login-code-form", email=EMAIL)

    await person.send("login-code-submit", code=(await idp.last_mail(EMAIL)).data["code"])

    assert person.path.startswith("/second-factor/")
    assert "Code by e-mail" not in person.answer.text
    await person.send("mfa-form", code=shown(idp, secret))
    assert person.path == "/account"


async def test_a_code_is_used_up_by_its_own_step(idp: TestProvider, person: Person) -> None:
    """Rows 46, 55: whether or not the second proof follows, it buys no second ticket."""
    await idp.set_flag("single_use_code", True)
    await account_with_totp(idp)
    await person.open("/login-code")
    await person.send("login-code-form", email=EMAIL)
    asked, code = person.answer, (await idp.last_mail(EMAIL)).data["code"]
    await person.send("login-code-submit", code=code)
    assert person.path.startswith("/second-factor/")

    person.answer = asked
    answer = await person.send("login-code-submit", code=code)

    assert answer.status_code == 401
    assert not person.path.startswith("/second-factor/")


@pytest.mark.parametrize("email", ["", "jane"])
async def test_a_malformed_address_is_said_beside_its_field(idp: TestProvider, person: Person, email: str) -> None:
    await idp.set_flag("single_use_code", True)
    await person.open("/login-code")

    answer = await person.send("login-code-form", email=email)

    assert answer.status_code == 400
    assert person.page.ids["email"]["aria-invalid"] == "true"
