"""What a page has done is told once, to who did it."""

from pathlib import Path

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.pages.person import EMAIL, PASSWORD, Person

SAVED = "Saved."
NAMES = {"first_name": "Joan", "last_name": "Doe"}


async def saved(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    await person.send("profile-form", **NAMES)


async def test_it_is_told_once(idp: TestProvider, person: Person) -> None:
    await saved(idp, person)
    assert SAVED in person.answer.text
    assert person.path == "/account"

    await person.open("/account")

    assert SAVED not in person.answer.text


async def test_a_link_tells_nothing(idp: TestProvider, person: Person) -> None:
    """Else a stranger's link says in our name that something was changed."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    for path in ("?saved=1", "/email?sent=1", "/password?saved=1", "/factors?added=1", "/sessions?ended=1"):
        await person.open(f"/account{path}")

        assert 'class="notice"' not in person.answer.text


async def test_it_is_told_by_the_page_that_it_is_for_and_no_other(idp: TestProvider, person: Person) -> None:
    """Row 3: the same word means another thing there."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    answer = await person.send_alone("profile-form", **NAMES)
    assert "idp-notice=saved." in answer.headers["set-cookie"]

    await person.open("/account/password")

    assert 'class="notice"' not in person.answer.text


async def test_another_browsers_notice_is_not_told(idp: TestProvider, person: Person) -> None:
    """Row 3: a cookie that a sibling host planted."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    await person.send_alone("profile-form", **NAMES)
    planted = person.browser.cookies["idp-notice"]
    async with idp.browser() as other:
        victim = Person(other)
        await victim.sign_in()
        other.cookies.set("idp-notice", planted)

        await victim.open("/account")

        assert SAVED not in victim.answer.text


@pytest.mark.parametrize("planted", ["saved", "saved.", ".", "saved.0000", "x" * 4000])
async def test_a_word_without_our_seal_is_not_told(idp: TestProvider, person: Person, planted: str) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()
    person.browser.cookies.set("idp-notice", planted)

    await person.open("/account")

    assert person.answer.status_code == 200
    assert 'class="notice"' not in person.answer.text


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [("/goodbye", "/login?next=%2Faccount"), ("/done", "/login"), ("/registered", "/register")],
)
async def test_a_page_that_only_tells_is_shown_to_nobody_else(person: Person, path: str, leads_to: str) -> None:
    """'Your account is deleted' at the end of a stranger's link is a fright."""
    await person.open(path)

    assert person.path == leads_to


async def test_who_is_signed_in_is_not_told_otherwise(tmp_path: Path, template: Path) -> None:
    """Where no app signs anybody in, the word stands on a page of its own."""
    async with provider_at(tmp_path, template=template, oidc={"enabled": False}) as idp, idp.browser() as browser:
        person = Person(browser)
        await idp.add_account(EMAIL, PASSWORD)
        await person.sign_in()

        await person.open("/signed-out")

        assert person.path == "/logout"
