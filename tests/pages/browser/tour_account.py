"""The walk past the pages of an account, from the first sign-in to its end."""

from collections.abc import AsyncIterator

from playwright.async_api import Page

from tests.pages.browser.moves import press, sign_in
from tests.pages.browser.site import Site
from tests.pages.factors import STEP, shown
from tests.pages.person import EMAIL, PASSWORD

ROOMS = ("email", "phone", "password", "factors", "apps", "activity", "data")
OTHER = "another horse battery"


async def account(site: Site, page: Page) -> AsyncIterator[str]:
    """Jane's. Nobody is signed in before."""
    await page.goto(site.url + "/login")
    await sign_in(page)
    yield "account"
    await page.locator("details").evaluate("menu => { menu.open = true }")
    yield "account-menu"
    for part in (_rooms, _mistakes, _changes, _factor, _elsewhere, _apps, _end):
        async for stop in part(site, page):
            yield stop


async def _rooms(site: Site, page: Page) -> AsyncIterator[str]:
    for room in ROOMS:
        await page.goto(f"{site.url}/account/{room}")
        yield f"account-{room}"


async def _mistakes(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account")
    await page.fill("#first_name", "")
    await press(page, "#profile-submit")
    yield "account-wrong"
    await page.goto(f"{site.url}/account/email")
    await page.fill("#email", "jane")
    await press(page, "#email-submit")
    yield "account-email-wrong"
    await page.goto(f"{site.url}/account/phone")
    await page.fill("#phone_number", "12")
    await press(page, "#phone-submit")
    yield "account-phone-wrong"
    await page.goto(f"{site.url}/account/password")
    for field, typed in (("current_password", PASSWORD), ("password", "password"), ("password_again", "password")):
        await page.fill(f"#{field}", typed)
    await press(page, "#password-submit")
    yield "account-password-wrong"


async def _changes(site: Site, page: Page) -> AsyncIterator[str]:
    """There and back: the next stops find all as it was."""
    await page.goto(f"{site.url}/account")
    await press(page, "#profile-submit")
    yield "account-saved"
    await page.goto(f"{site.url}/account/email")
    await page.fill("#email", "joan@example.com")
    await press(page, "#email-submit")
    yield "account-email-sent"
    for old, new in ((PASSWORD, OTHER), (OTHER, PASSWORD)):
        await page.goto(f"{site.url}/account/password")
        for field, typed in (("current_password", old), ("password", new), ("password_again", new)):
            await page.fill(f"#{field}", typed)
        await press(page, "#password-submit")
    yield "account-password-saved"


async def _factor(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account/factors")
    await press(page, "button[value=begin]")
    yield "account-factor-set-up"
    secret = await page.locator("#secret").inner_text()
    await page.fill("#code", "000000")
    await press(page, "#factor-confirm")
    yield "account-factor-wrong"
    await page.fill("#code", shown(site.idp, secret))
    await press(page, "#factor-confirm")
    yield "account-factor-added"
    await page.goto(f"{site.url}/account/factors")
    await press(page, "#remove-totp")
    site.idp.clock.advance(STEP)
    await sign_in(page)
    await page.fill("#code", shown(site.idp, secret))
    await press(page, "#mfa-submit")
    await press(page, "#remove-totp")
    yield "account-factor-removed"


async def _elsewhere(site: Site, page: Page) -> AsyncIterator[str]:
    """Signed in twice: whoever forgets their cookies is another browser to us."""
    await page.context.clear_cookies()
    await page.goto(f"{site.url}/login?next=/account/sessions")
    await sign_in(page)
    yield "account-sessions"
    await press(page, "#end-others")
    yield "account-session-ended"


async def _apps(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(site.authorize(prompt="consent"))
    await press(page, "#consent-allow")
    await page.goto(f"{site.url}/account/apps")
    yield "account-apps-held"
    await press(page, "button[name=client]")
    yield "account-apps-revoked"


async def _end(site: Site, page: Page) -> AsyncIterator[str]:
    await page.goto(f"{site.url}/account/delete")
    yield "account-delete"
    await page.fill("#email", "jim@example.com")
    await press(page, "#delete-submit")
    yield "account-delete-wrong"
    await page.fill("#email", EMAIL)
    await press(page, "#delete-submit")
    yield "account-deleted"
