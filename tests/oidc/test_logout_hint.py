"""An app's word about who is to leave, and how much of it we take (OIDC RP-Initiated Logout 1.0 §2)."""

from dataclasses import replace

import pytest

from idp.core.ids import SessionId
from idp.core.session import Session
from idp.ports.storage import UnitOfWork
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
)
from tests.oidc.redeeming import App

__all__ = ["app"]


async def both(jane: Person) -> tuple[Session, Session]:
    """Jane by Bloom's cookie, and Joe by NodeLoom's in the same browser, who signed in later."""
    provider, joe = jane.op.provider, await jane.op.add_account("joe@example.com")
    assert jane.session is not None
    other = replace(
        jane.session,
        id=SessionId("another"),
        contract="nodeloom",
        account_id=joe.id,
        authenticated_at=jane.op.clock.now(),
    )
    await provider.store.transact(lambda work: work.sessions.open(other))
    jane.browser.cookies.set("token", provider.verbs.tokens.mint(other), domain="localhost.local")
    return jane.session, other


async def ended(jane: Person, *sessions: Session) -> list[bool]:
    def look(work: UnitOfWork) -> list[bool]:
        found = [work.sessions.by_id(session.id) for session in sessions]
        return [session is None or session.revoked_at is not None for session in found]

    return await jane.op.provider.store.read(look)


@pytest.mark.parametrize("hint", ["jane@example.com", "JANE@example.com", "sub", "sid"])
async def test_it_chooses_among_the_people_of_a_browser(jane: Person, client: App, hint: str) -> None:
    """By mail address, or as the client knows person and session. The other one stays signed in."""
    told = await client.redeem((await jane.ask()).code)
    sessions = await both(jane)

    asked = await ask_to_leave(jane, client_id="app", logout_hint=told.id_claims.get(hint, hint))
    page = await jane.browser.get(asked.headers["location"])
    done = await answer(jane, asked, "yes")

    assert "jane@example.com" in page.text
    assert "joe@example.com" not in page.text
    assert await ended(jane, *sessions) == [True, False]
    cookies = {cookie.partition("=")[0] for cookie in done.headers.get_list("set-cookie")}
    assert cookies == {"access-token", "idp-session", "idp-browser-state"}


@pytest.mark.parametrize("hint", ["nobody@example.com", "joe", "", None])
async def test_where_it_names_nobody_here_everybody_leaves(jane: Person, client: App, hint: str | None) -> None:
    """Else whoever presses the button would stay signed in."""
    sessions = await both(jane)

    asked = await ask_to_leave(jane, client_id="app", logout_hint=hint)
    await answer(jane, asked, "yes")

    assert await ended(jane, *sessions) == [True, True]


async def test_it_proves_nothing(jane: Person, client: App) -> None:
    """Row 101: whoever knows an address could sign its owner out."""
    assert is_question(await ask_to_leave(jane, client_id="app", logout_hint="jane@example.com"))
    assert await is_signed_in(jane)


async def test_it_turns_no_proof_upon_another(jane: Person, client: App) -> None:
    """The proved hint is Jane's: Joe is asked."""
    hint = await id_token_of(jane, client)
    sessions = await both(jane)

    asked = await ask_to_leave(jane, id_token_hint=hint, logout_hint="joe@example.com")

    assert is_question(asked)
    assert await ended(jane, *sessions) == [False, False]


async def test_with_the_proof_of_the_same_person_nobody_is_asked(jane: Person, client: App) -> None:
    hint = await id_token_of(jane, client)
    sessions = await both(jane)

    done = await ask_to_leave(jane, id_token_hint=hint, logout_hint="jane@example.com", post_logout_redirect_uri=BYE)

    assert done.headers["location"] == BYE
    assert await ended(jane, *sessions) == [True, False]


@pytest.mark.parametrize(
    ("name", "longest"),
    [
        ("id_token_hint", 4096),
        ("logout_hint", 256),
        ("client_id", 2048),
        ("post_logout_redirect_uri", 2048),
        ("state", 2048),
        ("ui_locales", 256),
    ],
)
async def test_no_parameter_is_longer_than_it_has_to_be(jane: Person, client: App, name: str, longest: int) -> None:
    """What is posted comes back in an address: not tens of kilobytes of it."""
    posted = await jane.browser.post(END_SESSION, data={name: "a" * (longest + 1)})
    got = await jane.browser.get(END_SESSION, params={name: "a" * (longest + 1)})
    fits = await jane.browser.post(END_SESSION, data={name: "a" * longest, "unknown": "x" * 16384})

    for refused in (posted, got):
        assert (refused.status_code, "location" in refused.headers) == (400, False)
        assert '<code id="error">invalid_request</code>' in refused.text
    assert fits.status_code == 303
    assert len(fits.headers["location"]) < longest + 64
    assert await is_signed_in(jane)


async def test_an_id_token_ends_its_own_person_s_session_and_nobody_else_s(jane: Person, client: App) -> None:
    """§2: unasked, for it proves that the app knows Jane; of Joe it proves nothing."""
    hint = await id_token_of(jane, client)
    sessions = await both(jane)

    done = await ask_to_leave(jane, id_token_hint=hint, post_logout_redirect_uri=BYE)

    assert done.headers["location"] == BYE
    assert await ended(jane, *sessions) == [True, False]


async def test_an_id_token_of_nobody_here_asks_and_ends_whom_the_question_names(jane: Person, client: App) -> None:
    hint = await id_token_of(jane, client)
    sessions = await both(jane)
    await jane.op.provider.store.transact(lambda work: work.sessions.revoke(sessions[0].id, jane.op.clock.now()))

    asked = await ask_to_leave(jane, id_token_hint=hint)

    assert is_question(asked)
    assert await ended(jane, sessions[1]) == [False]
