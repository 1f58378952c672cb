"""Whose pages people see."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from idp.core.client import ClientTerms
from idp.testing.provider import TestProvider, provider_at
from idp.web.pages.branding import STYLE_SHEET, accent_sheet
from idp.web.pages.colours import DARK_GROUND, ENOUGH, ENOUGH_TO_SEE, LIGHT_GROUND, Colour, accent_on, contrast
from tests.pages.app import add_app, authorize
from tests.pages.person import Person

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>'


@pytest.fixture
async def branded(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    logo = tmp_path / "logo.svg"
    logo.write_bytes(LOGO)
    settings: dict[str, Any] = {
        "branding": {"name": "Acme", "accent": "#ffcc00", "policy": "https://acme.example/privacy"},
        "jurisdictions": {"Bay Area": {"branding": {"name": "Bay Area Housing", "logo_file": logo}}},
    }
    async with provider_at(tmp_path / "data", template=template, **settings) as provider:
        yield provider


async def test_the_operators_name_colour_and_links_are_on_every_page(branded: TestProvider) -> None:
    async with branded.browser() as browser:
        person = Person(browser)
        text = (await person.open("/login")).text
        address = re.search(r'href="(/assets/brand-[0-9a-f]{16}\.css)"', text)
        assert address is not None
        sheet = await person.open(address[1])

    assert "· Acme</title>" in text
    assert 'href="https://acme.example/privacy"' in text
    assert "--accent:#ffcc00;--on-accent:#000000" in sheet.text


async def test_an_app_gets_the_looks_of_its_jurisdiction(branded: TestProvider) -> None:
    await add_app(branded, terms=ClientTerms(jurisdiction="Bay Area"))
    async with branded.browser() as browser:
        person = Person(browser)
        text = (await person.open(authorize())).text
        address = re.search(r'<img class="logo" src="(/assets/logo-[0-9a-f]{16}\.svg)" alt="Bay Area Housing">', text)
        assert address is not None
        logo = await person.open(address[1])

    assert 'href="https://acme.example/privacy"' in text  # what it does not say is as everywhere
    assert logo.content == LOGO
    assert logo.headers["content-type"] == "image/svg+xml"
    assert "sandbox" in logo.headers["content-security-policy"]  # opened by itself, an SVG is a document


def colour(text: str) -> Colour:
    return int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)


@pytest.mark.parametrize("ground", [LIGHT_GROUND, DARK_GROUND], ids=["light", "dark"])
@pytest.mark.parametrize(
    "accent",
    ["#000000", "#ffffff", "#ffcc00", "#1f5fbf", "#777777", "#767676", "#fefefe", "#010101", "#00ff00", "#ff0000"],
)
def test_whatever_the_accent_it_can_be_read(accent: str, ground: Colour) -> None:
    """WCAG 2.2, 1.4.3."""
    made = accent_on(accent, ground)

    assert contrast(colour(made.text), ground) >= ENOUGH
    assert contrast(colour(made.on_fill), colour(made.fill)) >= ENOUGH
    assert contrast(colour(made.edge), ground) >= ENOUGH_TO_SEE
    assert made.fill == accent


def test_the_grounds_are_those_of_the_style_sheet() -> None:
    sheet = STYLE_SHEET.read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]

    for part, ground in ((light, LIGHT_GROUND), (dark, DARK_GROUND)):
        named = [colour(found) for found in re.findall(r"--(?:ground|sheet): (#[0-9a-f]{6});", part)]
        assert ground in named


def test_both_schemes_have_their_own() -> None:
    assert accent_sheet("#123456").count("--accent-text:") == 2
