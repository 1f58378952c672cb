"""Journeys between an app and us, in a real browser: with script and without."""

import pytest
from playwright.async_api import Page, expect

from tests.pages.browser.moves import sign_in
from tests.pages.browser.site import Site
from tests.pages.factors import codes
from tests.pages.person import EMAIL, PASSWORD

SCRIPT = pytest.mark.parametrize("page", [True], ids=["script"], indirect=True)
NO_SCRIPT = pytest.mark.parametrize("page", [False], ids=["no-script"], indirect=True)


@SCRIPT
async def test_the_answer_comes_by_a_form_that_script_sends(site: Site, page: Page) -> None:
    """Form Post Response Mode §2."""
    await _asked_by_form(site, page)

    await expect(page.locator("#state")).to_have_text("xyz")


@NO_SCRIPT
async def test_the_answer_comes_by_a_form_that_a_button_sends(site: Site, page: Page) -> None:
    """Form Post Response Mode §2."""
    await _asked_by_form(site, page)
    await page.get_by_role("button", name="Continue").click()

    await expect(page.locator("#state")).to_have_text("xyz")


async def _asked_by_form(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.authorize(response_mode="form_post"))
    await sign_in(page)
    await page.click("#consent-allow")


async def test_a_second_proof_by_mail_on_the_way_to_the_app(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD, mfa_methods=frozenset({"email"}))

    await page.goto(site.authorize())
    await sign_in(page)
    await page.fill("#code", "000000")
    await page.click("#mfa-submit")
    await expect(page.locator("#code-problem")).to_be_visible()
    await page.fill("#code", (await codes(site.idp))[-1])
    await page.click("#mfa-submit")
    await page.click("#consent-allow")

    await expect(page.locator("#state")).to_have_text("xyz")


async def test_the_account_is_chosen(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login")
    await sign_in(page)

    await page.goto(site.authorize(prompt="select_account"))
    await page.click("#select-account")
    await page.click("#consent-allow")

    await expect(page.locator("#state")).to_have_text("xyz")


async def test_another_account_is_chosen(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await site.idp.add_account("jim@example.com", PASSWORD)
    await page.goto(site.url + "/login")
    await sign_in(page)

    await page.goto(site.authorize(prompt="select_account"))
    await page.click("#other-account")
    await sign_in(page, "jim@example.com")

    await expect(page.locator("main")).to_contain_text("jim@example.com")
    await page.click("#consent-allow")
    await expect(page.locator("#state")).to_have_text("xyz")


async def test_a_stranger_registers_on_the_way_to_the_app(site: Site, page: Page) -> None:
    await site.add_app()
    await page.goto(site.authorize())
    await page.click("#register")
    for field, text in {"first_name": "Jane", "last_name": "Doe", "email": EMAIL}.items():
        await page.fill(f"#{field}", text)
    await page.fill("#password", PASSWORD)
    await page.fill("#password_again", PASSWORD)
    await page.click("#register-submit")
    await expect(page.locator("#registered")).to_be_visible()

    await page.goto((await site.idp.last_mail(EMAIL)).data["link"])
    await page.click("#confirm-submit")
    await page.click("#consent-allow")

    await expect(page.locator("#state")).to_have_text("xyz")


async def test_a_device_is_connected(site: Site, page: Page) -> None:
    """RFC 8628 §3.3: a wrong code, the right one, signing in, and the question."""
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    code = await site.device_code()

    await page.goto(site.url + "/device")
    await page.fill("#user_code", "BBBBBBBB")
    await page.click("#device-submit")
    await expect(page.locator("#user_code-problem")).to_be_visible()
    await page.fill("#user_code", code)
    await page.click("#device-submit")
    await sign_in(page)
    await page.click("#device-submit")
    await expect(page.locator("p.code")).to_have_text(code)
    await page.click("#device-allow")

    await expect(page.locator("h1")).to_have_text("Device connected")


async def test_a_device_is_refused(site: Site, page: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.url + "/login?next=/device")
    await sign_in(page)

    await page.fill("#user_code", await site.device_code())
    await page.click("#device-submit")
    await page.click("#device-deny")

    await expect(page.locator("h1")).to_have_text("Device not connected")


async def test_an_app_signs_somebody_out(site: Site, page: Page) -> None:
    """OIDC Front-Channel Logout 1.0 §4: the apps hear of it in frames, then the page goes on by itself."""
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await page.goto(site.authorize())
    await sign_in(page)
    await page.click("#consent-allow")
    await expect(page.locator("#state")).to_have_text("xyz")

    await page.goto(site.leave())
    await page.click("#logout-no")
    await expect(page.locator("h1")).to_have_text("Profile")
    await page.goto(site.leave())
    await page.click("#logout-yes")

    await expect(page.locator("#bye")).to_be_visible()
    assert len(site.heard) == 1
    await page.goto(site.url + "/account")
    await expect(page.locator("h1")).to_have_text("Sign in")
