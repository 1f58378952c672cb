"""Journeys of people, in a real browser."""

from playwright.async_api import Page, expect

from tests.pages.browser.site import Site

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"


async def sign_in(page: Page, email: str = EMAIL, password: str = PASSWORD) -> None:
    await page.fill("#email", email)
    await page.fill("#password", password)
    await page.click("#login-submit")


async def test_an_app_signs_somebody_in_and_gets_its_code(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)

    await page.goto(site.authorize())
    await sign_in(page)
    await page.click("#consent-allow")

    await expect(page.locator("#state")).to_have_text("xyz")
    assert await page.locator("#code").inner_text()
