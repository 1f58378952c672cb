"""What is demanded of a password is told before one is chosen (WCAG 2.2, 3.3.2)."""

from pathlib import Path

from idp.testing.provider import TestProvider, provider_at
from tests.pages.person import EMAIL, PASSWORD, Person
from tests.pages.test_register import path_in_mail


def told(person: Person) -> str:
    return person.answer.text.partition('id="password-hint">')[2].partition("</p>")[0]


async def test_every_page_that_takes_a_new_password_tells_its_length(idp: TestProvider, person: Person) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    hints = []

    await person.open("/register")
    hints.append(told(person))
    await person.open("/forgot")
    await person.send("forgot-form", email=EMAIL)
    await person.open(await path_in_mail(idp))
    hints.append(told(person))
    await person.sign_in("/login?next=/account/password")
    hints.append(told(person))

    assert hints == ["At least 8 characters. Several unrelated words make a good one."] * 3


async def test_it_is_the_tenants_own_demand(anyio_backend: str, tmp_path: Path, template: Path) -> None:
    """Who is in several jurisdictions keeps to all of them."""
    jurisdictions = {"North": {"password": "nist"}, "South": {"password": "bloom"}}
    async with (
        provider_at(tmp_path, template=template, jurisdictions=jurisdictions, default_jurisdiction="South") as idp,
        idp.browser() as browser,
    ):
        person = Person(browser)
        await person.open("/register")
        newcomer = told(person)
        await idp.add_account(EMAIL, PASSWORD, jurisdictions=("North", "South"))
        await person.sign_in("/login?next=/account/password")
        member = told(person)

    classes = ("a digit", "a small letter", "one of the characters", "a capital letter")
    assert newcomer.startswith("At least 12 characters.")
    assert member.startswith("At least 15 characters.")
    assert all(f"It needs {one}" in hint for one in classes for hint in (newcomer, member))
