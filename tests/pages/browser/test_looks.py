"""Every page, light and dark, wide and narrow: what is not accessible, does not fit, or is too small to touch."""

from pathlib import Path

import pytest
from playwright.async_api import Browser

from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site
from tests.pages.browser.templates import pages
from tests.pages.browser.tour_account import ROOMS
from tests.pages.browser.walk import LOOKS, PHONE, Walk, walked
from tests.pages.person import PASSWORD


@pytest.fixture(scope="module")
async def walk(chromium: Browser, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Walk:
    return await walked(chromium, tmp_path_factory.mktemp("walk"), template, "en-US", LOOKS)


async def test_every_page_is_accessible_and_fits(walk: Walk) -> None:
    """WCAG 2.2 AA."""
    assert walk.problems == []


async def test_no_page_is_left_out(walk: Walk) -> None:
    """A new template fails here until the tour visits it."""
    assert walk.templates == pages()
    assert len(walk.stops) == len(set(walk.stops)) > 60


async def test_no_page_breaks_its_own_policy(walk: Walk) -> None:
    assert [line for line in walk.told if "Content Security Policy" in line] == []


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


async def test_the_longest_names_fit_a_phone(site: Site, chromium: Browser) -> None:
    """WCAG 2.2, 1.4.10: nothing is to be read by scrolling sideways."""
    longest = "Wolfeschlegelsteinhausenbergerdorff" * 2
    email = f"{longest[:64].lower()}@{'long-host-name.' * 4}example.com"
    await site.idp.add_account(email, PASSWORD, first_name=longest[:64], last_name=longest[:64])
    await site.add_app(client_name=f"The {longest} of Applications")
    context = await chromium.new_context(viewport=PHONE)
    page = await context.new_page()
    widths = {}

    await page.goto(site.authorize())
    await sign_in(page, email)
    for path in (site.authorize(prompt="select_account"), site.authorize(prompt="consent"), *ROOMS):
        await page.goto(path if path.startswith("http") else f"{site.url}/account/{path}")
        widths[path] = await page.evaluate("() => document.documentElement.scrollWidth")

    assert widths == dict.fromkeys(widths, PHONE["width"])
    await context.close()


async def test_who_wants_no_motion_gets_none(site: Site, chromium: Browser) -> None:
    """WCAG 2.2, 2.3.3."""
    context = await chromium.new_context(reduced_motion="reduce")
    page = await context.new_page()
    await page.goto(site.url + "/login")
    durations = "() => [...document.querySelectorAll('*')].map(each => getComputedStyle(each).transitionDuration)"

    assert set(await page.evaluate(durations)) == {"0s"}
    await context.close()
