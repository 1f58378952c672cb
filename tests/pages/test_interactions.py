"""Pages that an app's request leads to, and the way back."""

import json
from pathlib import Path

import pytest

from idp.core.client import ClientTerms
from idp.oauth.rules import MULTI_FACTOR
from idp.testing.provider import TestProvider, provider_at
from tests.pages.app import REDIRECT, add_app, answer_in, authorize
from tests.pages.factors import account_with_totp, shown
from tests.pages.person import EMAIL, PASSWORD, Person


async def test_sign_in_then_consent_then_the_code(idp: TestProvider, person: Person) -> None:
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)

    await person.sign_in(authorize())
    assert person.path.startswith("/consent/")
    answer = await person.send("consent-form", button="consent-allow")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(REDIRECT)
    assert {"code", "state", "iss"} <= set(answer_in(answer.headers["location"]))


async def test_consent_is_remembered(idp: TestProvider, person: Person) -> None:
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(authorize())
    await person.send("consent-form", button="consent-allow")

    again = await person.open(authorize())

    assert "code" in answer_in(again.headers["location"])


async def test_asked_again_the_page_shows_all_of_it(idp: TestProvider, person: Person) -> None:
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(authorize())
    await person.send("consent-form", button="consent-allow")

    answer = await person.open(authorize(prompt="consent"))

    assert 'data-scope="profile"' in answer.text


@pytest.mark.parametrize("button", ["consent-deny", ""])
async def test_whatever_is_no_clear_yes_is_a_no(idp: TestProvider, person: Person, button: str) -> None:
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(authorize())

    answer = await person.send("consent-form", button=button)

    assert answer_in(answer.headers["location"])["error"] == "access_denied"


async def test_cancelling_the_sign_in_tells_the_app(idp: TestProvider, person: Person) -> None:
    await add_app(idp)
    await person.open(authorize())

    answer = await person.send("login-cancel")

    assert answer_in(answer.headers["location"])["error"] == "access_denied"


async def test_the_page_shows_whom_it_is_for(idp: TestProvider, person: Person) -> None:
    await add_app(
        idp,
        logo_uri="https://app.example.com/logo.png",
        policy_uri="https://app.example.com/privacy",
        tos_uri="https://app.example.com/terms",
    )

    text = (await person.open(authorize(login_hint=EMAIL))).text

    assert "Rooms &amp; Roofs" in text
    assert '<img class="app-logo" src="https://app.example.com/logo.png"' in text
    assert 'href="https://app.example.com/privacy"' in text
    assert 'href="https://app.example.com/terms"' in text
    assert person.page.ids["email"]["value"] == EMAIL


async def test_the_page_speaks_the_language_that_the_app_asks_for(idp: TestProvider, person: Person) -> None:
    await add_app(idp)

    answer = await person.open(authorize(ui_locales="de es-MX en"), **{"accept-language": "en"})

    assert answer.headers["content-language"] == "es"
    assert "Iniciar sesión" in answer.text


async def test_a_jurisdiction_lends_an_apps_pages_its_rules(idp: TestProvider, person: Person) -> None:
    await idp.set_flag("single_use_code", True, jurisdiction="Bay Area")
    await add_app(idp, terms=ClientTerms(jurisdiction="Bay Area"))

    await person.open(authorize())

    assert "login-code" in person.page.ids


async def test_the_second_factor_leads_back_to_the_app(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    _, secret = await account_with_totp(idp)
    await person.sign_in(authorize())
    assert "?interaction=" in person.path

    answer = await person.send("mfa-form", code=shown(idp, secret))

    assert "code" in answer_in(answer.headers["location"])


async def test_an_app_may_demand_a_second_factor(idp: TestProvider, person: Person) -> None:
    """Row 56: acr_values raise what is asked for, and the account's own factor, or its mailbox, has to meet it."""
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    claims = '{"id_token":{"acr":{"essential":true,"value":"https://refeds.org/profile/mfa"}}}'
    await person.sign_in(authorize(claims=claims))
    assert person.path.startswith("/second-factor/")

    answer = await person.send("mfa-form", code=(await idp.last_mail(EMAIL)).data["code"])

    assert "code" in answer_in(answer.headers["location"])


async def test_prompt_login_asks_again_and_fills_the_address_in(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    await person.open(authorize(prompt="login"))
    assert person.path.startswith("/login/")
    assert person.page.ids["email"]["value"] == EMAIL
    answer = await person.send("login-form", password=PASSWORD)

    assert "code" in answer_in(answer.headers["location"])


async def test_an_account_is_chosen(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    await person.open(authorize(prompt="select_account"))
    assert person.path.startswith("/select-account/")
    answer = await person.send("select-account-form", button="select-account")

    assert "code" in answer_in(answer.headers["location"])


async def test_or_another_one(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await idp.add_account("jim@example.com", PASSWORD)
    await person.sign_in()
    await person.open(authorize(prompt="select_account"))

    await person.open(person.page.ids["other-account"]["href"])
    answer = await person.send("login-form", email="jim@example.com", password=PASSWORD)

    assert "code" in answer_in(answer.headers["location"])


async def test_the_account_that_was_shown_is_the_one_that_is_chosen(idp: TestProvider, person: Person) -> None:
    """Row 9: who signed in elsewhere in this browser, since the page was shown, is not who said yes on it."""
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await idp.add_account("jim@example.com", PASSWORD)
    await person.sign_in()
    shown_page = await person.open(authorize(prompt="select_account"))
    await person.sign_in("/login?again=1", email="jim@example.com")

    person.answer = shown_page
    answer = await person.send("select-account-form", button="select-account")

    assert person.path.startswith("/login/")
    assert answer.status_code == 200


async def test_a_stranger_registers_confirms_and_reaches_the_app(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await person.open(authorize(prompt="create"))
    assert person.path.startswith("/register/")
    typed = {"first_name": "Jane", "last_name": "Doe", "password": PASSWORD, "password_again": PASSWORD}
    await person.send("register-form", email=EMAIL, **typed)

    link = (await idp.last_mail(EMAIL)).data["link"]
    await person.open(link.removeprefix("http://localhost:3100"))
    answer = await person.send("confirm-form")

    assert "code" in answer_in(answer.headers["location"])


@pytest.mark.parametrize("page", ["login", "register", "consent", "select-account"])
async def test_another_browsers_interaction_is_an_error_page(idp: TestProvider, person: Person, page: str) -> None:
    """Row 55."""
    await add_app(idp)
    await person.open(authorize())
    interaction = person.path.rpartition("/")[2]

    async with idp.browser() as other:
        thief = Person(other)
        answer = await thief.open(f"/{page}/{interaction}")

    assert answer.status_code == 400
    assert '<code id="error">invalid_request</code>' in answer.text


async def test_an_answered_interaction_is_over(idp: TestProvider, person: Person) -> None:
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await person.open(authorize())
    page = person.path
    await person.send("login-form", email=EMAIL, password=PASSWORD)

    assert (await person.open(page)).status_code == 400


async def test_who_signed_out_left_nobody_behind_in_an_open_request(idp: TestProvider, person: Person) -> None:
    """Row 16: one signed in on the way to an app and went away, another signed in over it, and signed out."""
    await add_app(idp, terms=ClientTerms(skip_consent=True))
    await idp.add_account(EMAIL, PASSWORD)
    await idp.add_account("other@example.com", PASSWORD)
    await person.open(authorize(prompt="login"))
    left = await person.send_alone("login-form", email=EMAIL, password=PASSWORD)
    await person.sign_in("/login?again=1", email="other@example.com")
    await person.open("/logout")
    await person.send("logout-form", button="logout-yes")

    await person.open(left.headers["location"])

    assert person.path.startswith("/login/")


async def test_an_unregistered_redirect_uri_is_an_error_page(idp: TestProvider, person: Person) -> None:
    """Row 93."""
    await add_app(idp)

    answer = await person.open(authorize("https://evil.example/callback"))

    assert answer.status_code == 400
    assert person.page.ids["error"]


async def test_who_comes_back_to_a_sign_in_that_is_done_is_told_so(idp: TestProvider, person: Person) -> None:
    """The back button: nothing is wrong with what the app asked for."""
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in(authorize())
    page = person.path
    await person.send("consent-form", button="consent-allow")

    answer = await person.open(page)

    assert answer.status_code == 400
    assert "<h1>This sign-in is over</h1>" in answer.text
    assert person.page.ids["error"] is not None


async def test_where_an_app_insists_on_two_factors_a_mailed_code_is_not_the_first(
    idp: TestProvider, person: Person
) -> None:
    """A code by mail and one of an app are one kind of thing: at the end of that way stood an error (row 56)."""
    await add_app(idp)
    await idp.set_flag("single_use_code", True)
    claims = {"id_token": {"acr": {"essential": True, "values": [MULTI_FACTOR]}}}
    await person.open(authorize(claims=json.dumps(claims)))
    interaction = person.path.rpartition("/")[2]

    assert "login-code" not in person.page.ids
    await person.open(f"/login-code?interaction={interaction}")
    assert person.path == f"/login/{interaction}"
    await person.open("/login-code")
    form = person.form("login-code-form")
    answer = await person.browser.post(
        f"/login-code?interaction={interaction}", data={**form.fields, "email": EMAIL, "code": "123456"}
    )
    assert answer.headers["location"] == f"/login/{interaction}"


async def test_an_app_of_a_jurisdiction_that_is_not_there_signs_people_in_all_the_same(
    idp: TestProvider, person: Person
) -> None:
    """What it names decides about looks; a slip of the operator's is no locked door."""
    await add_app(idp, terms=ClientTerms(jurisdiction="Nowhere"))
    await idp.add_account(EMAIL, PASSWORD)

    await person.sign_in(authorize())

    assert person.path.startswith("/consent/")


async def test_where_strangers_make_no_accounts_an_app_that_wants_one_gets_a_sign_in(
    tmp_path: Path, template: Path
) -> None:
    pages = {"sign_up": False}
    async with provider_at(tmp_path, template=template, pages=pages) as idp, idp.browser() as browser:
        person = Person(browser)
        await add_app(idp)
        await idp.add_account(EMAIL, PASSWORD)

        await person.open("/register")
        assert person.path == "/login"
        await person.sign_in(authorize(prompt="create"))

        assert person.path.startswith("/consent/")
        assert (await browser.post("/register", data={})).status_code in {404, 405}


@pytest.mark.parametrize("page", ["/consent/", "/select-account/"])
async def test_whoever_is_signed_in_can_leave_from_there(idp: TestProvider, person: Person, page: str) -> None:
    """ASVS 7.4.4."""
    await add_app(idp)
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    await person.open(authorize(prompt="select_account" if page == "/select-account/" else "consent"))
    assert person.path.startswith(page)

    await person.send("sign-out")

    assert "logged-out" in person.page.ids
    await person.open("/account")
    assert person.path.startswith("/login")
