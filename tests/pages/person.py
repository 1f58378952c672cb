"""Somebody with a browser that runs no script: opens pages, fills forms in as they stand there, sends them."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx2

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"


@dataclass(slots=True, kw_only=True)
class Form:
    """`fields` as the page filled them in; `buttons` by id: name and value."""

    id: str
    method: str
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    buttons: dict[str, tuple[str, str]] = field(default_factory=dict)


class Reading(HTMLParser):
    """The forms of a page, and the elements that have an id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.ids: dict[str, dict[str, str]] = {}
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if "id" in given:
            self.ids[given["id"]] = given
        if tag == "form":
            form = Form(id=given.get("id", ""), method=given.get("method", "get"), action=given.get("action", ""))
            self.forms.append(form)
        elif tag == "input" and self.forms and given.get("name"):
            self.forms[-1].fields[given["name"]] = given.get("value", "")
        elif tag == "button" and self.forms:
            self.forms[-1].buttons[given.get("id") or given.get("value", "")] = (
                given.get("name", ""),
                given.get("value", ""),
            )


@dataclass(slots=True)
class Person:
    """`answer` is the page that is open."""

    browser: httpx2.AsyncClient
    answer: httpx2.Response = field(default_factory=lambda: httpx2.Response(204))

    @property
    def page(self) -> Reading:
        return Reading(self.answer.text)

    @property
    def path(self) -> str:
        return self.answer.request.url.raw_path.decode()

    def form(self, name: str) -> Form:
        """Raises LookupError when the page has no form of this id, or none with a button of it."""
        for form in self.page.forms:
            if form.id == name or name in form.buttons:
                return form
        raise LookupError(f"no form {name} on {self.path}: {self.answer.text}")

    async def open(self, address: str, **headers: str) -> httpx2.Response:
        return await self._followed(await self.browser.get(address, headers=headers))

    async def send(self, name: str, *, button: str = "", **typed: str) -> httpx2.Response:
        """Sends a form of the open page and follows where it leads, but not to another site."""
        return await self._followed(await self.send_alone(name, button=button, **typed))

    async def send_alone(self, name: str, *, button: str = "", **typed: str) -> httpx2.Response:
        """The same, without following."""
        form = self.form(name)
        pushed = form.buttons.get(button or name)
        data = {**form.fields, **typed}
        if pushed and pushed[0]:
            data[pushed[0]] = pushed[1]
        return await self.browser.post(form.action or self.path, data=data, headers={"sec-fetch-site": "same-origin"})

    async def _followed(self, answer: httpx2.Response) -> httpx2.Response:
        while answer.is_redirect and answer.headers["location"].startswith("/"):
            answer = await self.browser.get(answer.headers["location"])
        self.answer = answer
        return answer

    async def sign_in(self, at: str = "/login", email: str = EMAIL, password: str = PASSWORD) -> httpx2.Response:
        await self.open(at)
        return await self.send("login-form", email=email, password=password)
