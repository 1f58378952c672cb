"""One's own account by Tab and Enter alone, from the first change to the end; on a phone by the menu of its pages."""

import json

from playwright.async_api import Page, expect

from tests.pages.browser.moves import push, reach, sign_in, skip, told, type_in
from tests.pages.browser.site import Site
from tests.pages.person import EMAIL, PASSWORD

OTHER = "another horse battery"


async def enter(site: Site, page: Page, room: str = "") -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(f"{site.url}/login?next=/account{room}")
    await sign_in(page)
    await page.wait_for_url(f"**/account{room}")


async def test_the_profile_is_changed(site: Site, keyed: Page) -> None:
    await enter(site, keyed)

    await skip(keyed)
    await type_in(keyed, "first_name", " ")
    await push(keyed, "profile-submit")
    assert await told(keyed, "first_name") == "Please fill this in."
    await type_in(keyed, "first_name", "Joan")
    await reach(keyed, "language")
    await keyed.keyboard.press("End")
    await push(keyed, "profile-submit")

    await expect(keyed.locator(".notice")).to_have_attribute("role", "status")
    await expect(keyed.locator("#first_name")).to_have_value("Joan")
    await expect(keyed.locator("html")).to_have_attribute("lang", "es")


async def test_the_password_is_changed(site: Site, keyed: Page) -> None:
    await enter(site, keyed)
    await push(keyed, '[href="/account/password"]')

    await skip(keyed)
    for field, typed in {"current_password": "wrong", "password": OTHER, "password_again": OTHER}.items():
        await type_in(keyed, field, typed)
    await push(keyed, "password-submit")
    assert await told(keyed, "current_password") == "This is not your current password."
    for field, typed in {"current_password": PASSWORD, "password": OTHER, "password_again": OTHER}.items():
        await type_in(keyed, field, typed)
    await push(keyed, "password-submit")

    await expect(keyed.locator(".notice")).to_contain_text("Your password is changed.")


async def test_the_address_is_changed(site: Site, keyed: Page) -> None:
    await enter(site, keyed, "/email")

    await skip(keyed)
    await type_in(keyed, "email", "joan")
    await push(keyed, "email-submit")
    assert "not an e-mail address" in await told(keyed, "email")
    await type_in(keyed, "email", "joan@example.com")
    await push(keyed, "email-submit")
    await keyed.goto((await site.idp.last_mail("joan@example.com")).data["link"])
    await push(keyed, "confirm-submit")

    await expect(keyed.locator("main")).to_contain_text("joan@example.com")


async def test_another_session_is_ended(site: Site, keyed: Page) -> None:
    await enter(site, keyed)
    await keyed.context.clear_cookies()
    await keyed.goto(f"{site.url}/login?next=/account/sessions")
    await sign_in(keyed)
    await expect(keyed.locator("#sessions > li")).to_have_count(2)

    await skip(keyed)
    await push(keyed, '[name="session"]')

    await expect(keyed.locator("#sessions > li")).to_have_count(1)
    await expect(keyed.locator(".notice")).to_contain_text("Signed out there.")


async def test_an_app_is_revoked(site: Site, keyed: Page) -> None:
    await site.add_app()
    await enter(site, keyed)
    await keyed.goto(site.authorize())
    await push(keyed, "consent-allow")
    await keyed.goto(site.url + "/account")

    await push(keyed, '[href="/account/apps"]')
    await skip(keyed)
    await push(keyed, '[name="client"]')

    await expect(keyed.locator(".notice")).to_contain_text("Revoked.")
    await expect(keyed.locator("#apps")).to_have_count(0)


async def test_activity_is_read_to_its_end(site: Site, keyed: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.set_viewport_size({"width": 320, "height": 400})
    for _ in range(3):
        await keyed.context.clear_cookies()
        await keyed.goto(f"{site.url}/login?next=/account")
        await sign_in(keyed)

    await reach(keyed, "rooms")
    await keyed.keyboard.press("Enter")
    await push(keyed, '[href="/account/activity"]')
    await skip(keyed)
    await keyed.keyboard.press("End")

    await expect(keyed.locator("#activity > li").last).to_be_in_viewport()


async def test_everything_is_taken_along(site: Site, keyed: Page) -> None:
    await enter(site, keyed)
    await push(keyed, '[href="/account/data"]')

    await skip(keyed)
    await reach(keyed, "export")
    async with keyed.expect_download() as download:
        await keyed.keyboard.press("Enter")

    file = await (await download.value).path()
    assert EMAIL in json.dumps(json.loads(file.read_text()))


async def test_the_account_is_deleted(site: Site, keyed: Page) -> None:
    await enter(site, keyed, "/data")

    await push(keyed, "delete")
    await skip(keyed)
    await type_in(keyed, "email", "jim@example.com")
    await push(keyed, "delete-submit")
    assert "not the address of your account" in await told(keyed, "email")
    await type_in(keyed, "email", EMAIL)
    await push(keyed, "delete-submit")

    await expect(keyed.locator("#goodbye")).to_be_visible()
