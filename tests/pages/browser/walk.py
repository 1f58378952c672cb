"""A tour in every look: what axe-core and we find, and what stood there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.async_api import Browser, Page, ViewportSize

from tests.pages.browser.site import site_at
from tests.pages.browser.templates import name_themselves, opened
from tests.pages.browser.tour import Tour

AUDIT = (Path(__file__).parent / "audit.js").read_text()
RULES = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations", "incomplete"],
}
PHONE: ViewportSize = {"width": 320, "height": 640}
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
Scheme = Literal["light", "dark"]
Look = tuple[Scheme, ViewportSize]
LOOKS: tuple[Look, ...] = (("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE), ("light", PHONE))
TOUCH = 44
"""Pixels (WCAG 2.2, 2.5.5); links within a sentence are excepted."""
LINKS = {name: f"https://example.com/{name}" for name in ("policy", "terms", "support")}
TEXTS = """() => {
    const texts = [], walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        if (!node.parentElement.closest('body [lang], code, .code')) texts.push(node.data)
    for (const each of document.querySelectorAll('[alt], [title], [aria-label], [placeholder]'))
        texts.push(each.alt, each.title, each.ariaLabel, each.placeholder)
    return texts.map(text => (text || '').replace(/\\s+/g, ' ').trim()).filter(Boolean)
}"""
"""Every text of the page, also what is read out only; but what says itself that it is in another language."""


@dataclass(frozen=True, slots=True)
class Walk:
    """Stops, problems, templates that stood open, the pages' languages, what the console said, what was read where."""

    stops: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    templates: set[str | None] = field(default_factory=set)
    languages: set[str | None] = field(default_factory=set)
    told: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)


async def walked(chromium: Browser, folder: Path, template: Path, locale: str, looks: Sequence[Look]) -> Walk:
    """Each page is loaded once, and seen in every look. No motion: half a change of colours has no contrast."""
    walk = Walk()
    settings: dict[str, Any] = {"pages": {"templates": name_themselves(folder / "pages")}, "branding": LINKS}
    async with site_at(folder, template, **settings) as site:
        context = await chromium.new_context(locale=locale, reduced_motion="reduce")
        context.set_default_timeout(15_000)
        page = await context.new_page()
        page.on("console", lambda message: walk.told.append(message.text))
        async for stop in Tour(site=site, page=page).stops():
            await note(walk, stop, page, looks)
        await context.close()
    return walk


async def note(walk: Walk, stop: str, page: Page, looks: Sequence[Look]) -> None:
    walk.stops.append(stop)
    walk.templates.add(await opened(page))
    walk.languages.add(await page.locator("html").get_attribute("lang"))
    walk.texts.update(dict.fromkeys(await page.evaluate(TEXTS), stop))
    walk.problems.extend([f"{stop}, {problem}" for problem in await problems(page, looks)])


async def problems(page: Page, looks: Sequence[Look] = LOOKS) -> list[str]:
    found: list[str] = []
    await page.evaluate(AXE_SCRIPT)
    for scheme, size in looks:
        await page.emulate_media(color_scheme=scheme)
        await page.set_viewport_size(size)
        seen: list[str] = await page.evaluate(AUDIT, [RULES, TOUCH])
        found += [f"{scheme}, {size['width']}: {re.sub(r'name=.csrf.*?>', '', each)}" for each in seen]
    return found
