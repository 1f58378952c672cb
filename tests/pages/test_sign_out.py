"""Signing out where no app signs anybody in: `oidc.enabled = false`."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.pages.person import EMAIL, PASSWORD, Person


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template, oidc={"enabled": False}) as provider:
        yield provider


@pytest.mark.parametrize("login", ["/auth/login", "/api/auth/login"])
async def test_every_session_of_the_browser_ends(idp: TestProvider, person: Person, login: str) -> None:
    """Row 16: else the account page is open still, by the cookie of a contract."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.browser.post(login, json={"email": EMAIL, "password": PASSWORD})
    held = dict(person.browser.cookies)
    await person.sign_in("/login?again=1")
    held = {**held, **dict(person.browser.cookies)}

    await person.send("sign-out")

    assert person.path == "/signed-out"
    person.browser.cookies.update(held)  # copies are worth nothing either
    await person.open("/account")
    assert person.path.startswith("/login")


async def test_only_a_clear_yes_is_one(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    for button in ("logout-no", "logout-form"):
        await person.open("/logout")
        await person.send("logout-form", button=button)
        assert person.path == "/account"


async def test_a_link_alone_signs_nobody_out(idp: TestProvider, person: Person) -> None:
    """Rows 8, 101."""
    await idp.add_account(EMAIL, PASSWORD)
    await person.sign_in()

    await person.open("/logout")
    assert "logout-form" in person.page.ids
    await person.open("/account")

    assert person.path == "/account"
