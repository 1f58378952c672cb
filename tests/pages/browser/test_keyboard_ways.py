"""Ways in and out by Tab and Enter alone: new accounts, forgotten passwords, codes, other accounts, no."""

from playwright.async_api import Page, expect

from tests.pages.browser.moves import push, reach, sign_in, skip, tab_order, told, type_in
from tests.pages.browser.site import Site
from tests.pages.factors import codes
from tests.pages.person import EMAIL, PASSWORD

OTHER = "another horse battery"
NEWCOMER = {"first_name": "Jane", "last_name": "Doe", "email": EMAIL}


async def test_a_new_account_from_mistakes_to_the_app(site: Site, keyed: Page) -> None:
    await site.add_app()
    await keyed.goto(site.authorize())
    await push(keyed, "register")
    await keyed.wait_for_url("**/register/*")

    await push(keyed, "register-submit")
    assert await told(keyed, "first_name") == "Please fill this in."
    for field, typed in NEWCOMER.items():
        await type_in(keyed, field, typed)
    await type_in(keyed, "password", "short")
    await type_in(keyed, "password_again", "short")
    await keyed.keyboard.press("Enter")
    await expect(keyed.locator("#password-problem")).to_be_visible()
    assert "It is too short." in await told(keyed, "password")
    await type_in(keyed, "password", PASSWORD)
    await type_in(keyed, "password_again", PASSWORD)
    await push(keyed, "register-submit")
    await expect(keyed.locator("#registered")).to_be_visible()
    await keyed.goto((await site.idp.last_mail(EMAIL)).data["link"])
    await push(keyed, "confirm-submit")
    await keyed.wait_for_url("**/consent/*")
    await push(keyed, "consent-allow")

    await expect(keyed.locator("#state")).to_have_text("xyz")


async def test_a_forgotten_password(site: Site, keyed: Page) -> None:
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/login")
    await push(keyed, '[href="/forgot"]')

    await type_in(keyed, "email", "jane")
    await push(keyed, "forgot-submit")
    assert "not an e-mail address" in await told(keyed, "email")
    await type_in(keyed, "email", EMAIL)
    await push(keyed, "forgot-submit")
    await expect(keyed.locator("#reset-sent")).to_have_attribute("role", "status")
    await keyed.goto((await site.idp.last_mail(EMAIL)).data["link"])
    await type_in(keyed, "password", OTHER)
    await type_in(keyed, "password_again", PASSWORD)
    await push(keyed, "reset-submit")
    assert "not the same" in await told(keyed, "password_again")
    for field in ("password", "password_again"):
        await keyed.locator("#reset-form").evaluate("form => document.activeElement.blur()")
        await type_in(keyed, field, OTHER)
    await push(keyed, "reset-submit")

    await expect(keyed.locator("h1")).to_have_text("Profile")


async def test_a_code_by_mail_in_place_of_the_password(site: Site, keyed: Page) -> None:
    await site.idp.set_flag("single_use_code", True)
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/login")
    await push(keyed, "login-code")

    await type_in(keyed, "email", EMAIL)
    await push(keyed, "login-code-send")
    await type_in(keyed, "code", "000000")
    await keyed.keyboard.press("Enter")
    await expect(keyed.locator("#code-problem")).to_be_visible()
    assert "This code is not right" in await told(keyed, "code")
    await push(keyed, "login-code-resend")
    await type_in(keyed, "code", (await codes(site.idp))[-1])
    await push(keyed, "login-code-submit")

    await expect(keyed.locator("h1")).to_have_text("Profile")


async def test_the_account_is_chosen(site: Site, keyed: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/login")
    await sign_in(keyed)

    await keyed.goto(site.authorize(prompt="select_account"))
    await push(keyed, "select-account")
    await keyed.wait_for_url("**/consent/*")
    await push(keyed, "consent-allow")

    await expect(keyed.locator("#state")).to_have_text("xyz")


async def test_another_account_is_chosen(site: Site, keyed: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await site.idp.add_account("jim@example.com", PASSWORD)
    await keyed.goto(site.url + "/login")
    await sign_in(keyed)

    await keyed.goto(site.authorize(prompt="select_account"))
    await push(keyed, "other-account")
    await keyed.wait_for_url("**/login/*")
    await type_in(keyed, "email", "jim@example.com")
    await type_in(keyed, "password", PASSWORD)
    await push(keyed, "login-submit")
    await keyed.wait_for_url("**/consent/*")

    await expect(keyed.locator("main")).to_contain_text("jim@example.com")


async def test_consent_is_denied(site: Site, keyed: Page) -> None:
    await site.add_app()
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.authorize())
    await sign_in(keyed)
    await keyed.wait_for_url("**/consent/*")

    await push(keyed, "consent-deny")

    await expect(keyed.locator("#error")).to_have_text("access_denied")


async def test_signing_in_is_cancelled(site: Site, keyed: Page) -> None:
    await site.add_app()
    await keyed.goto(site.authorize())

    await push(keyed, "login-cancel")

    await expect(keyed.locator("#error")).to_have_text("access_denied")


async def test_an_error_page_has_a_way_out(site: Site, keyed: Page) -> None:
    await site.add_app()
    await keyed.goto(site.authorize(redirect_uri="https://evil.example"))
    await expect(keyed).to_have_title("Error: This request cannot be answered · Identity provider")

    await skip(keyed)
    await push(keyed, "way-out")

    await expect(keyed.locator("h1")).to_have_text("Sign in")


async def test_so_has_a_page_that_cannot_go_on(site: Site, keyed: Page) -> None:
    await keyed.goto(site.url + "/reset")
    await expect(keyed.locator("#problem")).to_have_attribute("role", "alert")

    await push(keyed, "way-out")

    await expect(keyed.locator("h1")).to_have_text("Reset the password")


async def test_a_wrong_password_is_read_out_with_the_field_that_is_next(site: Site, keyed: Page) -> None:
    """It says nothing of one field alone (rows 35, 41), so none is marked."""
    await site.idp.add_account(EMAIL, PASSWORD)
    await keyed.goto(site.url + "/login")
    await sign_in(keyed, password="wrong password")

    await expect(keyed.locator("#password")).to_be_focused()
    await expect(keyed.locator("#password")).to_have_attribute("aria-describedby", "form-problem")
    await expect(keyed.locator("#form-problem")).to_have_attribute("role", "alert")


async def test_tab_stops_at_everything_once_in_the_order_of_the_page(site: Site, keyed: Page) -> None:
    """WCAG 2.2, 2.1.2, 2.4.3: and leaves it at the end."""
    await site.add_app()
    await site.idp.set_flag("single_use_code", True)
    await site.idp.add_account(EMAIL, PASSWORD)
    addresses = [site.authorize(), site.url + "/register", site.authorize(prompt="select_account")]
    addresses += [site.url + path for path in ("/account", "/account/password", "/account/factors", "/account/data")]
    for address in addresses:
        await keyed.goto(address)
        if await keyed.locator("#login-form").count() and address != addresses[0]:
            await sign_in(keyed)
            await keyed.goto(address)

        stops, most = await tab_order(keyed)

        assert stops == list(range(most)), address


async def test_the_way_back_is_the_same(site: Site, keyed: Page) -> None:
    await keyed.goto(site.url + "/login")
    await reach(keyed, "login-submit")

    await keyed.keyboard.press("Shift+Tab")
    await keyed.keyboard.press("Shift+Tab")

    await expect(keyed.locator("#password")).to_be_focused()
