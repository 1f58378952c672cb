"""Every page, light and dark, wide and narrow: what axe-core finds, what does not fit, what is too small to touch."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, ViewportSize, expect

from tests.pages.browser.site import Site, site_at
from tests.pages.browser.templates import name_themselves, opened, pages
from tests.pages.browser.tour import Tour, nothing

RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
PHONE: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
Scheme = Literal["light", "dark"]
LOOKS: tuple[tuple[Scheme, ViewportSize], ...] = (
    ("light", DESKTOP),
    ("dark", DESKTOP),
    ("dark", PHONE),
    ("light", PHONE),
)
TOUCH = 44
"""Pixels (WCAG 2.2, 2.5.5); links within a sentence are excepted."""
LINKS = {name: f"https://example.com/{name}" for name in ("policy", "terms", "support")}
FOUND = """async ([rules, least]) => [
    ...(await axe.run(document, rules)).violations.map(one => `${one.id}: ${one.nodes.map(node => node.html)}`),
    ...[...document.querySelectorAll('button, input, select, a.button, footer a, nav a, p > a:only-child')]
        .filter(each => each.type !== 'hidden' && each.offsetParent !== null && !each.matches('.unseen'))
        .filter(each => each.getBoundingClientRect().height < least)
        .map(each => `too small: ${each.outerHTML}`),
    ...[document.documentElement.scrollWidth - document.documentElement.clientWidth]
        .filter(more => more > 0).map(more => `${more} pixels too wide`),
]"""


@dataclass(frozen=True, slots=True)
class Walk:
    """What came of one tour in all looks: stops, problems, templates that stood open, what the console said."""

    stops: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    templates: set[str | None] = field(default_factory=set)
    told: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
async def walk(chromium: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    """Each page is loaded once, and seen in every look. No motion: half a change of colours has no contrast."""
    folder, walk = tmp_path_factory.mktemp("walk"), Walk()
    own = name_themselves(folder / "pages")
    settings: dict[str, Any] = {"pages": {"templates": own}, "branding": LINKS}
    async with site_at(folder, template, **settings) as site:
        context = await chromium.new_context(locale="en-US", reduced_motion="reduce")
        context.set_default_timeout(15_000)
        page = await context.new_page()
        page.on("console", lambda message: walk.told.append(message.text))
        async for stop in Tour(site=site, page=page).stops():
            walk.stops.append(stop)
            walk.templates.add(await opened(page))
            walk.problems.extend([f"{stop}, {problem}" for problem in await problems(page)])
        await context.close()
    return walk


async def problems(page: Page) -> list[str]:
    found: list[str] = []
    await page.evaluate(AXE_SCRIPT)
    for scheme, size in LOOKS:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size(size)
        seen: list[str] = await page.evaluate(FOUND, [RULES, TOUCH])
        found += [f"{scheme}, {size['width']}: {re.sub(r'name=.csrf.*?>', '', each)}" for each in seen]
    return found


async def test_every_page_is_accessible_and_fits(walk: Walk) -> None:
    """WCAG 2.2 AA."""
    assert walk.problems == []


async def test_no_page_is_left_out(walk: Walk) -> None:
    """A new template fails here until the tour visits it."""
    assert walk.templates == pages()
    assert len(walk.stops) == len(set(walk.stops)) > 60


async def test_no_page_breaks_its_own_policy(walk: Walk) -> None:
    assert [line for line in walk.told if "Content Security Policy" in line] == []


async def test_the_form_that_carries_an_answer_is_accessible(site: Site, chromium: Browser) -> None:
    """Its button is the browser's own (WCAG 2.2, 2.5.8, exception): who runs script sees it for a moment only."""
    await site.add_app()
    context = await chromium.new_context(locale="en-US")
    page = await context.new_page()
    await page.route(f"{site.app}*", nothing)
    await page.goto(site.authorize(response_mode="form_post", prompt="none"), wait_until="commit")
    await expect(page).to_have_title("Signing in")

    assert [problem for problem in await problems(page) if "too small" not in problem] == []
    await context.close()


async def test_the_colours_follow_the_scheme(site: Site, chromium: Browser) -> None:
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(site.url + "/login")
    grounds = set()
    for scheme, _ in LOOKS[:2]:
        await page.emulate_media(color_scheme=scheme)
        grounds.add(await page.evaluate("() => getComputedStyle(document.body).backgroundColor"))

    assert grounds == {"rgb(246, 247, 249)", "rgb(18, 21, 26)"}
    await context.close()


async def test_who_wants_no_motion_gets_none(site: Site, chromium: Browser) -> None:
    """WCAG 2.2, 2.3.3."""
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(site.url + "/login")
    durations = "() => [...document.querySelectorAll('*')].map(each => getComputedStyle(each).transitionDuration)"

    assert set(await page.evaluate(durations)) == {"0s"}
    await context.close()
