"""A new account, and the links in mails."""

from pathlib import Path

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.pages.factors import account_with_totp
from tests.pages.person import EMAIL, PASSWORD, Person

TYPED = {
    "first_name": "Jane",
    "last_name": "Doe",
    "email": EMAIL,
    "password": PASSWORD,
    "password_again": PASSWORD,
}
ISSUER = "http://localhost:3100"


async def path_in_mail(idp: TestProvider, to: str = EMAIL) -> str:
    link = (await idp.last_mail(to)).data["link"]
    assert link.startswith(ISSUER)
    return link.removeprefix(ISSUER)


async def test_an_account_is_made_confirmed_and_signed_in(idp: TestProvider, person: Person) -> None:
    await person.open("/register")
    await person.send("register-form", **TYPED)
    assert person.path == "/registered"

    await person.open(await path_in_mail(idp))
    await person.send("confirm-form")

    assert person.path == "/account"


async def test_a_taken_address_gets_the_same_answer_and_its_owner_a_mail(idp: TestProvider, person: Person) -> None:
    """Row 39."""
    await idp.add_account(EMAIL, "the owner's own password")
    answers = []
    for email in (EMAIL, "new@example.com"):
        await person.open("/register")
        answers.append(await person.send_alone("register-form", **{**TYPED, "email": email}))

    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    mail = await idp.last_mail(EMAIL)
    assert "link" not in mail.data
    await person.sign_in()
    assert person.path == "/login"  # the owner's password is what it was


@pytest.mark.parametrize(
    ("changed", "marked"),
    [
        ({"first_name": ""}, "first_name"),
        ({"first_name": "www.example.com"}, "first_name"),
        ({"email": "jane"}, "email"),
        ({"password": "", "password_again": ""}, "password"),
        ({"password": "password", "password_again": "password"}, "password"),
        ({"password_again": "something else"}, "password_again"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(person: Person, changed: dict[str, str], marked: str) -> None:
    await person.open("/register")

    answer = await person.send("register-form", **{**TYPED, **changed})

    assert answer.status_code == 400
    assert person.page.ids[marked]["aria-invalid"] == "true"
    assert f"{marked}-problem" in person.page.ids[marked]["aria-describedby"]
    assert PASSWORD not in answer.text


async def test_the_account_speaks_the_pages_language(idp: TestProvider, person: Person) -> None:
    await person.open("/register", **{"accept-language": "es-MX,es;q=0.9"})
    form = person.form("register-form")
    await person.browser.post(
        "/register", data={**form.fields, **TYPED}, headers={"accept-language": "es", "sec-fetch-site": "same-origin"}
    )

    assert "Confirm" in (await idp.last_mail(EMAIL)).subject
    account = await idp.provider.store.read(lambda work: work.accounts.page(after=None, limit=1))
    assert account[0].language == "es"


async def test_looking_at_a_link_does_not_use_it_up(idp: TestProvider, person: Person) -> None:
    """Programs that look into mails follow links, and push no buttons."""
    await idp.add_account(EMAIL, PASSWORD, confirmed=False)
    await person.sign_in()
    path = await path_in_mail(idp)
    for _ in range(3):
        assert (await person.open(path)).status_code == 200

    await person.send("confirm-form")

    assert person.path == "/account"


async def test_the_token_leaves_the_address_before_a_page_is_shown(idp: TestProvider, person: Person) -> None:
    """Row 24."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    path = await path_in_mail(idp)

    answer = await person.browser.get(path)

    assert (answer.status_code, answer.headers["location"]) == (303, "/reset")
    assert "HttpOnly" in answer.headers["set-cookie"]


async def test_a_reset_signs_in_and_the_link_is_used_up(idp: TestProvider, person: Person) -> None:
    """Row 68."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    path = await path_in_mail(idp)

    await person.open(path)
    form = person.form("reset-form")
    await person.send("reset-form", password="another horse battery", password_again="another horse battery")
    assert person.path == "/account"

    await person.open(path)
    third = {**form.fields, "password": "a third horse battery", "password_again": "a third horse battery"}
    again = await person.browser.post("/reset", data=third, headers={"sec-fetch-site": "same-origin"})
    assert again.status_code == 400
    assert person.page.ids["problem"]["data-code"] == "link_rejected"


async def test_a_password_that_is_refused_leaves_the_link_good(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    await person.open(await path_in_mail(idp))

    refused = await person.send("reset-form", password="short", password_again="short")
    assert refused.status_code == 400
    await person.send("reset-form", password="another horse battery", password_again="another horse battery")

    assert person.path == "/account"


async def test_a_reset_is_no_way_around_the_second_factor(idp: TestProvider, person: Person) -> None:
    """Row 52 (Keycloak CVE-2026-18963)."""
    await account_with_totp(idp)
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    await person.open(await path_in_mail(idp))

    await person.send("reset-form", password="another horse battery", password_again="another horse battery")

    assert person.path == "/done"
    assert "idp-session" not in person.browser.cookies


async def test_an_address_that_nobody_has_gets_the_same_answer(idp: TestProvider, person: Person) -> None:
    """Row 37."""
    await idp.add_account(EMAIL, PASSWORD)
    seen = []
    for email in (EMAIL, "nobody@example.com"):
        await person.open("/forgot")
        answer = await person.send("forgot-form", email=email)
        seen.append((answer.status_code, answer.text.replace(email, "…")))

    assert seen[0] == seen[1]


async def test_a_mail_that_an_app_asked_for_still_leads_into_the_app(idp: TestProvider, person: Person) -> None:
    """bloom.md §4: what the pages need changes nothing there."""
    await idp.add_account(EMAIL, PASSWORD)

    await person.browser.put("/user/forgot-password", json={"email": EMAIL, "appUrl": "https://app.example.com"})

    assert (await idp.last_mail(EMAIL)).data["link"].startswith("https://app.example.com/reset-password?token=")


async def test_a_link_says_whose_it_is_before_it_acts(idp: TestProvider, person: Person) -> None:
    """Row 9: a link that an attacker had sent to themselves, and passed on, signs in to the attacker's account."""
    await idp.add_account(EMAIL, PASSWORD, confirmed=False)
    await person.sign_in()
    confirm = await person.open(await path_in_mail(idp))
    await person.send("confirm-form")
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    reset = await person.open(await path_in_mail(idp))

    assert f"that {EMAIL} is yours" in confirm.text
    assert f"for {EMAIL}" in reset.text
    assert f'value="{EMAIL}" autocomplete="username"' in reset.text


async def test_the_link_to_another_address_names_that_one(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    await person.open("/account/email")
    await person.send("email-form", email="joan@example.com")

    answer = await person.open(await path_in_mail(idp, "joan@example.com"))

    assert "that joan@example.com is yours" in answer.text


@pytest.mark.parametrize("page", ["/reset", "/confirm"])
@pytest.mark.parametrize("token", ["", "?token=nonsense", "?token=%ff"])
async def test_a_link_that_is_over_is_told_before_anything_is_typed(person: Person, page: str, token: str) -> None:
    answer = await person.open(page + token)

    assert answer.status_code == 400
    assert person.page.ids["problem"]["data-code"] == "link_rejected"
    assert "password" not in person.page.ids


async def test_a_stranger_keeps_no_address_by_using_up_its_mails(tmp_path: Path, template: Path) -> None:
    """Pre-hijacking: the owner registers as well, and no more mails may go to the address just now."""
    async with (
        provider_at(tmp_path, template=template, throttle={"messages": "1/10m"}) as idp,
        idp.browser() as browser,
    ):
        person = Person(browser)
        for password in (PASSWORD, "battery staple correct"):
            await person.open("/register")
            await person.send("register-form", **{**TYPED, "password": password, "password_again": password})

        answer = await person.open(await path_in_mail(idp))

        assert 'data-code="link_rejected"' in answer.text
