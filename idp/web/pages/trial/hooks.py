"""What scripts, tests and our own handlers look for on a page, and must find whoever wrote its template."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser

HOOKS: Mapping[str, tuple[str, ...]] = {
    "login.html": ("login-form", "email", "password", "login-submit", "login-cancel"),
    "second_factor.html": ("mfa-form", "code", "mfa-submit", "mfa-send"),
    "consent.html": ("consent-form", "consent-allow", "consent-deny"),
    "select_account.html": ("select-account-form", "select-account", "other-account"),
    "logout.html": ("logout-form", "logout-yes", "logout-no"),
    "signed_out.html": ("logged-out",),
    "device.html": ("user_code", "device-submit"),
    "device_confirm.html": ("device-allow", "device-deny"),
    "error.html": ("error",),
    "aside.html": ("stranger", "go-on"),
    "posting.html": ("answer", "go-on"),
    "problem.html": ("problem",),
}
"""By page; `docs/pages.md` promises them."""


class Found(HTMLParser):
    """The ids of a page, and which of its forms may be sent: those to us with our token."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.forms: list[bool] = []
        self.feed(text)

    @property
    def has_open_form(self) -> bool:
        return not all(self.forms)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids.add(given.get("id") or "")
        if tag == "form":
            goes_elsewhere = "://" in (given.get("action") or "")
            self.forms.append(goes_elsewhere or (given.get("method") or "get").lower() != "post")
        elif tag == "input" and given.get("name") == "csrf" and self.forms:
            self.forms[-1] = True


def missing_in(page: str, texts: list[str]) -> Iterator[str]:
    """Reasons, by what the page looks like on all occasions together."""
    found = [Found(text) for text in texts]
    ids = {name for one in found for name in one.ids}
    for hook in HOOKS.get(page, ()):
        if hook not in ids:
            yield f'has no element with the id "{hook}"'
    if any(one.has_open_form for one in found):
        yield "has a form without our token: the field csrf"
