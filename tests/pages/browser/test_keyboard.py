"""Journeys by Tab and Enter alone; whatever has the focus shows it (WCAG 2.2, 2.1.1, 2.1.2, 2.4.7)."""

import pyotp
from playwright.async_api import Page, expect

from tests.pages.browser.moves import push, type_in
from tests.pages.browser.site import Site
from tests.pages.factors import account_with_totp, codes, shown
from tests.pages.person import EMAIL, PASSWORD


async def signed_in(page: Page, email: str = EMAIL) -> None:
    await type_in(page, "email", email)
    await type_in(page, "password", PASSWORD)
    await push(page, "login-submit")


async def test_a_mistake_then_signing_in_and_consent(site: Site, keyed: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.authorize())

    await type_in(keyed, "email", EMAIL)
    await type_in(keyed, "password", "wrong password")
    await keyed.keyboard.press("Enter")
    await expect(keyed.locator("#form-problem")).to_be_visible()
    await type_in(keyed, "password", PASSWORD)
    await push(keyed, "login-submit")
    await keyed.wait_for_url("**/consent/*")
    await push(keyed, "consent-allow")

    await expect(keyed.locator("#state")).to_have_text("xyz")


async def test_a_second_factor_in_another_way_than_offered(site: Site, keyed: Page) -> None:
    jane, _ = await account_with_totp(site.idp)
    await site.idp.enrol(jane, "totp", "email")
    await keyed.goto(site.url + "/login")
    await signed_in(keyed)
    await keyed.wait_for_url("**/second-factor/*")

    await type_in(keyed, "code", "000000")
    await push(keyed, "mfa-submit")
    await expect(keyed.locator("#code-problem")).to_be_visible()
    await push(keyed, "way-email")
    await expect(keyed.locator("[role=status]")).to_be_visible()
    await type_in(keyed, "code", (await codes(site.idp))[-1])
    await push(keyed, "mfa-submit")

    await expect(keyed.locator("h1")).to_have_text("Profile")


async def test_a_device(site: Site, keyed: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/device")

    await type_in(keyed, "user_code", await site.device_code())
    await push(keyed, "device-submit")
    await keyed.wait_for_url("**/login*")
    await signed_in(keyed)
    await keyed.wait_for_url("**/device*")
    await push(keyed, "device-submit")
    await expect(keyed.locator("#device-confirm-form")).to_be_visible()
    await push(keyed, "device-allow")

    await expect(keyed.locator("h1")).to_have_text("Device connected")


async def test_an_authenticator_app_is_set_up_and_used(site: Site, keyed: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/login?next=/account/factors")
    await signed_in(keyed)
    await keyed.wait_for_url("**/account/factors")

    await push(keyed, "begin-totp")
    secret = await keyed.locator("#secret").inner_text()
    await type_in(keyed, "code", pyotp.TOTP(secret).at(int(site.idp.clock.now().timestamp())))
    await push(keyed, "factor-confirm")
    await push(keyed, "recovery-kept")

    await expect(keyed.locator("#factors-held")).to_contain_text("Authenticator app")
    await push(keyed, "sign-out")
    await expect(keyed.locator("#logged-out")).to_be_visible()


async def test_signing_out_at_the_question(site: Site, keyed: Page) -> None:
    _, secret = await account_with_totp(site.idp)
    await keyed.goto(site.url + "/login?next=/logout")
    await signed_in(keyed)
    await keyed.wait_for_url("**/second-factor/*")
    await type_in(keyed, "code", shown(site.idp, secret))
    await keyed.keyboard.press("Enter")
    await keyed.wait_for_url("**/logout")

    await push(keyed, "logout-yes")

    await expect(keyed.locator("#logged-out")).to_contain_text("Signed out")
