"""The pictures of the docs: `python -m tests.pages.browser.screens` takes them anew."""

import asyncio
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from playwright.async_api import Browser, async_playwright

from idp.testing.provider import prepare
from tests.house.project import TOP
from tests.outside.tools import needed
from tests.pages.browser.site import site_at
from tests.pages.browser.tour import Tour

SCREENS = TOP / "docs" / "screens"
Scheme = Literal["light", "dark"]

DESKTOP, PHONE = (960, 860), (360, 700)
TAKEN: Mapping[tuple[Scheme, tuple[int, int]], frozenset[str]] = {
    ("light", DESKTOP): frozenset({"app-login", "account-sessions", "account-factor-set-up"}),
    ("dark", PHONE): frozenset({"consent", "second-factor-sent", "login-wrong"}),
}


async def main() -> None:
    SCREENS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        template = await prepare(Path(folder) / "template")
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=needed("chromium"), args=["--no-sandbox"])
            for (scheme, size), wanted in TAKEN.items():
                await take(browser, (Path(folder) / scheme, template), (scheme, size), wanted)
            await browser.close()


async def take(
    browser: Browser, folders: tuple[Path, Path], look: tuple[Scheme, tuple[int, int]], wanted: frozenset[str]
) -> None:
    """`folders`: the provider's own, and the one it is copied from."""
    scheme, (width, height) = look
    folders[0].mkdir()
    async with site_at(*folders) as site:
        context = await browser.new_context(
            color_scheme=scheme, viewport={"width": width, "height": height}, locale="en-US"
        )
        page = await context.new_page()
        async for stop in Tour(site=site, page=page).stops():
            if stop in wanted:
                await page.screenshot(path=SCREENS / f"{stop}.png")
        await context.close()


if __name__ == "__main__":
    asyncio.run(main())
