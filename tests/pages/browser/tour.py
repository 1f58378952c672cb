"""A walk past every page and the states that they can be in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Page, Route

from idp.core.client import Origin
from tests.oidc.asking import add_client
from tests.pages.browser.moves import press, sign_in
from tests.pages.browser.site import Site
from tests.pages.browser.tour_account import OTHER, account
from tests.pages.factors import account_with_totp, codes
from tests.pages.person import EMAIL, PASSWORD

TOOL = "a-tool"
"""An app as if a document described it."""
JIM, JO, JACK, JUNE = (f"{name}@example.com" for name in ("jim", "jo", "jack", "june"))
LOGO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='40' height='40'%3E"
    "%3Crect width='40' height='40' rx='8' fill='%23c2410c'/%3E%3C/svg%3E"
)
NEWCOMER = {
    "first_name": "June",
    "last_name": "Doe",
    "email": "judy@example.com",
    "password": PASSWORD,
    "password_again": PASSWORD,
}
PLAIN = (
    ("/confirm", "problem"),
    ("/second-factor/nothing", "second-factor-over"),
    ("/logout", "signed-out"),
    ("/login/nothing", "interaction-over"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """One walk by one person; each stop is named as its page stands open."""

    site: Site
    page: Page

    async def stops(self) -> AsyncIterator[str]:
        await self._prepare()
        for part in (self._strangers, self._links, self._app, self._device, self._leaving, self._second_factor):
            async for stop in part():
                yield stop
        await self.page.context.clear_cookies()
        async for stop in account(self.site, self.page):
            yield stop

    async def _prepare(self) -> None:
        await self.site.add_app(logo_uri=LOGO, texts={"client_name#es": "Cuartos y Techos"})
        await add_client(self.site.idp, TOOL, origin=Origin.DOCUMENT, redirect_uris=(self.site.app,))
        await self.site.idp.set_flag("single_use_code", True)
        await self.site.idp.add_account(EMAIL, PASSWORD, phone_number="+14155550123")

    async def go(self, path: str) -> None:
        await self.page.goto(self.site.url + path)

    async def _strangers(self) -> AsyncIterator[str]:
        page = self.page
        await self.go("/login")
        yield "login"
        await press(page, "#login-submit")
        yield "login-empty"
        await sign_in(page, password="wrong password")
        yield "login-wrong"
        await self.go("/login-code")
        yield "login-code"
        await page.fill("#email", EMAIL)
        await press(page, "#login-code-send")
        yield "login-code-sent"
        await page.fill("#code", "000000")
        await press(page, "#login-code-submit")
        yield "login-code-wrong"
        await self.go("/register")
        yield "register"
        await page.fill("#password", "short")
        await press(page, "#register-submit")
        yield "register-wrong"
        for field, typed in {**NEWCOMER, "email": JUNE}.items():
            await page.fill(f"#{field}", typed)
        await press(page, "#register-submit")
        yield "registered"
        for path, name in PLAIN:
            await self.go(path)
            yield name
        await page.goto(self.site.authorize(redirect_uri="https://evil.example"))
        yield "error"
        for mode in ("query", "form_post"):
            await page.goto(self.site.authorize(client_id=TOOL, prompt="none", response_mode=mode))
            yield f"aside-{mode}"
        await page.route(f"{self.site.app}*", nothing)
        await page.goto(self.site.authorize(prompt="none", response_mode="form_post"), wait_until="commit")
        await page.locator("#go-on").wait_for()
        yield "posting"
        await page.unroute(f"{self.site.app}*")

    async def _links(self) -> AsyncIterator[str]:
        """In mails."""
        idp, page = self.site.idp, self.page
        await self.go("/forgot")
        yield "forgot"
        await page.fill("#email", EMAIL)
        await press(page, "#forgot-submit")
        yield "forgot-sent"
        await page.goto((await idp.last_mail(EMAIL)).data["link"])
        yield "reset"
        await page.fill("#password", "password")
        await page.fill("#password_again", "password")
        await press(page, "#reset-submit")
        yield "reset-wrong"
        await idp.add_account(JO, PASSWORD, confirmed=False)
        await self.go("/login")
        await sign_in(page, JO)
        yield "login-not-confirmed"
        await page.goto((await idp.last_mail(JO)).data["link"])
        yield "confirm"

    async def _app(self) -> AsyncIterator[str]:
        page = self.page
        await page.goto(self.site.authorize())
        yield "app-login"
        await press(page, "#register")
        yield "app-register"
        for field, typed in NEWCOMER.items():
            await page.fill(f"#{field}", typed)
        await press(page, "#register-submit")
        yield "app-registered"
        await page.goto(self.site.authorize())
        await sign_in(page)
        yield "consent"
        await page.goto(self.site.authorize(claims='{"userinfo":{"phone_number":null}}', scope="openid offline_access"))
        yield "consent-claims"
        await page.goto(self.site.authorize(prompt="select_account"))
        yield "select-account"
        await page.goto(self.site.authorize(prompt="login"))
        yield "app-login-again"

    async def _device(self) -> AsyncIterator[str]:
        page = self.page
        await self.go("/device")
        yield "device"
        await page.fill("#user_code", "BBBBBBBB")
        await press(page, "#device-submit")
        yield "device-wrong"
        for decision in ("allow", "deny"):
            await page.fill("#user_code", await self.site.device_code())
            await press(page, "#device-submit")
            yield f"device-confirm-{decision}"
            await press(page, f"#device-{decision}")
            yield f"device-{decision}"
            await self.go("/device")

    async def _leaving(self) -> AsyncIterator[str]:
        """The page that goes on by itself stands still: where it leads to has nothing to show."""
        page = self.page
        await self.go("/logout")
        yield "logout"
        await page.goto(self.site.authorize())
        await press(page, "#consent-allow")
        await page.goto(self.site.leave())
        yield "app-logout"
        await page.route(f"{self.site.bye}*", nothing)
        await press(page, "#logout-yes")
        yield "app-signed-out"
        await page.unroute(f"{self.site.bye}*")

    async def _second_factor(self) -> AsyncIterator[str]:
        idp, page = self.site.idp, self.page
        jim, _ = await account_with_totp(idp, JIM)
        await idp.enrol(jim, "totp", "email")
        await idp.add_account(JACK, PASSWORD, mfa_methods=frozenset({"totp"}))
        await self.go("/login")
        await sign_in(page, JACK)
        yield "second-factor-none"
        await self.go("/login")
        await sign_in(page, JIM)
        yield "second-factor"
        await press(page, "button[name=send]")
        yield "second-factor-sent"
        await page.fill("#code", "000000")
        await press(page, "#mfa-submit")
        yield "second-factor-wrong"
        await page.fill("#code", (await codes(idp))[-1])
        await press(page, "#mfa-submit")
        await self.go("/account/factors")
        yield "account-factors-held"
        await self.go("/account/email")
        yield "account-email-guarded"
        await self._forget(JIM)
        await page.fill("#password", OTHER)
        await page.fill("#password_again", OTHER)
        await press(page, "#reset-submit")
        yield "done"

    async def _forget(self, email: str) -> None:
        """As far as the link in the mail."""
        await self.go("/forgot")
        await self.page.fill("#email", email)
        await press(self.page, "#forgot-submit")
        await self.page.goto((await self.site.idp.last_mail(email)).data["link"])


async def nothing(route: Route) -> None:
    await route.fulfill(status=204)
