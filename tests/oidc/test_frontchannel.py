"""Apps forget a session in frames of the signed-out page (OIDC Front-Channel Logout 1.0)."""

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.core.client import Client
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person
from tests.oidc.leaving import BYE, answer, ask_to_leave, id_token_of, leaving_client
from tests.oidc.redeeming import App, claims_of

FRAME = "https://app.example.com/front"


@pytest.fixture
async def app(op: TestProvider) -> Client:
    return await leaving_client(op, frontchannel_logout_uri=FRAME, frontchannel_logout_session_required=True)


def frames(page: str) -> list[str]:
    return [html.unescape(address) for address in re.findall(r'<iframe[^>]* src="([^"]*)"', page)]


async def test_the_page_frames_each_app_and_goes_on(jane: Person, client: App) -> None:
    """§3, §4."""
    hint = await id_token_of(jane, client)

    page = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE, state="s")

    assert page.status_code == 200
    assert 'id="logged-out"' in page.text
    [frame] = frames(page.text)
    assert frame.startswith(f"{FRAME}?")
    assert parse_qs(urlsplit(frame).query) == {"iss": [ISSUER], "sid": [claims_of(hint)["sid"]]}
    assert f'http-equiv="refresh" content="0;url={BYE}?state=s"' in page.text
    assert f'href="{BYE}?state=s"' in page.text
    assert "frame-src https://app.example.com" in page.headers["content-security-policy"]


async def test_every_app_of_the_session_has_a_frame_and_no_other(op: TestProvider, jane: Person, client: App) -> None:
    await leaving_client(op, "second", frontchannel_logout_uri="https://second.example.com/front?a=b")
    await leaving_client(op, "third", frontchannel_logout_uri="https://third.example.com/front")
    await leaving_client(op, "without")
    await jane.ask(client_id="second")
    await jane.ask(client_id="without")
    hint = await id_token_of(jane, client)

    page = await ask_to_leave(jane, id_token_hint=hint)

    hosts = {urlsplit(frame).hostname for frame in frames(page.text)}
    assert hosts == {"app.example.com", "second.example.com"}
    [second] = [frame for frame in frames(page.text) if "second" in frame]
    assert parse_qs(urlsplit(second).query)["a"] == ["b"]
    assert "http-equiv" not in page.text


async def test_signing_out_at_our_own_page_frames_them_too(jane: Person, client: App) -> None:
    await id_token_of(jane, client)
    asked = await ask_to_leave(jane)

    page = await answer(jane, asked, "yes")

    assert len(frames(page.text)) == 1


async def test_where_no_app_wants_a_frame_there_is_no_page(op: TestProvider, jane: Person) -> None:
    await leaving_client(op, "without")
    async with op.browser() as browser:
        hint = await id_token_of(jane, App(op, browser, client_id="without"))

    gone = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    assert gone.headers["location"] == BYE
