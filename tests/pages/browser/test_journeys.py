"""Journeys of people, in a real browser: with script and without."""

import pyotp
from playwright.async_api import Browser, Page, expect

from idp.core.client import ClientTerms
from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site
from tests.pages.factors import STEP, account_with_totp, codes, shown
from tests.pages.person import EMAIL, PASSWORD

OTHER = "another horse battery"


async def test_an_app_signs_somebody_in(site: Site, page: Page) -> None:
    """The browser holds a form's redirects to form-action: the app's address must be in it."""
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)

    await page.goto(site.authorize())
    await expect(page.locator("h1")).to_have_text("Sign in")
    await sign_in(page)
    await page.click("#consent-allow")

    await expect(page.locator("#state")).to_have_text("xyz")
    assert await page.locator("#code").inner_text()


async def test_straight_from_the_form_to_the_app(site: Site, page: Page) -> None:
    await site.add_app(terms=ClientTerms(skip_consent=True))
    _, secret = await account_with_totp(site.idp)

    await page.goto(site.authorize())
    await sign_in(page)
    await page.fill("#code", shown(site.idp, secret))
    await page.click("#mfa-submit")

    await expect(page.locator("#state")).to_have_text("xyz")


async def test_somebody_refuses(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)

    await page.goto(site.authorize())
    await page.click("#login-cancel")
    await expect(page.locator("#error")).to_have_text("access_denied")

    await page.goto(site.authorize())
    await sign_in(page)
    await page.click("#consent-deny")
    await expect(page.locator("#error")).to_have_text("access_denied")


async def test_a_wrong_password_then_the_right_one(site: Site, page: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login")

    await sign_in(page, password="wrong password")
    await expect(page.locator("#form-problem")).to_be_visible()
    await expect(page.locator("#email")).to_have_value(EMAIL)
    await page.fill("#password", PASSWORD)
    await page.click("#login-submit")

    await expect(page.locator("h1")).to_have_text("Profile")


async def test_a_code_by_mail_in_place_of_the_password(site: Site, page: Page) -> None:
    await site.idp.set_flag("single_use_code", True)
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login")

    await page.click("#login-code")
    await page.fill("#email", EMAIL)
    await page.click("#login-code-send")
    await page.fill("#code", (await codes(site.idp))[-1])
    await page.click("#login-code-submit")

    await expect(page.locator("h1")).to_have_text("Profile")


async def test_an_account_from_registration_to_its_end(site: Site, page: Page) -> None:
    await page.goto(site.url + "/login")
    await page.click("#register")
    for field, text in {"first_name": "Jane", "last_name": "Doe", "email": EMAIL}.items():
        await page.fill(f"#{field}", text)
    await page.fill("#password", PASSWORD)
    await page.fill("#password_again", PASSWORD)
    await page.click("#register-submit")
    await expect(page.locator("#registered")).to_be_visible()

    await page.goto((await site.idp.last_mail(EMAIL)).data["link"])
    await page.click("#confirm-submit")
    await expect(page.locator("h1")).to_have_text("Profile")

    await page.goto(site.url + "/account/delete")
    await sign_in(page)  # a mailbox alone does not delete what has a password
    await page.wait_for_url("**/account/delete")
    await page.fill("#email", EMAIL)
    await page.click("#delete-submit")
    await expect(page.locator("#goodbye")).to_be_visible()


async def test_a_forgotten_password(site: Site, page: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/forgot")
    await page.fill("#email", EMAIL)
    await page.click("#forgot-submit")
    await expect(page.locator("#reset-sent")).to_be_visible()

    await page.goto((await site.idp.last_mail(EMAIL)).data["link"])
    assert "token" not in page.url
    await page.fill("#password", OTHER)
    await page.fill("#password_again", OTHER)
    await page.click("#reset-submit")

    await expect(page.locator("h1")).to_have_text("Profile")


async def test_an_authenticator_app_from_set_up_to_removal(site: Site, page: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login?next=/account/factors")
    await sign_in(page)

    await page.click("button[value=begin]")
    await expect(page.locator("img.drawing")).to_be_visible()
    secret = await page.locator("#secret").inner_text()
    await page.fill("#code", pyotp.TOTP(secret).at(int(site.idp.clock.now().timestamp())))
    await page.click("#factor-confirm")
    await page.click("#recovery-kept")
    await expect(page.locator("#factors-held")).to_contain_text("Authenticator app")

    await page.click("button[value=remove]")
    site.idp.clock.advance(STEP)
    await sign_in(page)
    await page.fill("#code", shown(site.idp, secret))
    await page.click("#mfa-submit")
    await page.click("button[value=remove]")

    await expect(page.locator("#factors-offered")).to_contain_text("Authenticator app")


async def test_signed_out_from_elsewhere(site: Site, page: Page, chromium: Browser) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login")
    await sign_in(page)
    context = await chromium.new_context()
    other = await context.new_page()
    await other.goto(site.url + "/login?next=/account/sessions")
    await sign_in(other)

    await other.click("button[name=session]")
    await page.goto(site.url + "/account")

    await expect(page.locator("h1")).to_have_text("Sign in")
    await context.close()


async def test_signing_out(site: Site, page: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login")
    await sign_in(page)

    await page.click("#sign-out")

    await expect(page.locator("#logged-out")).to_contain_text("Signed out")


async def test_the_browsers_language_is_spoken(site: Site, chromium: Browser) -> None:
    context = await chromium.new_context(locale="es-MX")
    page = await context.new_page()

    await page.goto(site.url + "/login")

    await expect(page.locator("h1")).to_have_text("Iniciar sesión")
    await expect(page.locator("html")).to_have_attribute("lang", "es")
    await context.close()


async def test_the_first_thing_to_reach_skips_to_the_content(site: Site, chromium: Browser) -> None:
    """WCAG 2.2, 2.4.1."""
    context = await chromium.new_context(locale="en-US")
    page = await context.new_page()
    await page.goto(site.url + "/device")

    await page.keyboard.press("Tab")
    await expect(page.locator(".skip")).to_be_focused()
    await page.keyboard.press("Enter")

    await expect(page.locator("#main")).to_be_focused()
    await context.close()
