"""Journeys through one's own account, in a real browser: with script and without."""

import json

from playwright.async_api import Page, expect

from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site
from tests.pages.person import EMAIL, PASSWORD

OTHER = "another horse battery"


async def enter(site: Site, page: Page, room: str = "") -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(f"{site.url}/login?next=/account{room}")
    await sign_in(page)


async def test_the_profile_is_changed(site: Site, page: Page) -> None:
    await enter(site, page)

    await page.fill("#first_name", "")
    await page.click("#profile-submit")
    await expect(page.locator("#first_name-problem")).to_be_visible()
    await page.fill("#first_name", "Joan")
    await page.select_option("#language", "es")
    await page.click("#profile-submit")

    await expect(page.locator(".notice")).to_be_visible()
    await expect(page.locator("#first_name")).to_have_value("Joan")
    await expect(page.locator("html")).to_have_attribute("lang", "es")


async def test_the_password_is_changed(site: Site, page: Page) -> None:
    await enter(site, page, "/password")

    for field, typed in {"current_password": PASSWORD, "password": OTHER, "password_again": OTHER}.items():
        await page.fill(f"#{field}", typed)
    await page.click("#password-submit")
    await expect(page.locator(".notice")).to_be_visible()
    await page.click("#sign-out")
    await page.goto(site.url + "/login")
    await sign_in(page, password=OTHER)

    await expect(page.locator("h1")).to_have_text("Profile")


async def test_the_address_is_changed(site: Site, page: Page) -> None:
    await enter(site, page, "/email")

    await page.fill("#email", "joan@example.com")
    await page.click("#email-submit")
    await expect(page.locator(".notice")).to_be_visible()
    await page.goto((await site.idp.last_mail("joan@example.com")).data["link"])
    await page.click("#confirm-submit")
    await page.goto(site.url + "/account")

    await expect(page.locator("main")).to_contain_text("joan@example.com")


async def test_an_app_is_revoked_and_asks_again(site: Site, page: Page) -> None:
    await site.add_app()
    await enter(site, page)
    await page.goto(site.authorize())
    await page.click("#consent-allow")

    await page.goto(site.url + "/account/apps")
    await expect(page.locator("#apps")).to_contain_text("Rooms & Roofs")
    await page.click("button[name=client]")
    await expect(page.locator("#apps")).to_have_count(0)
    await page.goto(site.authorize())

    await expect(page.locator("#consent-form")).to_be_visible()


async def test_everything_is_taken_along(site: Site, page: Page) -> None:
    await enter(site, page, "/activity")
    await expect(page.locator("#activity")).to_contain_text("Signed in")
    await page.goto(site.url + "/account/data")

    async with page.expect_download() as download:
        await page.click("#export")

    file = await (await download.value).path()
    assert EMAIL in json.dumps(json.loads(file.read_text()))


async def test_everywhere_else_is_signed_out(site: Site, page: Page) -> None:
    await enter(site, page)
    await page.context.clear_cookies()
    await page.goto(site.url + "/login?next=/account/sessions")
    await sign_in(page)
    await expect(page.locator("#sessions > li")).to_have_count(2)

    await page.click("#end-others")

    await expect(page.locator("#sessions > li")).to_have_count(1)
