"""The sign-in page."""

from datetime import timedelta

import pytest

from idp.testing.provider import TestProvider
from tests.pages.person import EMAIL, PASSWORD, Person


async def test_the_right_password_leads_to_the_account(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    answer = await person.sign_in()

    assert answer.status_code == 200
    assert person.path == "/account"


async def test_and_from_there_to_the_path_that_was_asked_for(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)

    await person.sign_in("/login?next=/account/sessions")

    assert person.path == "/account/sessions"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/%5Cevil.example/..",
        "/\tevil.example",
        "/account//evil.example",
        "javascript:alert(1)",
        "account",
        "",
    ],
)
async def test_next_never_leads_to_another_host(idp: TestProvider, person: Person, elsewhere: str) -> None:
    """Row 100."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/login")
    form = person.form("login-form")

    answer = await person.browser.post(
        "/login", params={"next": elsewhere}, data={**form.fields, "email": EMAIL, "password": PASSWORD}
    )

    assert answer.status_code == 303
    location = answer.headers["location"]
    assert location == "/account" or (location.startswith("/%5C") and "//" not in location)


async def test_unknown_name_wrong_password_and_lock_look_the_same(idp: TestProvider, person: Person) -> None:
    """Rows 35 and 41."""
    await idp.add_account(EMAIL, PASSWORD)
    pages = []
    for email in (EMAIL, "nobody@example.com"):
        for _ in range(7):  # the last of them are refused unseen
            answer = await person.sign_in(email=email, password="wrong password")
            pages.append((answer.status_code, _without_tokens(answer.text).replace(email, "…")))

    locked = await person.sign_in()

    assert len(set(pages)) == 1
    assert (locked.status_code, _without_tokens(locked.text).replace(EMAIL, "…")) == pages[0]


async def test_what_was_typed_stays_but_for_the_password(person: Person) -> None:
    answer = await person.sign_in(email="jane@example.com", password="wrong password")

    assert answer.status_code == 401
    assert person.page.ids["email"]["value"] == EMAIL
    assert "wrong password" not in answer.text


@pytest.mark.parametrize(
    ("email", "password", "marked"),
    [("", PASSWORD, "email"), ("jane", PASSWORD, "email"), (EMAIL, "", "password"), (EMAIL, "x" * 1025, "password")],
)
async def test_what_is_wrong_with_a_field_stands_beside_it(
    person: Person, email: str, password: str, marked: str
) -> None:
    answer = await person.sign_in(email=email, password=password)

    assert answer.status_code == 400
    assert person.page.ids[marked]["aria-invalid"] == "true"
    assert person.page.ids[marked]["aria-describedby"] == f"{marked}-problem"
    assert f"{marked}-problem" in person.page.ids


async def test_an_unconfirmed_account_is_told_only_with_the_right_password(idp: TestProvider, person: Person) -> None:
    """Row 40. And the mail that was lost is sent again, with a link to our own page."""
    await idp.add_account(EMAIL, PASSWORD, confirmed=False)

    wrong = await person.sign_in(password="wrong password")
    assert person.page.ids["form-problem"]["data-code"] == "bad_credentials"
    right = await person.sign_in()

    assert wrong.status_code == right.status_code == 401
    assert person.page.ids["form-problem"]["data-code"] == "not_confirmed"
    assert (await idp.last_mail(EMAIL)).data["link"].startswith("http://localhost:3100/confirm?token=")


async def test_every_sign_in_is_a_new_session(idp: TestProvider, person: Person) -> None:
    """Row 15: nothing that was in the browser before is adopted."""
    await idp.add_account(EMAIL, PASSWORD)
    seen = set()
    for _ in range(2):
        await person.sign_in("/login?again=1")
        seen.add(person.browser.cookies["idp-session"])

    assert len(seen) == 2


async def test_the_session_outlives_an_access_token(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    idp.clock.advance(timedelta(hours=20))
    assert (await person.open("/account")).status_code == 200
    assert person.path == "/account"

    idp.clock.advance(timedelta(hours=5))
    await person.open("/account")
    assert person.path.startswith("/login")


@pytest.mark.parametrize("login", ["/auth/login", "/api/auth/login"])
async def test_a_session_of_a_cookie_contract_is_good_here(idp: TestProvider, person: Person, login: str) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.browser.post(login, json={"email": EMAIL, "password": PASSWORD})

    await person.open("/account")

    assert person.path == "/account"


async def test_a_session_of_the_pages_is_none_of_the_contracts(idp: TestProvider, person: Person) -> None:
    """Row 77: its cookie is for the pages alone."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    token = person.browser.cookies["idp-session"]

    for name, path in (("token", "/api/auth/refresh"), ("access-token", "/user")):
        async with idp.browser() as other:
            other.cookies.set(name, token)
            method = "POST" if name == "token" else "GET"
            assert (await other.request(method, path)).status_code == 401


def _without_tokens(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if 'name="csrf"' not in line)


async def test_our_bare_name_leads_to_the_account(person: Person) -> None:
    answer = await person.browser.get("/")

    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
