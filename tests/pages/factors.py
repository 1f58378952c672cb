"""An authenticator app, and accounts that have one."""

import re
from datetime import timedelta

import pyotp

from idp.core.account import Account
from idp.core.session import Source
from idp.testing.provider import TestProvider
from idp.usecases.administration import Administration
from tests.pages.person import EMAIL, PASSWORD

STEP = timedelta(seconds=30)
OPERATOR = Source(address="cli")


def shown(idp: TestProvider, secret: str) -> str:
    """What the app shows now."""
    code: str = pyotp.TOTP(secret).at(int(idp.clock.now().timestamp()))
    return code


async def account_with_totp(idp: TestProvider, email: str = EMAIL) -> tuple[Account, str]:
    """The account, and its app's secret."""
    account = await idp.add_account(email, PASSWORD)
    factored = await Administration(idp.provider.verbs).factors.vouch(account, "totp", OPERATOR)
    assert factored.enrolment is not None
    return factored.account, factored.enrolment.secret


async def codes(idp: TestProvider) -> list[str]:
    """All that were mailed."""
    return [mail.data["code"] for mail in await idp.mails() if "code" in mail.data]


def secret_in(page: str) -> str:
    """The key that the page shows in groups, as whoever copies it gets it."""
    shown_in = page.partition('id="secret" class="secret">')[2].partition("</code>")[0]
    return re.sub(r"<[^>]*>", "", shown_in)
