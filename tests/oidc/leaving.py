"""A person who signs out, and apps that ask for it."""

import html
import re
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest

from idp.core.client import Client
from idp.testing.provider import TestProvider
from tests.oidc.asking import Person, add_client, change_client
from tests.oidc.redeeming import App

END_SESSION = "/oauth2/end_session"
BYE = "https://app.example.com/bye"


async def leaving_client(op: TestProvider, client_id: str = "app", **metadata: Any) -> Client:
    return await add_client(op, client_id, **{"post_logout_redirect_uris": (BYE,), **metadata})


@pytest.fixture
async def app(op: TestProvider) -> Client:
    """A client that people come back to when they have left."""
    return await leaving_client(op)


async def with_metadata(op: TestProvider, client: Client, **changes: Any) -> Client:
    changed = replace(client, metadata=replace(client.metadata, **changes))
    await change_client(op, changed)
    return changed


async def id_token_of(person: Person, app: App, **parameters: str) -> str:
    """What the app holds after the person signed in to it."""
    told = await app.redeem((await person.ask(client_id=app.client_id, **parameters)).code)
    return str(told.body["id_token"])


async def ask_to_leave(person: Person, **parameters: str | None) -> httpx2.Response:
    sent = {name: value for name, value in parameters.items() if value is not None}
    return await person.browser.get(f"{END_SESSION}?{urlencode(sent)}")


async def answer(person: Person, question: httpx2.Response, decision: str) -> httpx2.Response:
    """Presses a button of the question that the redirect leads to."""
    page = await person.browser.get(question.headers["location"])
    assert page.status_code == 200
    assert 'id="logout-form"' in page.text
    fields = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    return await person.browser.post(question.headers["location"], data={**fields, "decision": decision})


HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


def is_question(response: httpx2.Response) -> bool:
    return response.status_code == 303 and response.headers["location"].split("?")[0] == "/logout"


async def is_signed_in(person: Person) -> bool:
    """Whether an app would get a code without any page."""
    assert person.session is not None
    session = person.session
    found = await person.op.provider.store.read(lambda work: work.sessions.by_id(session.id))
    return found is not None and found.revoked_at is None
