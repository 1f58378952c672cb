"""Who registers on the way to an app goes on to it by the link in the mail: in that browser, as that account alone."""

from datetime import timedelta

import httpx2

from idp.core.client import ClientTerms
from idp.testing.provider import TestProvider
from tests.pages.app import add_app, answer_in, authorize
from tests.pages.person import EMAIL, PASSWORD, Person
from tests.pages.test_register import TYPED, path_in_mail

OTHER = "mallory@example.com"


async def registered(idp: TestProvider, person: Person, email: str = EMAIL, **asked: str) -> str:
    """The path of the link in the mail."""
    await person.open(authorize(prompt="create", **asked))
    await person.send("register-form", **{**TYPED, "email": email})
    assert person.path.startswith("/registered?interaction=")
    return await path_in_mail(idp, email)


async def confirmed(person: Person, path: str) -> httpx2.Response:
    await person.open(path)
    return await person.send("confirm-form")


async def test_they_reach_the_app_without_giving_the_password_twice(idp: TestProvider, person: Person) -> None:
    await add_app(idp)

    await confirmed(person, await registered(idp, person))

    assert person.path.startswith("/consent/")
    answer = await person.send("consent-allow")
    assert "code" in answer_in(answer.headers["location"])


async def test_the_page_of_the_link_lets_its_button_lead_to_the_app(idp: TestProvider, person: Person) -> None:
    """Chromium holds a form's redirects to form-action."""
    await add_app(idp, terms=ClientTerms(skip_consent=True))

    answer = await person.open(await registered(idp, person))

    assert "form-action 'self' https: https://app.example.com" in answer.headers["content-security-policy"]


async def test_in_another_browser_the_link_leads_to_the_account(idp: TestProvider, person: Person) -> None:
    """The app's request stays with the browser that brought it (row 55)."""
    await add_app(idp)
    path = await registered(idp, person)

    async with idp.browser() as other:
        elsewhere = Person(other)
        await confirmed(elsewhere, path)

        assert elsewhere.path == "/account"


async def test_another_accounts_link_does_not_sign_that_account_in_to_the_app(
    idp: TestProvider, person: Person
) -> None:
    """Row 9: an attacker who passes on a link of their own does not become the app's user in my browser."""
    await add_app(idp)
    await registered(idp, person)
    async with idp.browser() as other:
        theirs = await registered(idp, Person(other), OTHER)

    await confirmed(person, theirs)

    assert person.path == "/account"


async def test_an_account_that_somebody_made_for_my_address_before_does_not_reach_the_app(
    idp: TestProvider, person: Person
) -> None:
    """Rows 9, 39: they know its password. My own registration then made none, and nothing shows it."""
    await add_app(idp)
    async with idp.browser() as other:
        attacker = Person(other)
        await registered(idp, attacker)
        shape = [len(part) for part in other.cookies["idp-registered"].split(".")]
    await registered(idp, person)
    assert [len(part) for part in person.browser.cookies["idp-registered"].split(".")] == shape

    await person.open(await path_in_mail(idp))
    await person.send("reset-form", password="another horse battery", password_again="another horse battery")

    assert person.path == "/account"


async def test_another_browsers_word_is_not_taken(idp: TestProvider, person: Person) -> None:
    """Row 3."""
    await add_app(idp)
    async with idp.browser() as other:
        attacker = Person(other)
        path = await registered(idp, attacker, OTHER)
        planted = other.cookies["idp-registered"]
    await person.open("/login")
    person.browser.cookies.set("idp-registered", planted)

    await confirmed(person, path)

    assert person.path == "/account"


async def test_a_request_that_is_over_leads_to_the_account(idp: TestProvider, person: Person) -> None:
    await add_app(idp)
    path = await registered(idp, person)
    idp.clock.advance(timedelta(minutes=59))

    await confirmed(person, path)

    assert person.path == "/account"


async def test_an_app_that_insists_on_two_proofs_is_not_reached_by_a_link(idp: TestProvider, person: Person) -> None:
    """Row 56: the sign-in page asks for both."""
    await add_app(idp)
    wanted = '{"id_token":{"acr":{"essential":true,"values":["https://refeds.org/profile/mfa"]}}}'

    await confirmed(person, await registered(idp, person, claims=wanted))

    assert person.path == "/account"


async def test_who_registers_without_an_app_comes_to_the_account(idp: TestProvider, person: Person) -> None:
    await person.open("/register")
    await person.send("register-form", **TYPED)
    assert person.path == "/registered"

    await confirmed(person, await path_in_mail(idp))

    assert person.path == "/account"
    assert "idp-registered" not in person.browser.cookies


async def test_reading_the_page_again_while_the_mail_comes_shows_it_again(idp: TestProvider, person: Person) -> None:
    await person.open("/register")
    await person.send("register-form", **{**TYPED, "password": PASSWORD})

    await person.open("/registered")

    assert person.page.ids["registered"]
