"""A person's whole life with us, and every secret that came up in it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta

import httpx2
import pyotp

from idp.core.address import EmailAddress
from idp.core.session import Source
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.security.acts import (
    BAY_AREA,
    PHONE,
    ask_mfa_code,
    ask_sign_in_code,
    code_login,
    confirm,
    forgot,
    login,
    mailed_code,
    mailed_token,
    nodeloom_login,
    refresh,
    register,
    reset,
)

PERSON = "person@example.com"
FIRST, SECOND, THIRD, TYPO = "first secret words", "second secret words", "third secret words", "almost secret words"
LONG_CODES = {"length": 10}
"""Six digits are found in any number; ten are not there by chance."""


@dataclass(slots=True)
class Secrets:
    """By what they are, so that a failure can name one without showing it."""

    kept: dict[str, set[str]] = field(default_factory=dict)

    def add(self, kind: str, *values: str) -> None:
        self.kept.setdefault(kind, set()).update(value for value in values if value)

    def found_in(self, text: str | bytes) -> list[str]:
        raw = text.encode() if isinstance(text, str) else text
        return [kind for kind, value in self if value.encode() in raw]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for kind, values in self.kept.items():
            for value in values:
                yield kind, value


async def live(idp: TestProvider) -> Secrets:
    """Registers, confirms, signs in at both doors and by code, enrols an app, resets, changes, mistypes, signs out."""
    secrets = Secrets()
    secrets.add("password", FIRST, SECOND, THIRD, TYPO)
    await idp.set_flag("single_use_code", True, jurisdiction=BAY_AREA)
    async with idp.browser() as browser:
        await register(browser, PERSON, FIRST, phoneNumber=PHONE)
        await confirm(browser, await mailed_token(idp, PERSON))
        _keep_cookies(secrets, browser)
        await _sign_in_everywhere(idp, browser, secrets)
        await browser.put("/user/public", json={"password": SECOND, "currentPassword": TYPO})
        await browser.put("/user/public", json={"password": SECOND, "currentPassword": FIRST})
        await browser.put("/user/public", json={"newEmail": "newer@example.com", "currentPassword": SECOND})
        await idp.deliver()
        await _enrol(idp, browser, secrets)
        await forgot(browser, PERSON)
        await reset(browser, await mailed_token(idp, PERSON), THIRD)
        await login(browser, PERSON, TYPO)
        await ask_mfa_code(browser, PERSON, THIRD)
        await login(browser, PERSON, THIRD, mfaCode=await mailed_code(idp, PERSON))
        _keep_cookies(secrets, browser)
        await browser.get("/auth/logout")
    for mail in await idp.mails():
        secrets.add("mail", *mail.data.values())
    return secrets


async def _sign_in_everywhere(idp: TestProvider, browser: httpx2.AsyncClient, secrets: Secrets) -> None:
    await login(browser, PERSON, TYPO)
    for _ in range(2):
        await login(browser, PERSON, FIRST)
        await nodeloom_login(browser, PERSON, FIRST)
        _keep_cookies(secrets, browser)
    await refresh(browser)
    await browser.post("/api/auth/refresh")
    _keep_cookies(secrets, browser)
    await ask_sign_in_code(browser, PERSON)
    code = (await idp.last_mail(PERSON)).data.get("code", "0000000000")
    await code_login(browser, code, PERSON)
    await code_login(browser, code, PERSON)
    _keep_cookies(secrets, browser)


async def _enrol(idp: TestProvider, browser: httpx2.AsyncClient, secrets: Secrets) -> None:
    account = await idp.provider.store.read(lambda work: work.accounts.by_email(EmailAddress(PERSON)))
    assert account is not None
    factors = Administration(idp.provider.verbs).factors
    await factors.vouch(account, "email", Source(address="cli"))
    added = await factors.vouch(account, "totp", Source(address="cli"))
    assert added.enrolment is not None
    app = pyotp.TOTP(added.enrolment.secret)
    secrets.add("seed of the app", added.enrolment.secret)
    idp.clock.advance(timedelta(seconds=60))
    await login(browser, PERSON, SECOND, mfaCode=app.at(idp.clock.now()), mfaType="totp")
    _keep_cookies(secrets, browser)
    await ask_mfa_code(browser, PERSON, SECOND)
    await nodeloom_login(browser, PERSON, SECOND, mfaCode=await mailed_code(idp, PERSON))
    _keep_cookies(secrets, browser)


def _keep_cookies(secrets: Secrets, browser: httpx2.AsyncClient) -> None:
    secrets.add("cookie", *(value for name, value in browser.cookies.items() if name != "access-token-available"))
