"""An app on oidc-client-ts that lives in Chromium alone: a public client, whose scripts call us from another origin."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route

from tests.clients.person import EMAIL, PASSWORD
from tests.outside.node_app import FOLDER, install
from tests.pages.browser.conftest import anyio_backend, chromium
from tests.pages.browser.site import served
from tests.running import PATIENCE_SECONDS, Server, free_port

__all__ = ["anyio_backend", "chromium"]

PAGE = Path(__file__).with_name("browser_app.html")
LIBRARY = FOLDER / "node_modules" / "oidc-client-ts" / "dist" / "browser" / "oidc-client-ts.min.js"
CLIENT = "browser-app"

Open = Callable[[], Awaitable[Page]]


@pytest.fixture(scope="module")
async def app(idp: Server, chromium: Browser) -> AsyncIterator[str]:
    """Where it is served.

    One of our own: for a stranger's on loopback people are asked each time, frame or not (RFC 8252 §8.6).
    """
    install()
    port = free_port()
    url = f"http://localhost:{port}"
    addresses = ["--redirect-uri", f"{url}/callback", "--post-logout-redirect-uri", f"{url}/goodbye"]
    idp.idp("client", "create", "--client-id", CLIENT, "--auth-method", "none", "--skip-consent", *addresses)
    async with served(_files(), port):
        yield url


def _files() -> Starlette:
    async def page(_: Request) -> FileResponse:
        return FileResponse(PAGE)

    async def library(_: Request) -> FileResponse:
        return FileResponse(LIBRARY)

    pages = [Route(path, page) for path in ("/", "/callback", "/goodbye")]
    return Starlette(routes=[Route("/oidc-client-ts.js", library), *pages])


@pytest.fixture
async def page(idp: Server, app: str, chromium: Browser) -> AsyncIterator[Page]:
    """The app's page, in a browser of its own, after somebody signed in."""
    context = await chromium.new_context(locale="en-US")
    context.set_default_timeout(PATIENCE_SECONDS * 1000)
    page = await context.new_page()
    await page.goto(f"{app}/?issuer={idp.url}")
    await shows(page, "signed out")
    await page.evaluate("void manager.signinRedirect()")
    await page.fill("#email", EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("#login-submit")
    await shows(page, "signed in")
    yield page
    await context.close()


async def shows(page: Page, state: str) -> None:
    await expect(page.locator("#state")).to_have_text(state, timeout=PATIENCE_SECONDS * 1000)


async def user(page: Page) -> dict[str, Any]:
    """What the library keeps of who is signed in."""
    found: dict[str, Any] = await page.evaluate("manager.getUser()")
    return found


async def renewed(page: Page, *, in_frame: bool) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate("(how) => renew(how)", {"inFrame": in_frame})
    return found


async def test_a_person_signs_in_and_the_app_learns_who_it_is(page: Page) -> None:
    """Discovery, keys, tokens and userinfo, each asked from the app's own origin."""
    found = await user(page)

    assert found["profile"]["email"] == EMAIL
    assert found["profile"]["email_verified"] is True
    assert found["token_type"].lower() == "bearer"
    assert found["session_state"]


async def test_a_refresh_turns_both_tokens(page: Page) -> None:
    before = await user(page)

    after = await renewed(page, in_frame=False)

    assert after["profile"]["sub"] == before["profile"]["sub"]
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]


async def test_a_hidden_frame_renews_without_a_refresh_token(page: Page) -> None:
    before = await user(page)

    after = await renewed(page, in_frame=True)

    assert after["profile"]["sub"] == before["profile"]["sub"]
    assert after["access_token"] != before["access_token"]


async def test_an_open_page_notices_a_sign_out_in_another_tab(idp: Server, page: Page) -> None:
    """OIDC Session Management 1.0: nobody tells the app, it asks the frame."""
    tab = await page.context.new_page()
    await tab.goto(f"{idp.url}/logout")
    await tab.click("#logout-yes")
    await expect(tab.locator("#logged-out")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)

    await shows(page, "signed out elsewhere")


async def test_a_logout_leads_back_and_leaves_nothing(app: str, page: Page) -> None:
    await page.evaluate("void manager.signoutRedirect()")
    await page.wait_for_url(f"{app}/goodbye**")
    await shows(page, "signed out")

    refused = await page.evaluate("manager.signinSilent().then(() => null, (error) => error.error)")

    assert refused == "login_required"
