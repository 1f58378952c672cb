"""Chromium once for all tests; a site and a fresh browser profile for each."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, async_playwright

from tests.outside.tools import needed
from tests.pages.browser.site import Site, site_at


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One loop for the whole session: the browser lives in it."""
    return "asyncio"


@pytest.fixture(scope="session")
async def chromium(anyio_backend: str) -> AsyncIterator[Browser]:
    program = needed("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        await browser.close()


@pytest.fixture
async def site(tmp_path: Path, template: Path) -> AsyncIterator[Site]:
    async with site_at(tmp_path, template) as found:
        yield found


@pytest.fixture(params=[True, False], ids=["script", "no-script"])
async def page(chromium: Browser, request: pytest.FixtureRequest) -> AsyncIterator[Page]:
    """Nothing may need script; nothing may break by it."""
    context = await chromium.new_context(java_script_enabled=request.param, locale="en-US")
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()


@pytest.fixture
async def keyed(chromium: Browser) -> AsyncIterator[Page]:
    """A page for the keyboard alone. Without motion: an outline stands as soon as the focus does."""
    context = await chromium.new_context(locale="en-US", reduced_motion="reduce")
    context.set_default_timeout(15_000)
    yield await context.new_page()
    await context.close()
