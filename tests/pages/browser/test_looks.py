"""Every page, light and dark, wide and narrow: what axe-core finds, what does not fit, what is too small to touch."""

import re
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page

from tests.pages.browser.site import Site
from tests.pages.browser.tour import Tour

RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
PHONE = {"width": 320, "height": 640}
DESKTOP = {"width": 1280, "height": 900}
TOUCH = 44
"""Pixels (WCAG 2.2, 2.5.5); links within a sentence are excepted."""

TOO_SMALL = """least => [
    ...document.querySelectorAll('button, input, select, a.button, footer a, nav a, p > a:only-child')
].filter(each => each.type !== 'hidden' && each.offsetParent !== null)
    .filter(each => each.getBoundingClientRect().height < least)
    .map(each => each.outerHTML)"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(("scheme", "size"), [("light", DESKTOP), ("dark", PHONE)], ids=["light-desktop", "dark-phone"])
async def test_every_page_is_accessible_and_fits(site: Site, chromium: Browser, scheme: Any, size: Any) -> None:
    """WCAG 2.2 AA."""
    context = await chromium.new_context(color_scheme=scheme, viewport=size, locale="en-US")
    page = await context.new_page()
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    found: list[str] = []
    count = 0

    async for stop in Tour(site=site, page=page).stops():
        count += 1
        found += [f"{stop}: {problem}" for problem in await problems(page)]

    await context.close()
    assert count > 30
    assert found == []
    assert [line for line in told if "Content Security Policy" in line] == []


async def problems(page: Page) -> list[str]:
    checked = await Axe().run(page, options=RULES)
    violations = [f"{one['id']}: {[node['html'] for node in one['nodes']]}" for one in checked.response["violations"]]
    small = [f"too small: {re.sub(r'csrf.*', '', each)}" for each in await page.evaluate(TOO_SMALL, TOUCH)]
    wide = await page.evaluate(TOO_WIDE)
    return [*violations, *small, *([f"{wide} pixels too wide"] if wide > 0 else [])]


async def test_the_colours_follow_the_scheme(site: Site, chromium: Browser) -> None:
    grounds = set()
    for scheme in ("light", "dark"):
        context = await chromium.new_context(color_scheme=scheme)
        page = await context.new_page()
        await page.goto(site.url + "/login")
        grounds.add(await page.evaluate("() => getComputedStyle(document.body).backgroundColor"))
        await context.close()

    assert grounds == {"rgb(246, 247, 249)", "rgb(18, 21, 26)"}


async def test_who_wants_no_motion_gets_none(site: Site, chromium: Browser) -> None:
    """WCAG 2.2, 2.3.3."""
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(site.url + "/login")
    durations = "() => [...document.querySelectorAll('*')].map(each => getComputedStyle(each).transitionDuration)"

    assert set(await page.evaluate(durations)) == {"0s"}
    await context.close()
