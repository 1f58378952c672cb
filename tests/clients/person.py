"""Somebody with a browser: goes where an app sends people, and fills in by their ids the forms that stand there."""

from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import urljoin

import httpx2

from tests.pages.person import Form, Reading
from tests.running import Server

EMAIL, PASSWORD = "jane@example.com", "securepassword123"
"""Of the demo."""

WAYS = {"login-form": "login-submit", "consent-form": "consent-allow", "logout-form": "logout-yes"}
"""By form: the button that leads on."""

MOST_STEPS = 20


@dataclass(slots=True, init=False)
class Person:
    """Keeps the cookies of one browser."""

    issuer: str
    pages: list[str]
    """The forms that were filled in so far."""
    answer: httpx2.Response
    """The page where the last way ended."""
    _homes: tuple[str, ...]
    _browser: httpx2.Client

    def __init__(self, server: Server, *apps: str) -> None:
        """`apps`: origins whose addresses are opened as well."""
        self.issuer, self.pages, self.answer = server.url, [], httpx2.Response(204)
        self._homes = tuple(f"{origin}/" for origin in (server.url, *apps))
        self._browser = server.browser()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._browser.close()

    def looks(self, address: str) -> str:
        """Where an address leads without anything being filled in."""
        answer = self._browser.get(address, follow_redirects=True)
        return str(answer.request.url)

    def visit(self, address: str) -> str:
        """Where the way ends: at a page, or at the first address of an app that is not here, which is not opened."""
        answer = self._browser.get(address)
        for _ in range(MOST_STEPS):
            here = str(answer.request.url)
            if answer.is_redirect:
                onward = urljoin(here, answer.headers["location"])
                if not onward.startswith(self._homes):
                    return onward
                answer = self._browser.get(onward)
            elif form := self._form(answer):
                answer = self._send(here, form)
            else:
                self.answer = answer
                return here
        raise AssertionError(f"{address} leads nowhere; last seen: {answer.text}")

    @staticmethod
    def _form(answer: httpx2.Response) -> Form | None:
        return next((form for form in Reading(answer.text).forms if form.id in WAYS), None)

    def _send(self, here: str, form: Form) -> httpx2.Response:
        self.pages.append(form.id)
        typed = {"email": EMAIL, "password": PASSWORD} if form.id == "login-form" else {}
        name, value = form.buttons[WAYS[form.id]]
        pressed = {name: value} if name else {}
        return self._browser.post(
            urljoin(here, form.action),
            data={**form.fields, **typed, **pressed},
            headers={"origin": self.issuer, "sec-fetch-site": "same-origin"},
        )
