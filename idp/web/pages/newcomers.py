"""Who registers on the way to an app, and where they wanted to go: kept by their own browser until they confirm."""

import hmac
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from idp.core.ids import AccountId
from idp.core.secret import Digest
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester
from idp.web.cookies import CookieStyle, put_cookies, read_cookies

NAME = "idp-registered"
LIFE = timedelta(hours=1)
"""Longer than an app's request stays open."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomers:
    """A cookie with the interaction and two seals: over this browser, and over the account that it made.

    A confirmation leads on to the app for the very account that was made on the way there, in the browser where its
    password was typed. Another's leads to the account pages: a link that an attacker passed on, or one to an account
    that somebody else had made for this address before and knows the password of (row 9). Where the address was taken
    the second seal is over nothing, and looks the same (row 39).
    """

    cookies: CookieStyle
    digester: Digester
    entropy: Entropy

    def remember(self, response: Response, browser: Digest, interaction: str, account: AccountId | None) -> Response:
        """`interaction` is "" where no app asked, `account` None where none was made."""
        made = self._made(browser, interaction, account or self.entropy.token())
        value = f"{interaction}.{self._asked(browser, interaction)}.{made}"
        return put_cookies(response, [self.cookies.set(NAME, value, LIFE)])

    def asked(self, request: Request, browser: Digest) -> str | None:
        """The interaction in which this browser registered somebody, "" without one; None: it registered nobody."""
        interaction, seal, _ = self._held(request)
        return interaction if _is(seal, self._asked(browser, interaction)) else None

    def interaction_of(self, request: Request, browser: Digest, account: AccountId) -> str:
        """The one in which this browser made `account`, or ""."""
        interaction, _, seal = self._held(request)
        return interaction if _is(seal, self._made(browser, interaction, account)) else ""

    def forgotten(self) -> str:
        """The Set-Cookie value for when it has been used."""
        return self.cookies.expire(NAME)

    def _held(self, request: Request) -> tuple[str, str, str]:
        value = read_cookies(request.headers.get("cookie")).get(self.cookies.named(NAME), "")
        parts = value.split(".")
        return (parts[0], parts[1], parts[2]) if len(parts) == len(("interaction", "asked", "made")) else ("", "", "")

    def _asked(self, browser: Digest, interaction: str) -> str:
        return self.digester.digest("registered", browser.hex(), interaction).hex()

    def _made(self, browser: Digest, interaction: str, account: str) -> str:
        return self.digester.digest("registered-account", browser.hex(), interaction, account).hex()


def _is(given: str, wanted: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), wanted.encode())
