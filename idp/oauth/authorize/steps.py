"""What the authorization endpoint wants next: a page, or the answer to the client.

The dispatcher decides after every page anew, from the interaction's row and the browser's session alone: pages never
route to one another, and none can be left out (threat row 55).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import quote, urlencode, urlsplit

from idp.core.account import Account
from idp.core.authorization import AuthorizationRequest
from idp.core.client import Client


class Need(StrEnum):
    """The first unmet one, in this order. Each is a page of its own at `/{need}/{interaction}`."""

    REGISTER = "register"
    SELECT_ACCOUNT = "select-account"
    SIGN_IN = "login"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowPage:
    """`interaction` is the id for the page's address; worth nothing without the browser's cookie."""

    need: Need
    interaction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorizationResponse:
    """To be carried to `redirect_uri` by `response_mode`: query, fragment, form_post, or JARM's twin of each.

    `parameters` hold `code` or `error`, `state` and `iss` (RFC 9207); under JARM the one parameter `response`.
    `by_click`: the person goes there on purpose or not at all.
    `browser_state` is for the cookie by which the client's page notices a sign-out (OIDC Session Management 1.0 §3.2).
    """

    redirect_uri: str
    response_mode: str
    parameters: Mapping[str, str]
    browser_state: str | None = None
    by_click: bool = False

    @property
    def is_form(self) -> bool:
        """Whether it is posted there; else the browser is sent to `location`."""
        return self.response_mode.removesuffix(".jwt") == "form_post"

    @property
    def location(self) -> str:
        written = urlencode(self.parameters, quote_via=quote)
        if self.response_mode.removesuffix(".jwt") == "fragment":
            return f"{self.redirect_uri}#{written}"
        return f"{self.redirect_uri}{'&' if '?' in self.redirect_uri else '?'}{written}"


Step = ShowPage | AuthorizationResponse


@dataclass(frozen=True, slots=True, kw_only=True)
class PageView:
    """What a page of an interaction shows, and must see to.

    `need` is the page that is wanted; None when all are met and the browser is to resume. `account`: who is signed in.
    `must_sign_in_again`: the session is too old, too weak or another's than the request hints at, or `prompt=login`.
    `second_factor`: whoever signs in here has to give one (`acr`). `new_scope` and `new_claims` are what consent is
    asked for; `login_hint` may fill the address in.
    """

    client: Client
    request: AuthorizationRequest
    need: Need | None = None
    account: Account | None = None
    must_sign_in_again: bool = False
    second_factor: bool = False
    new_scope: tuple[str, ...] = ()
    new_claims: tuple[str, ...] = ()
    login_hint: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    @property
    def strangers_host(self) -> str:
        """Where the answer goes, for a client that no operator has looked at: its name and logo are its own word
        (draft-ietf-oauth-client-id-metadata-document, security considerations). Empty for an operator's.
        """
        if self.client.is_ours:
            return ""
        parts = urlsplit(self.request.redirect_uri)
        return parts.netloc if parts.scheme in {"https", "http"} else f"{parts.scheme}:"
