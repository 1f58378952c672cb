"""What a form must be before anybody reads it."""

import pytest

from idp.core.errors import MalformedRequest
from idp.testing.provider import TestProvider
from idp.web.pages.forms import parsed
from tests.pages.person import EMAIL, PASSWORD, Person

FORM = {"content-type": "application/x-www-form-urlencoded"}


async def test_a_form_without_its_token_is_refused(idp: TestProvider, person: Person) -> None:
    """Rows 7 to 10."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.open("/login")

    answer = await person.browser.post("/login", data={"email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 403
    assert "idp-session" not in person.browser.cookies


async def test_who_is_refused_finds_the_way_to_the_same_page(idp: TestProvider, person: Person) -> None:
    """Opened in two windows before there was a cookie, one of them holds the other's token."""
    await idp.add_account(EMAIL, PASSWORD)
    answer = await person.browser.post("/login?next=%2Faccount%2Fapps", data={"email": EMAIL, "password": PASSWORD})

    assert '<a class="button primary" id="way-out" href="/login?next=%2Faccount%2Fapps">' in answer.text
    await person.sign_in("/login?next=%2Faccount%2Fapps")
    assert person.path == "/account/apps"


@pytest.mark.parametrize("path", ["/login?a=%22%3E%3Cscript%3E", "/login?x=//evil.example"])
async def test_and_no_other(person: Person, path: str) -> None:
    answer = await person.browser.post(path, data={"email": EMAIL})

    assert answer.status_code == 403
    assert "<script" not in answer.text
    assert 'href="//' not in answer.text


async def test_another_browsers_token_is_refused(idp: TestProvider, person: Person) -> None:
    """Row 9: an attacker's own form signs nobody in to the attacker's account."""
    await idp.add_account(EMAIL, PASSWORD)
    async with idp.browser() as other:
        attacker = Person(other)
        await attacker.open("/login")
        token = attacker.form("login-form").fields["csrf"]
    await person.open("/login")

    answer = await person.browser.post("/login", data={"csrf": token, "email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 403


async def test_another_pages_token_is_refused(idp: TestProvider, person: Person) -> None:
    await person.open("/forgot")
    token = person.form("forgot-form").fields["csrf"]

    answer = await person.browser.post("/login", data={"csrf": token, "email": EMAIL, "password": PASSWORD})

    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 401),
        ({"origin": "http://localhost:3100"}, 401),
        ({"origin": "null"}, 401),  # a browser of old, and our own Referrer-Policy: the token decides
        ({}, 401),
        ({"sec-fetch-site": "cross-site", "origin": "https://evil.example"}, 403),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, 403),
        ({"origin": "https://evil.example"}, 403),
    ],
)
async def test_the_browser_must_not_say_that_another_site_sent_it(
    person: Person, headers: dict[str, str], status: int
) -> None:
    await person.open("/login")
    form = person.form("login-form")

    data = {**form.fields, "email": EMAIL, "password": PASSWORD}
    answer = await person.browser.post("/login", data=data, headers=headers)

    assert answer.status_code == status


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        (b"email=a&email=b", FORM),
        (b"email=%00", FORM),
        (b"email=%ff", FORM),
        ("email=é".encode(), FORM),
        (b"email=" + b"x" * 8192, FORM),
        (b"&".join(b"a%d=1" % n for n in range(41)), FORM),
        (b'{"email": "a"}', {"content-type": "application/json"}),
        (b"email=a", {"content-type": "text/plain"}),
        (b"--x\r\n", {"content-type": "multipart/form-data; boundary=x"}),
        (b"email=a", {}),
    ],
)
async def test_what_is_no_form_of_ours_is_a_page_with_400(person: Person, body: bytes, headers: dict[str, str]) -> None:
    """Rows 99, 115, 117."""
    await person.open("/login")

    answer = await person.browser.post("/login", content=body, headers=headers)

    assert answer.status_code == 400
    assert answer.headers["content-type"].startswith("text/html")


def test_a_field_is_there_once() -> None:
    with pytest.raises(MalformedRequest):
        parsed(b"a=1&a=1")


def test_an_empty_field_is_there() -> None:
    assert parsed(b"a=&b=1+2") == {"a": "", "b": "1 2"}


async def test_a_planted_browser_cookie_is_not_adopted(idp: TestProvider, person: Person) -> None:
    """Row 3."""
    person.browser.cookies.set("idp-browser", "chosen by somebody")

    answer = await person.open("/login")

    assert "idp-browser" in answer.headers["set-cookie"]
    assert "chosen" not in answer.headers["set-cookie"]
