"""Signing in on a device by a code that a person types elsewhere (RFC 8628)."""

import asyncio
import html
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from idp.core.account import Account
from idp.core.client import Client, ResourceServer
from idp.core.events import EventName
from idp.oauth.devices.begin import DEVICE_CODE
from idp.oauth.devices.user_code import ALPHABET, LENGTH, canonical, make_user_code
from idp.testing.entropy import PredictableEntropy
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import App, Told, recorded

BEGIN = "/oauth2/device_authorization"
PAGE = "/device"
HIDDEN = re.compile(r'<input type="hidden" name="([^"]*)" value="([^"]*)">')


@dataclass(slots=True)
class Tv:
    """A device with a screen and no keyboard."""

    app: App
    device_code: str = ""
    user_code: str = ""

    async def begin(self, **form: str) -> httpx2.Response:
        own = self.app.authentication()
        answer = await self.app.browser.post(BEGIN, data={**own.form, **form}, headers=own.headers)
        if answer.status_code == 200:
            self.device_code, self.user_code = answer.json()["device_code"], answer.json()["user_code"]
        return answer

    async def poll(self, **form: str) -> Told:
        return await self.app.ask(DEVICE_CODE, **{"device_code": self.device_code, **form})


@pytest.fixture
async def app(op: TestProvider) -> Client:
    return await tv_client(op)


async def tv_client(op: TestProvider, client_id: str = "tv", **metadata: Any) -> Client:
    usual = {
        "redirect_uris": (),
        "response_types": (),
        "grant_types": (DEVICE_CODE, "refresh_token"),
        "token_endpoint_auth_method": "none",
        "client_name": "The TV",
    }
    return await add_client(op, client_id, **{**usual, **metadata})


@pytest.fixture
async def tv(op: TestProvider, app: Client) -> AsyncIterator[Tv]:
    async with op.browser("198.51.100.7") as browser:
        device = Tv(App(op, browser, client_id="tv", method="none"))
        assert (await device.begin(scope="openid email")).status_code == 200
        yield device


async def send(person: Person, **form: str) -> httpx2.Response:
    """The form of the page, as a browser sends it."""
    page = await person.browser.get(PAGE)
    fields = {html.unescape(name): html.unescape(value) for name, value in HIDDEN.findall(page.text)}
    return await person.browser.post(PAGE, data={**fields, **form})


async def allow(person: Person, tv: Tv) -> httpx2.Response:
    return await send(person, user_code=tv.user_code, decision="allow")


async def test_a_device_gets_two_codes_and_an_address(tv: Tv) -> None:
    """§3.2."""
    answer = await tv.begin(scope="openid")

    body = answer.json()
    assert set(body) == {
        "device_code",
        "user_code",
        "verification_uri",
        "verification_uri_complete",
        "expires_in",
        "interval",
    }
    assert len(body["device_code"]) == 43
    assert re.fullmatch(f"[{ALPHABET}]{{4}}-[{ALPHABET}]{{4}}", body["user_code"])
    assert body["verification_uri"] == f"{ISSUER}/device"
    assert body["verification_uri_complete"] == f"{ISSUER}/device?user_code={body['user_code']}"
    assert (body["expires_in"], body["interval"]) == (600, 5)
    assert answer.headers["cache-control"] == "no-store"


def test_user_codes_hold_no_vowels_and_are_many() -> None:
    """§6.1: 20 letters, 8 of them: 34 bits."""
    entropy = PredictableEntropy()

    codes = {make_user_code(entropy) for _ in range(500)}

    assert len(codes) == 500
    assert {letter for code in codes for letter in code} == set(ALPHABET) | {"-"}
    assert not set(ALPHABET) & set("AEIOUY0123456789")
    assert (len(ALPHABET), LENGTH) == (20, 8)


@pytest.mark.parametrize("typed", ["WDJB-MJHT", "wdjbmjht", " wdjb mjht ", "W-D-J-B-MJHT", "wdjb\u2013mjht"])
def test_a_code_is_read_however_it_was_typed(typed: str) -> None:
    """§6.1."""
    assert canonical(typed) == "WDJBMJHT"


@pytest.mark.parametrize("typed", ["", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "\u212aDJB-MJHT", "\x00"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert canonical(typed) == ""


async def test_the_whole_journey(tv: Tv, jane: Person, account: Account) -> None:
    """§3.3 to §3.5."""
    entry = await jane.browser.get(PAGE)
    assert 'id="user_code"' in entry.text
    assert 'id="device-submit"' in entry.text
    assert (await tv.poll()).error == "authorization_pending"

    question = await send(jane, user_code=tv.user_code.lower())
    assert 'id="device-allow"' in question.text
    assert 'id="device-deny"' in question.text
    assert "The TV" in question.text
    assert tv.user_code in question.text
    assert 'data-scope="email"' in question.text
    done = await allow(jane, tv)
    assert 'data-allowed="yes"' in done.text

    tv.app.op.clock.advance(timedelta(seconds=5))
    told = await tv.poll()
    assert told.status == 200
    assert told.id_claims["sub"] == account.id
    assert told.id_claims["amr"] == ["pwd"]
    assert told.body["scope"] == "openid email"
    assert (await tv.app.userinfo(told.access_token)).json()["email"] == "jane@example.com"
    assert (await tv.app.refresh(told.refresh_token)).status == 200
    assert await recorded(tv.app.op, EventName.AUTHORIZATION_GRANTED) == 1


async def test_people_see_at_which_servers_the_device_would_act(op: TestProvider, tv: Tv, jane: Person) -> None:
    """§5.4, RFC 8707 §2: no more is allowed than is shown."""
    api = ResourceServer(identifier="https://api.example.com", created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(api))
    await tv.begin(scope="openid", resource=api.identifier)

    assert api.identifier in (await send(jane, user_code=tv.user_code)).text


async def test_who_is_not_signed_in_signs_in_first_and_comes_back_with_the_code(
    tv: Tv, stranger: Person, account: Account
) -> None:
    sent = await send(stranger, user_code=tv.user_code)

    assert sent.status_code == 303
    assert sent.headers["location"] == f"/login?next=%2Fdevice%3Fuser_code%3D{tv.user_code}"
    login = await stranger.browser.get(sent.headers["location"])
    fields = dict(HIDDEN.findall(login.text))
    credentials = {"email": account.email, "password": "correct horse battery"}
    entered = await stranger.browser.post(sent.headers["location"], data={**fields, **credentials})
    assert entered.headers["location"] == f"/device?user_code={tv.user_code}"
    back = await stranger.browser.get(entered.headers["location"])
    assert f'value="{tv.user_code}"' in back.text
    assert (await allow(stranger, tv)).status_code == 200
    assert (await tv.poll()).status == 200


async def test_nobody_decides_without_signing_in(tv: Tv, stranger: Person) -> None:
    sent = await allow(stranger, tv)

    assert sent.headers["location"].startswith("/login")
    assert (await tv.poll()).error == "authorization_pending"


async def test_a_code_in_the_address_is_filled_in_and_decides_nothing(tv: Tv, jane: Person) -> None:
    """§5.4: a link that somebody was sent must not connect somebody else's device."""
    page = await jane.browser.get(f"{PAGE}?user_code={tv.user_code}")

    assert f'value="{tv.user_code}"' in page.text
    assert 'id="device-allow"' not in page.text
    assert (await tv.poll()).error == "authorization_pending"


async def test_what_stands_in_the_address_is_escaped(jane: Person, app: Client) -> None:
    """Row 103."""
    page = await jane.browser.get(PAGE, params={"user_code": '"><script>x'})

    assert "<script>" not in page.text


async def test_who_is_refused_is_told_so(tv: Tv, jane: Person) -> None:
    """§3.5, access_denied."""
    done = await send(jane, user_code=tv.user_code, decision="deny")

    assert 'data-allowed="no"' in done.text
    assert (await tv.poll()).error == "access_denied"
    assert await recorded(tv.app.op, EventName.AUTHORIZATION_DENIED) == 1


async def test_what_is_no_clear_yes_is_a_no(tv: Tv, jane: Person) -> None:
    await send(jane, user_code=tv.user_code, decision="perhaps")

    assert (await tv.poll()).error == "access_denied"


async def test_a_form_of_another_page_decides_nothing(tv: Tv, jane: Person) -> None:
    """Rows 7 to 10."""
    forged = await jane.browser.post(PAGE, data={"user_code": tv.user_code, "decision": "allow"})

    assert forged.status_code == 403
    assert (await tv.poll()).error == "authorization_pending"


async def test_a_decision_stands(tv: Tv, jane: Person) -> None:
    await allow(jane, tv)

    again = await send(jane, user_code=tv.user_code, decision="deny")

    assert again.status_code == 400
    assert (await tv.poll()).status == 200


async def test_a_device_code_is_redeemed_once(tv: Tv, jane: Person) -> None:
    await allow(jane, tv)
    assert (await tv.poll()).status == 200

    assert (await tv.poll()).error == "invalid_grant"


async def test_of_many_who_poll_at_once_one_gets_tokens(tv: Tv, jane: Person) -> None:
    await allow(jane, tv)

    told = await asyncio.gather(*(tv.poll() for _ in range(10)))

    assert sorted(one.status for one in told) == [200] + [400] * 9


async def test_who_asks_too_often_waits_longer_each_time(tv: Tv) -> None:
    """§3.5, slow_down: five seconds more for this and all later requests."""
    clock = tv.app.op.clock
    assert (await tv.poll()).error == "authorization_pending"
    clock.advance(timedelta(seconds=4))
    assert (await tv.poll()).error == "slow_down"
    clock.advance(timedelta(seconds=9))
    assert (await tv.poll()).error == "slow_down"
    clock.advance(timedelta(seconds=14))
    assert (await tv.poll()).error == "slow_down"
    clock.advance(timedelta(seconds=20))
    assert (await tv.poll()).error == "authorization_pending"


async def test_codes_expire(tv: Tv, jane: Person) -> None:
    """§3.5, expired_token."""
    await allow(jane, tv)
    tv.app.op.clock.advance(timedelta(minutes=10))

    assert (await tv.poll()).error == "expired_token"
    page = await send(jane, user_code=tv.user_code)
    assert page.status_code == 400
    assert 'id="user_code-problem"' in page.text


async def test_tokens_end_with_the_session_that_allowed_them(tv: Tv, jane: Person) -> None:
    await allow(jane, tv)
    told = await tv.poll()

    await jane.browser.get("/auth/logout")

    assert (await tv.app.userinfo(told.access_token)).status_code == 401
    assert (await tv.app.refresh(told.refresh_token)).error == "invalid_grant"


async def test_nothing_is_redeemed_after_the_session_ended(tv: Tv, jane: Person) -> None:
    await allow(jane, tv)
    await jane.browser.get("/auth/logout")

    assert (await tv.poll()).error == "invalid_grant"


async def test_a_device_code_belongs_to_its_client(op: TestProvider, tv: Tv, jane: Person) -> None:
    """Row 95."""
    await tv_client(op, "radio")
    await allow(jane, tv)
    thief = Tv(App(op, tv.app.browser, client_id="radio", method="none"), tv.device_code)

    assert (await thief.poll()).error == "invalid_grant"
    assert (await tv.poll()).status == 200


@pytest.mark.parametrize("code", ["", "nonsense"])
async def test_a_code_that_nobody_gave_out_buys_nothing(tv: Tv, code: str) -> None:
    assert (await tv.poll(device_code=code)).error in {"invalid_request", "invalid_grant"}


async def test_a_client_without_the_grant_gets_no_codes(op: TestProvider, tv: Tv) -> None:
    await tv_client(op, "web", grant_types=("authorization_code",))
    web = Tv(App(op, tv.app.browser, client_id="web", method="none"))

    answer = await web.begin()

    assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")


async def test_a_confidential_client_proves_itself(op: TestProvider, tv: Tv) -> None:
    """§3.1."""
    await tv_client(op, "console", token_endpoint_auth_method="client_secret_basic")

    proved = Tv(App(op, tv.app.browser, client_id="console"))
    pretended = Tv(App(op, tv.app.browser, client_id="console", method="none"))

    assert (await proved.begin()).status_code == 200
    answer = await pretended.begin()
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")


async def test_scopes_and_resources_are_judged_before_a_code_is_given(op: TestProvider, tv: Tv) -> None:
    """Row 97."""
    await tv_client(op, "narrow", scope=("openid",))
    narrow = Tv(App(op, tv.app.browser, client_id="narrow", method="none"))

    assert (await narrow.begin(scope="openid email")).json()["error"] == "invalid_scope"
    assert (await tv.begin(resource="https://unknown.example")).json()["error"] == "invalid_target"


async def test_somebody_signed_in_guesses_five_codes_and_then_waits(tv: Tv, jane: Person) -> None:
    """§5.1."""
    wrong = [await send(jane, user_code=f"BBBB-BBB{letter}") for letter in "BCDFG"]
    assert {page.status_code for page in wrong} == {400}

    locked = await send(jane, user_code=tv.user_code)

    assert locked.status_code == 429
    assert int(locked.headers["retry-after"]) > 0
    assert 'id="device-allow"' not in locked.text


async def test_right_codes_cost_nothing(tv: Tv, jane: Person) -> None:
    for _ in range(12):
        assert (await send(jane, user_code=tv.user_code)).status_code == 200


async def test_strangers_guess_within_their_sources_budget(op: TestProvider, tv: Tv, stranger: Person) -> None:
    limit = op.provider.verbs.world.rules.source_budget.limit
    form = dict(HIDDEN.findall((await stranger.browser.get(PAGE)).text))

    for _ in range(limit):
        page = await stranger.browser.post(PAGE, data={**form, "user_code": "BBBB-BBBB"})
        assert page.status_code == 400
    locked = await stranger.browser.post(PAGE, data={**form, "user_code": tv.user_code})

    assert locked.status_code == 429


async def test_anybody_can_ask_in_a_public_client_s_name_but_not_for_ever(op: TestProvider, tv: Tv) -> None:
    """Row 140."""
    limit = op.provider.verbs.world.rules.source_budget.limit

    answers = [(await tv.begin()).status_code for _ in range(limit)]

    assert answers[-1] == 429


async def test_what_is_kept_are_digests(tv: Tv, tmp_path: Any) -> None:
    stored = b"".join(file.read_bytes() for file in tmp_path.iterdir() if file.name.startswith("idp.db"))

    assert tv.device_code.encode() not in stored
    assert canonical(tv.user_code).encode() not in stored
    assert tv.user_code.encode() not in stored
