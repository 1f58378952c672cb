"""Signing out because an app asks (OIDC RP-Initiated Logout 1.0; rows 100, 101)."""

from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from idp.core.account import Account
from idp.core.events import EventName
from idp.core.ids import SessionId
from idp.testing.provider import TestProvider
from tests.oidc.asking import Person
from tests.oidc.leaving import (
    BYE,
    END_SESSION,
    answer,
    app,
    ask_to_leave,
    id_token_of,
    is_question,
    is_signed_in,
    leaving_client,
)
from tests.oidc.redeeming import App, recorded

__all__ = ["app"]


async def test_who_is_named_by_a_hint_is_signed_out_and_sent_back(jane: Person, client: App) -> None:
    """§2, §3."""
    hint = await id_token_of(jane, client)

    answer = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE, state="af0 &=ä")

    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{BYE}?state=")
    assert parse_qs(urlsplit(answer.headers["location"]).query) == {"state": ["af0 &=ä"]}
    assert not await is_signed_in(jane)
    assert (await jane.ask(prompt="none")).error == "login_required"
    assert await recorded(jane.op, EventName.SESSION_ENDED)


async def test_without_a_state_none_is_sent_back(jane: Person, client: App) -> None:
    hint = await id_token_of(jane, client)

    answer = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    assert answer.headers["location"] == BYE


async def test_a_query_in_the_registered_address_is_kept(op: TestProvider, jane: Person) -> None:
    await leaving_client(op, "queried", post_logout_redirect_uris=(f"{BYE}?from=idp",))
    async with op.browser() as browser:
        hint = await id_token_of(jane, App(op, browser, client_id="queried"))

    answer = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=f"{BYE}?from=idp", state="s")

    assert answer.headers["location"] == f"{BYE}?from=idp&state=s"


async def test_an_expired_hint_is_as_good(jane: Person, client: App) -> None:
    """§2: even a hint that has expired is accepted."""
    hint = await id_token_of(jane, client)
    jane.op.clock.advance(timedelta(minutes=11))

    answer = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    assert answer.headers["location"] == BYE
    assert not await is_signed_in(jane)


async def test_a_session_outlives_its_cookie_and_ends_by_the_hint(jane: Person, client: App) -> None:
    """Bloom's access cookie lives for an hour; the refresh cookie would bring the session back."""
    hint = await id_token_of(jane, client)
    jane.op.clock.advance(timedelta(hours=3))

    await ask_to_leave(jane, id_token_hint=hint)

    assert not await is_signed_in(jane)


async def test_a_hint_names_one_session_and_spares_the_person_s_others(
    jane: Person, client: App, stranger: Person, account: Account
) -> None:
    hint = await id_token_of(jane, client)
    await stranger.sign_in(account)
    await id_token_of(stranger, client)

    await ask_to_leave(jane, id_token_hint=hint)

    assert not await is_signed_in(jane)
    assert await is_signed_in(stranger)


async def test_with_a_hint_alone_the_person_stays_here(jane: Person, client: App) -> None:
    hint = await id_token_of(jane, client)

    answer = await ask_to_leave(jane, id_token_hint=hint)

    assert answer.status_code == 200
    assert 'id="logged-out"' in answer.text
    assert not await is_signed_in(jane)


@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"state": "s"},
        {"post_logout_redirect_uri": BYE, "state": "s"},
        {"client_id": "app"},
        {"id_token_hint": "eyJhbGciOiJub25lIn0.e30."},
        {"id_token_hint": "nonsense", "post_logout_redirect_uri": BYE, "client_id": "app"},
        {"logout_hint": "jane@example.com"},
    ],
)
async def test_without_a_good_hint_the_person_is_asked(jane: Person, client: App, parameters: dict[str, str]) -> None:
    """§2, §6; ASVS 10.6.2; row 101."""
    asked = await ask_to_leave(jane, **parameters)

    assert is_question(asked)
    assert await is_signed_in(jane)
    done = await answer(jane, asked, "yes")
    assert done.status_code == 200
    assert 'id="logged-out"' in done.text
    assert "Signed out" in done.text
    assert not await is_signed_in(jane)


async def test_who_says_no_stays_signed_in(jane: Person, client: App) -> None:
    asked = await ask_to_leave(jane, client_id="app", post_logout_redirect_uri=BYE)

    done = await answer(jane, asked, "no")

    assert done.headers["location"] == "/account"
    assert await is_signed_in(jane)


async def test_a_client_that_is_named_may_have_the_person_back_after_the_question(jane: Person, client: App) -> None:
    """§2: client_id vouches for the address where there is no hint."""
    asked = await ask_to_leave(jane, client_id="app", post_logout_redirect_uri=BYE, state="s")
    assert await is_signed_in(jane)

    done = await answer(jane, asked, "yes")

    assert done.headers["location"] == f"{BYE}?state=s"
    assert not await is_signed_in(jane)


async def test_a_hint_of_another_person_signs_nobody_out_unasked(
    op: TestProvider, jane: Person, client: App, stranger: Person
) -> None:
    """§2: the session that is to end should be the hint's."""
    hint = await id_token_of(jane, client)
    await stranger.sign_in(await op.add_account("joe@example.com"))

    asked = await ask_to_leave(stranger, id_token_hint=hint, post_logout_redirect_uri=BYE)

    assert is_question(asked)
    assert await is_signed_in(stranger)
    assert (await answer(stranger, asked, "yes")).headers["location"] == BYE


@pytest.mark.parametrize(
    "address", ["https://app.example.com/bye/", f"{BYE}?foo=bar", f"{BYE}#", "https://evil.example/", "javascript:1"]
)
async def test_an_address_that_is_not_registered_is_never_gone_to(jane: Person, client: App, address: str) -> None:
    """§3.1; row 100."""
    hint = await id_token_of(jane, client)

    refused = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=address)

    assert refused.status_code == 400
    assert "location" not in refused.headers
    assert '<code id="error">invalid_request</code>' in refused.text
    assert await is_signed_in(jane)
    named = await ask_to_leave(jane, client_id="app", post_logout_redirect_uri=address)
    assert (named.status_code, "location" in named.headers) == (400, False)


async def test_the_question_does_not_trust_what_stands_in_its_address(jane: Person, client: App) -> None:
    asked = await jane.browser.get("/logout?client_id=app&post_logout_redirect_uri=https://evil.example/")

    assert asked.status_code == 400


async def test_a_hint_of_one_client_and_the_name_of_another_are_refused(
    op: TestProvider, jane: Person, client: App
) -> None:
    """§2: client_id must be who the hint was issued to."""
    await leaving_client(op, "other")
    hint = await id_token_of(jane, client)

    refused = await ask_to_leave(jane, id_token_hint=hint, client_id="other", post_logout_redirect_uri=BYE)

    assert refused.status_code == 400
    assert await is_signed_in(jane)


@pytest.mark.parametrize("query", ["state=a&state=b", "client_id=nobody", "state=%00"])
async def test_what_is_malformed_or_unknown_is_an_error_page(jane: Person, client: App, query: str) -> None:
    """Row 99."""
    refused = await jane.browser.get(f"{END_SESSION}?{query}")

    assert refused.status_code == 400
    assert await is_signed_in(jane)


async def test_an_app_may_post_its_request(jane: Person, client: App) -> None:
    """§2. Another site's form brings no cookies; the GET that follows does."""
    hint = await id_token_of(jane, client)
    form = {"id_token_hint": hint, "post_logout_redirect_uri": BYE, "state": "s", "unknown": "x"}

    posted = await jane.browser.post(END_SESSION, data=form, headers={"origin": "https://app.example.com"})

    assert posted.status_code == 303
    assert await is_signed_in(jane)
    done = await jane.browser.get(posted.headers["location"])
    assert done.headers["location"] == f"{BYE}?state=s"
    assert not await is_signed_in(jane)


async def test_the_answer_to_the_question_must_come_from_our_page(jane: Person, client: App) -> None:
    """Rows 7 to 10."""
    forged = await jane.browser.post("/logout", data={"decision": "yes"})

    assert forged.status_code == 403
    assert await is_signed_in(jane)


async def test_nobody_signed_in_is_sent_back_at_once(stranger: Person, client: App) -> None:
    answer = await ask_to_leave(stranger, client_id="app", post_logout_redirect_uri=BYE)

    assert answer.headers["location"] == BYE


async def test_all_sessions_of_the_browser_end_and_their_cookies_go(jane: Person, client: App) -> None:
    """Else the next app would find the other one."""
    bloom, provider = jane.session, jane.op.provider
    assert bloom is not None
    nodeloom = replace(bloom, id=SessionId("another"), contract="nodeloom")
    await provider.store.transact(lambda work: work.sessions.open(nodeloom))
    jane.browser.cookies.set("token", provider.verbs.tokens.mint(nodeloom), domain="localhost.local")
    hint = await id_token_of(jane, client)

    answer = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    cookies = answer.headers.get_list("set-cookie")
    names = {"access-token", "token", "idp-session", "idp-browser-state"}
    assert {cookie.partition("=")[0] for cookie in cookies} == names
    assert all("Max-Age=0" in cookie for cookie in cookies)
    ended = await provider.store.read(lambda work: [work.sessions.by_id(one.id) for one in (bloom, nodeloom)])
    assert all(session is not None and session.revoked_at is not None for session in ended)


async def test_the_pages_speak_the_language_that_the_app_asks_for(jane: Person, client: App) -> None:
    """§2, ui_locales."""
    asked = await ask_to_leave(jane, client_id="app", ui_locales="xx es-MX en")

    page = await jane.browser.get(asked.headers["location"])

    assert page.headers["content-language"] == "es"


async def test_a_link_to_our_own_page_signs_nobody_out(jane: Person) -> None:
    page = await jane.browser.get("/logout")

    assert 'id="logout-form"' in page.text
    assert await is_signed_in(jane)
