"""The walk past the pages of an account, from the first sign-in to its end."""

from collections.abc import AsyncIterator

from playwright.async_api import Page

from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site
from tests.pages.person import EMAIL, PASSWORD

ROOMS = ("email", "password", "factors", "apps", "activity", "data")
NOTICES = (
    ("?saved=1", "account-saved"),
    ("/email?sent=1", "account-email-sent"),
    ("/password?saved=1", "account-password-saved"),
    ("/factors?added=1", "account-factor-added"),
    ("/factors?removed=1", "account-factor-removed"),
    ("/sessions?ended=1", "account-session-ended"),
)


async def account(site: Site, page: Page) -> AsyncIterator[str]:
    """Jane's. Nobody is signed in before."""
    await page.goto(site.url + "/login")
    await sign_in(page)
    yield "account"
    for part in (_rooms, _mistakes, _factor, _elsewhere, _apps, _end):
        async for stop in part(site, page):
            yield stop


async def _rooms(site: Site, page: Page) -> AsyncIterator[str]:
    for room in ROOMS:
        await page.goto(f"{site.url}/account/{room}")
        yield f"account-{room}"
    for query, name in NOTICES:
        await page.goto(f"{site.url}/account{query}")
        yield name


async def _mistakes(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account")
    await page.fill("#first_name", "")
    await page.click("#profile-submit")
    yield "account-wrong"
    await page.goto(f"{site.url}/account/email")
    await page.fill("#email", "jane")
    await page.click("#email-submit")
    yield "account-email-wrong"
    await page.goto(f"{site.url}/account/password")
    for field, typed in (("current_password", PASSWORD), ("password", "password"), ("password_again", "password")):
        await page.fill(f"#{field}", typed)
    await page.click("#password-submit")
    yield "account-password-wrong"


async def _factor(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account/factors")
    await page.click("button[value=begin]")
    yield "account-factor-set-up"
    await page.fill("#code", "000000")
    await page.click("#factor-confirm")
    yield "account-factor-wrong"


async def _elsewhere(site: Site, page: Page) -> AsyncIterator[str]:
    """Signed in twice: whoever forgets their cookies is another browser to us."""
    await page.context.clear_cookies()
    await page.goto(f"{site.url}/login?next=/account/sessions")
    await sign_in(page)
    yield "account-sessions"


async def _apps(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(site.authorize(prompt="consent"))
    await page.click("#consent-allow")
    await page.goto(f"{site.url}/account/apps")
    yield "account-apps-held"
    await page.click("button[name=client]")
    yield "account-apps-revoked"


async def _end(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account/delete")
    yield "account-delete"
    await page.fill("#email", "jim@example.com")
    await page.click("#delete-submit")
    yield "account-delete-wrong"
    await page.fill("#email", EMAIL)
    await page.click("#delete-submit")
    yield "account-deleted"
