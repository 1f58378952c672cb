"""To change passwords, factors and addresses takes more than a mailbox (NIST SP 800-63B-4 §4.1.2.1; row 56)."""

import pytest

from idp.core.account import Account
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.pages.factors import OPERATOR, STEP, account_with_totp, codes, shown
from tests.pages.person import EMAIL, PASSWORD, Person
from tests.pages.test_register import path_in_mail

GUARDED = ["/account/factors", "/account/email", "/account/phone", "/account/delete"]


async def sign_in_by_code(idp: TestProvider, person: Person) -> None:
    await idp.set_flag("single_use_code", True)
    await person.open("/login-code")
    await person.send("login-code-form", email=EMAIL)
    await person.send("login-code-form", code=(await codes(idp))[-1])


async def without_password(idp: TestProvider) -> Account:
    account = await idp.add_account(EMAIL, PASSWORD)
    await idp.provider.store.transact(lambda work: work.credentials.remove(account.id, "password"))
    return account


@pytest.mark.parametrize("path", GUARDED)
async def test_a_code_by_mail_is_not_enough_where_there_is_a_password(
    idp: TestProvider, person: Person, path: str
) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await sign_in_by_code(idp, person)
    assert person.path == "/account"

    await person.open(path)

    assert person.path.startswith("/login?again=password")
    assert "login-code" not in person.page.ids
    await person.send("login-form", email=EMAIL, password=PASSWORD)
    assert person.path == path


async def test_a_form_that_was_open_is_refused_too(idp: TestProvider, person: Person) -> None:
    account = await without_password(idp)
    await sign_in_by_code(idp, person)
    await person.open("/account/factors")
    form = person.page.forms[-1]
    encoded = await idp.provider.verbs.passwords.hash(PASSWORD)
    await idp.provider.store.transact(
        lambda work: work.credentials.put(account.id, "password", encoded, idp.clock.now())
    )

    answer = await person.browser.post("/account/factors", data={**form.fields, "do": "begin", "method": "totp"})

    assert answer.headers["location"].startswith("/login?again=password")


async def test_neither_is_the_link_of_a_reset(idp: TestProvider, person: Person) -> None:
    """It proves the mailbox; the password that it set is to be typed."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    await person.open(await path_in_mail(idp))
    await person.send("reset-form", password="battery staple correct", password_again="battery staple correct")

    await person.open("/account/factors")

    assert person.path.startswith("/login?again=password")


async def test_it_is_enough_where_there_is_nothing_else(idp: TestProvider, person: Person) -> None:
    await without_password(idp)
    await sign_in_by_code(idp, person)

    await person.open("/account/factors")

    assert person.path == "/account/factors"


async def test_who_came_by_mail_before_the_factor_does_not_get_around_it(idp: TestProvider, person: Person) -> None:
    account = await without_password(idp)
    await sign_in_by_code(idp, person)
    await person.open("/account/factors")
    form = person.page.forms[-1]
    await Administration(idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)

    answer = await person.browser.post("/account/factors", data={**form.fields, "do": "remove", "method": "totp"})

    assert answer.headers["location"].startswith("/login?again=1")


async def test_a_code_by_mail_and_the_second_factor_are_enough(idp: TestProvider, person: Person) -> None:
    """`amr` tells the two apart from one: `mfa` (RFC 8176)."""
    account, secret = await account_with_totp(idp)
    await sign_in_by_code(idp, person)
    idp.clock.advance(STEP)
    await person.send("mfa-form", code=shown(idp, secret))
    (session,) = await idp.provider.store.read(lambda work: work.sessions.of(account.id, idp.clock.now()))
    assert session.methods == ("otp", "mfa")
    await person.open("/account/factors")
    form = person.page.forms[-1]

    answer = await person.browser.post("/account/factors", data={**form.fields, "do": "remove", "method": "totp"})

    assert not answer.headers["location"].startswith("/login")
