"""A walk past every page and the states that they can be in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from playwright.async_api import Page

from tests.pages.browser.site import Site
from tests.pages.factors import account_with_totp, codes
from tests.pages.person import EMAIL, PASSWORD

JIM = "jim@example.com"
LOGO = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='40' height='40'%3E"
    "%3Crect width='40' height='40' rx='8' fill='%23c2410c'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """One walk by one person; each stop is named as its page stands open."""

    site: Site
    page: Page

    async def stops(self) -> AsyncIterator[str]:
        await self._prepare()
        for part in (self._strangers, self._app, self._second_factor, self._account, self._end):
            async for stop in part():
                yield stop

    async def _prepare(self) -> None:
        await self.site.add_app(logo_uri=LOGO)
        await self.site.idp.set_flag("single_use_code", True)
        await self.site.idp.add_account(EMAIL, PASSWORD, phone_number="+14155550123")

    async def go(self, path: str) -> None:
        await self.page.goto(self.site.url + path)

    async def sign_in(self, email: str = EMAIL, password: str = PASSWORD) -> None:
        await self.page.fill("#email", email)
        await self.page.fill("#password", password)
        await self.page.click("#login-submit")

    async def _strangers(self) -> AsyncIterator[str]:
        page = self.page
        await self.go("/login")
        yield "login"
        await page.click("#login-submit")
        yield "login-empty"
        await self.sign_in(password="wrong password")
        yield "login-wrong"
        await self.go("/login-code")
        yield "login-code"
        await page.fill("#email", EMAIL)
        await page.click("#login-code-send")
        yield "login-code-sent"
        await page.fill("#code", "000000")
        await page.click("#login-code-submit")
        yield "login-code-wrong"
        await self.go("/register")
        yield "register"
        await page.fill("#password", "short")
        await page.click("#register-submit")
        yield "register-wrong"
        await self.go("/registered")
        yield "registered"
        await self.go("/forgot")
        yield "forgot"
        await page.fill("#email", EMAIL)
        await page.click("#forgot-submit")
        yield "forgot-sent"
        link = (await self.site.idp.last_mail(EMAIL)).data["link"]
        await page.goto(link)
        yield "reset"
        await page.fill("#password", "password")
        await page.fill("#password_again", "password")
        await page.click("#reset-submit")
        yield "reset-wrong"
        for path, name in (
            ("/confirm", "problem"),
            ("/done", "done"),
            ("/goodbye", "goodbye"),
            ("/logout", "signed-out"),
        ):
            await self.go(path)
            yield name
        await page.goto(self.site.authorize(redirect_uri="https://evil.example"))
        yield "error"

    async def _app(self) -> AsyncIterator[str]:
        page = self.page
        await page.goto(self.site.authorize())
        yield "app-login"
        await self.sign_in()
        yield "consent"
        await page.goto(self.site.authorize(prompt="select_account"))
        yield "select-account"
        await self.go("/logout")
        yield "logout"
        await self.go("/device")
        yield "device"

    async def _second_factor(self) -> AsyncIterator[str]:
        idp, page = self.site.idp, self.page
        account, _ = await account_with_totp(idp, JIM)
        await idp.enrol(account, "totp", "email")
        await self.go("/login?again=1")
        await self.sign_in(JIM)
        yield "second-factor"
        await page.click("button[name=send]")
        yield "second-factor-sent"
        await page.fill("#code", "000000")
        await page.click("#mfa-submit")
        yield "second-factor-wrong"
        await page.fill("#code", (await codes(idp))[-1])
        await page.click("#mfa-submit")

    async def _account(self) -> AsyncIterator[str]:
        page = self.page
        await self.go("/login?again=1")
        await self.sign_in()
        yield "account"
        await page.fill("#first_name", "")
        await page.click("#profile-submit")
        yield "account-wrong"
        for part in ("email", "password", "factors", "sessions", "activity", "data", "delete"):
            await self.go(f"/account/{part}")
            yield f"account-{part}"
        await self.go("/account/factors")
        await page.click("button[value=begin]")
        yield "account-factor-set-up"
        await page.fill("#code", "000000")
        await page.click("#factor-confirm")
        yield "account-factor-wrong"

    async def _end(self) -> AsyncIterator[str]:
        await self.page.goto(self.site.authorize())
        await self.page.click("#consent-allow")
        await self.go("/account/apps")
        yield "account-apps"
