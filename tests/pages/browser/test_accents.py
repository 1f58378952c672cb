"""Under an operator's accent, however awkward, on light and on dark ground."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, Route

from idp.web.pages.branding import accent_sheet
from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site, site_at
from tests.pages.browser.walk import DESKTOP, Look, problems
from tests.pages.person import EMAIL, PASSWORD

ACCENTS = {
    "yellow": "#ffcc00",
    "near-white": "#fdfdfd",
    "near-black": "#020202",
    "mid-grey": "#777777",
    "as-the-light-ground": "#f6f7f9",
    "as-the-dark-ground": "#1b1f26",
    "neon-green": "#39ff14",
}
LOOKS: tuple[Look, ...] = (("light", DESKTOP), ("dark", DESKTOP))
PARTS = """() => {
    const of = (selector, part) => {
        const each = document.querySelector(selector)
        return each && getComputedStyle(each)[part]
    }
    const field = document.querySelector('input:not([type=hidden]), button')
    field.focus()
    return {
        grounds: [of('body', 'backgroundColor'), of('main', 'backgroundColor')],
        edges: [of('button.primary', 'borderTopColor'), of('.parts a[aria-current]', 'borderTopColor'),
            getComputedStyle(field).outlineColor].filter(Boolean),
    }
}"""


@pytest.fixture
async def branded(tmp_path: Path, template: Path) -> AsyncIterator[Site]:
    settings: dict[str, Any] = {"branding": {"accent": "#123456", "policy": "https://example.com/policy"}}
    async with site_at(tmp_path, template, **settings) as site:
        await site.add_app()
        await site.idp.add_account(EMAIL, PASSWORD)
        yield site


@pytest.mark.parametrize("accent", ACCENTS.values(), ids=ACCENTS)
async def test_words_can_be_read_and_edges_be_seen(branded: Site, chromium: Browser, accent: str) -> None:
    """WCAG 2.2, 1.4.3 and 1.4.11: by axe for the words, by our own reckoning for the button's edge and the focus."""
    context = await chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = await context.new_page()

    async def wears(route: Route) -> None:
        await route.fulfill(body=accent_sheet(accent), content_type="text/css")

    await page.route("**/assets/brand-*.css", wears)
    found: list[str] = []
    await page.goto(branded.authorize())
    found += await seen(page, "sign in")
    await sign_in(page)
    found += await seen(page, "consent")
    await page.goto(branded.authorize(prompt="select_account"))
    found += await seen(page, "choose an account")
    await page.goto(branded.url + "/account")
    found += await seen(page, "account")

    assert found == []
    await context.close()


async def seen(page: Page, name: str) -> list[str]:
    found = [f"{name}, {problem}" for problem in await problems(page, LOOKS)]
    for scheme, _ in LOOKS:
        await page.emulate_media(color_scheme=scheme)
        parts = await page.evaluate(PARTS)
        found += [
            f"{name}, {scheme}: {edge} on {ground}"
            for edge in parts["edges"]
            for ground in parts["grounds"]
            if contrast(edge, ground) < 3
        ]
    return found


def contrast(one: str, other: str) -> float:
    """Reckoned here once more, from WCAG's own words: what is tested does not vouch for itself."""

    def luminance(colour: str) -> float:
        parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(", ")]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


async def test_hovering_takes_no_contrast_away(branded: Site, chromium: Browser) -> None:
    """Black words on mid grey can just be read: a ground that darkened under the mouse would take that."""
    context = await chromium.new_context(locale="en-US", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(branded.url + "/login")
    await page.hover("#login-submit")

    style = "each => [getComputedStyle(each).backgroundColor, getComputedStyle(each).boxShadow]"

    assert await page.locator("#login-submit").evaluate(style) == ["rgb(18, 52, 86)", "none"]
    await context.close()


async def test_in_a_contrast_theme_the_parts_are_told_apart_without_grounds(branded: Site, chromium: Browser) -> None:
    """Windows takes every ground away (forced-colors): borders and outlines are what is left."""
    context = await chromium.new_context(locale="en-US", forced_colors="active", reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(branded.url + "/login")
    await page.click("#login-submit")
    border = "each => [getComputedStyle(each).borderTopStyle, parseFloat(getComputedStyle(each).borderTopWidth)]"
    wrong = await page.locator("#password").evaluate(border)
    primary = await page.locator("#login-submit").evaluate(border)
    alert = await page.locator(".alert").evaluate(border)
    outline = "each => { each.focus(); return parseFloat(getComputedStyle(each).outlineWidth) }"
    await sign_in(page)
    current = await page.locator(".parts a[aria-current]").evaluate(border)

    assert wrong == ["dashed", 2]
    assert primary == ["solid", 2]
    assert alert == ["solid", 1]
    assert current == ["solid", 2]
    assert await page.locator("#first_name").evaluate(outline) >= 2
    assert await problems(page, LOOKS) == []
    await context.close()
