"""One need after another, judged anew each time (OIDC Core §3.1.2.3; threat rows 22, 55, 56)."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.core.events import EventName
from idp.oauth.authorize.steps import Need
from idp.oauth.errors import InvalidRequest
from idp.testing.provider import TestProvider
from tests.oidc.asking import CALLBACK, Person, add_client, bought, change_client

MINUTE = timedelta(minutes=1)


def interactions_of(op: TestProvider) -> int:
    with sqlite3.connect(op.provider.settings.data / "idp.db") as database:
        return int(database.execute("select count(*) from interactions").fetchone()[0])


async def begun(person: Person, **parameters: str | None) -> str:
    """The interaction of a request that shows a page."""
    answer = await person.ask(**parameters)
    assert answer.page is not None, answer
    return answer.page[1]


async def test_a_stranger_signs_in_and_comes_back_with_a_code(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    asked = await stranger.ask()
    assert asked.page is not None
    need, interaction = asked.page

    assert (asked.status, need) == (303, "login")
    assert (await stranger.look(interaction)).need is Need.SIGN_IN
    await stranger.sign_in_on_page(interaction, account)
    answer = await stranger.resume(interaction)

    assert answer.location.startswith(f"{CALLBACK}?code=")
    assert answer.told["state"] == "af0ifjsldkj"


async def test_a_login_at_a_cookie_endpoint_is_a_silent_single_sign_on(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    for path in ("/auth/login", "/api/auth/login"):
        stranger.browser.cookies.clear()
        login = await stranger.browser.post(path, json={"email": account.email, "password": "correct horse battery"})
        assert login.status_code < 300

        assert (await stranger.ask(prompt="none")).code


async def test_what_is_satisfied_leaves_nothing_behind(op: TestProvider, jane: Person, app: Client) -> None:
    """No row and no cookie that binds: the fast path."""
    answer = await jane.ask()

    assert answer.code
    assert interactions_of(op) == 0
    assert "idp-browser=" not in answer.response.headers["set-cookie"]


async def test_a_page_binds_the_interaction_to_the_browser(stranger: Person, app: Client) -> None:
    answer = await stranger.ask()

    assert "idp-browser=" in answer.response.headers["set-cookie"]
    assert "HttpOnly" in answer.response.headers["set-cookie"]


async def test_coming_back_without_having_signed_in_shows_the_page_again(stranger: Person, app: Client) -> None:
    """Row 55: no page can be left out."""
    interaction = await begun(stranger)

    assert (await stranger.resume(interaction)).page == ("login", interaction)


@pytest.mark.parametrize("name", ["unknown", "a" * 43, "%00"])
async def test_an_unknown_interaction_is_an_error_page(stranger: Person, app: Client, name: str) -> None:
    await stranger.ask()

    assert (await stranger.resume(name)).status in {400, 404}


async def test_another_browser_cannot_go_on(op: TestProvider, stranger: Person, app: Client, account: Account) -> None:
    """An address that was copied, or sent by an attacker, is worth nothing."""
    interaction = await begun(stranger)
    async with op.browser() as other:
        thief = Person(op, other)
        await thief.sign_in(account)
        assert (await thief.resume(interaction)).error_page == "invalid_request"
        await thief.ask(prompt="login")

        assert (await thief.resume(interaction)).error_page == "invalid_request"
        with pytest.raises(InvalidRequest):
            await thief.sign_in_on_page(interaction, account)


async def test_an_interaction_ends_after_half_an_hour(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    interaction = await begun(stranger)
    op.clock.advance(timedelta(minutes=30))
    await stranger.sign_in(account)

    assert (await stranger.resume(interaction)).error_page == "invalid_request"


async def test_an_interaction_is_answered_once(stranger: Person, app: Client, account: Account) -> None:
    interaction = await begun(stranger)
    await stranger.sign_in_on_page(interaction, account)

    assert (await stranger.resume(interaction)).code
    assert (await stranger.resume(interaction)).error_page == "invalid_request"


async def test_the_id_of_an_interaction_is_stored_as_a_digest(op: TestProvider, stranger: Person, app: Client) -> None:
    interaction = await begun(stranger)

    for name in ("idp.db", "idp.db-wal"):
        assert interaction.encode() not in (op.provider.settings.data / name).read_bytes()


# saying no


async def test_going_away_is_told_the_client(op: TestProvider, stranger: Person, app: Client) -> None:
    """RFC 6749 §4.1.2.1: access_denied, once."""
    interaction = await begun(stranger)

    answer = await stranger.deny(interaction)

    assert answer.redirect_uri == CALLBACK
    assert (answer.parameters["error"], answer.parameters["state"]) == ("access_denied", "af0ifjsldkj")
    with pytest.raises(InvalidRequest):
        await stranger.deny(interaction)
    assert (await stranger.resume(interaction)).error_page == "invalid_request"
    trail = await op.provider.store.read(lambda work: work.audit.page(name=EventName.AUTHORIZATION_DENIED))
    assert [entry.event.detail["client"] for entry in trail] == ["app"]


# asked not to show any page


async def test_nobody_is_signed_in_and_no_page_may_be_shown(op: TestProvider, stranger: Person, app: Client) -> None:
    """OIDC Core §3.1.2.6."""
    answer = await stranger.ask(prompt="none")

    assert answer.location.startswith(CALLBACK)
    assert answer.error == "login_required"
    assert interactions_of(op) == 0


async def test_a_silent_answer_has_the_sign_in_of_the_session(op: TestProvider, jane: Person, app: Client) -> None:
    _, first = await bought(op, (await jane.ask()).code)
    op.clock.advance(MINUTE)
    _, second = await bought(op, (await jane.ask(prompt="none")).code)

    assert (first.subject, first.authenticated_at) == (second.subject, second.authenticated_at)


# asked for a new sign-in


async def test_prompt_login_wants_a_new_sign_in(op: TestProvider, jane: Person, app: Client, account: Account) -> None:
    interaction = await begun(jane, prompt="login")
    view = await jane.look(interaction)
    assert (view.need, view.must_sign_in_again, view.account) == (Need.SIGN_IN, True, account)

    assert (await jane.resume(interaction)).page == ("login", interaction)
    assert jane.session is not None
    await jane.choose(interaction, jane.session)
    assert (await jane.resume(interaction)).page == ("login", interaction)
    op.clock.advance(MINUTE)
    await jane.sign_in_on_page(interaction, account)
    answer = await jane.resume(interaction)

    _, grant = await bought(op, answer.code)
    assert grant.authenticated_at == op.clock.now()


async def test_a_sign_in_beside_the_interaction_is_not_the_one_that_was_asked_for(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    interaction = await begun(jane, prompt="login")
    op.clock.advance(MINUTE)
    await jane.sign_in(account)

    assert (await jane.resume(interaction)).page == ("login", interaction)


@pytest.mark.parametrize("max_age", ["59", "1", "0"])
async def test_a_session_can_be_too_old(
    op: TestProvider, jane: Person, app: Client, account: Account, max_age: str
) -> None:
    """OIDC Core §3.1.2.1; row 56."""
    interaction = await begun(jane, max_age=max_age)
    op.clock.advance(MINUTE)
    await jane.sign_in_on_page(interaction, account)
    op.clock.advance(MINUTE)

    assert (await jane.resume(interaction)).code


@pytest.mark.parametrize("max_age", ["60", "10000"])
async def test_a_session_can_be_young_enough(jane: Person, app: Client, max_age: str) -> None:
    assert (await jane.ask(max_age=max_age)).code


async def test_max_age_0_wants_a_sign_in_even_of_those_who_have_just_signed_in(
    jane: Person, app: Client, account: Account
) -> None:
    await jane.sign_in(account)

    assert (await jane.ask(max_age="0", prompt="none")).error == "login_required"


async def test_a_client_may_have_a_usual_max_age(op: TestProvider, jane: Person) -> None:
    """OIDC Registration §2: default_max_age."""
    await add_client(op, default_max_age=30)

    assert (await jane.ask(prompt="none")).error == "login_required"
    assert (await jane.ask(prompt="none", max_age="100")).code


# asked for another account


async def test_an_account_is_chosen_where_one_is_signed_in(jane: Person, app: Client, account: Account) -> None:
    asked = await jane.ask(prompt="select_account")
    assert asked.page is not None
    need, interaction = asked.page

    assert need == "select-account"
    assert (await jane.look(interaction)).account == account
    assert (await jane.resume(interaction)).page == ("select-account", interaction)
    assert jane.session is not None
    await jane.choose(interaction, jane.session)
    assert (await jane.resume(interaction)).code


async def test_another_account_may_sign_in_in_place_of_the_one_to_choose(
    op: TestProvider, jane: Person, app: Client
) -> None:
    john = await op.add_account("john@example.com")
    interaction = await begun(jane, prompt="select_account")

    await jane.sign_in_on_page(interaction, john)

    _, grant = await bought(op, (await jane.resume(interaction)).code)
    assert grant.account_id == john.id


async def test_a_stranger_has_nothing_to_choose_from(stranger: Person, app: Client) -> None:
    answer = await stranger.ask(prompt="select_account")

    assert answer.page is not None
    assert answer.page[0] == "login"


async def test_prompt_create_shows_the_page_for_registering(op: TestProvider, jane: Person, app: Client) -> None:
    """Initiating User Registration 1.0, also for those who are signed in."""
    asked = await jane.ask(prompt="create")
    assert asked.page is not None
    need, interaction = asked.page
    new = await op.add_account("new@example.com")

    assert need == "register"
    assert (await jane.resume(interaction)).page == ("register", interaction)
    await jane.sign_in_on_page(interaction, new)

    _, grant = await bought(op, (await jane.resume(interaction)).code)
    assert grant.account_id == new.id


# hints


def hint_for(op: TestProvider, subject: str) -> str:
    """An ID token of ours that expired long ago: still a hint (OIDC Core §3.1.2.1)."""
    openid = op.provider.openid
    assert openid is not None
    claims = {"iss": openid.world.rules.issuer, "sub": subject, "aud": "app", "exp": 1, "iat": 1}
    return openid.world.signers("RS256").sign(claims, "JWT")


async def test_the_hinted_person_is_signed_in(op: TestProvider, jane: Person, app: Client, account: Account) -> None:
    assert (await jane.ask(prompt="none", id_token_hint=hint_for(op, account.id))).code


async def test_another_person_is_signed_in_than_hinted(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §3.1.2.2: an error, or a sign-in by who is hinted at; never an answer about somebody else."""
    john = await op.add_account("john@example.com")
    hint = hint_for(op, john.id)

    assert (await jane.ask(prompt="none", id_token_hint=hint)).error == "login_required"
    interaction = await begun(jane, id_token_hint=hint)
    assert (await jane.look(interaction)).must_sign_in_again
    await jane.sign_in_on_page(interaction, john)
    assert (await jane.resume(interaction)).code


async def test_somebody_else_signs_in_than_hinted(op: TestProvider, jane: Person, app: Client) -> None:
    john = await op.add_account("john@example.com")
    interaction = await begun(jane, id_token_hint=hint_for(op, john.id))
    assert jane.account is not None
    await jane.sign_in_on_page(interaction, jane.account)

    assert (await jane.look(interaction)).need is None
    assert (await jane.resume(interaction)).error == "login_required"
    assert (await jane.resume(interaction)).error_page == "invalid_request"


async def test_a_subject_among_the_claims_is_a_hint_too(jane: Person, app: Client, account: Account) -> None:
    """OIDC Core §5.5.1."""
    right = f'{{"id_token": {{"sub": {{"value": "{account.id}"}}}}}}'

    assert (await jane.ask(prompt="none", claims=right)).code
    assert (await jane.ask(prompt="none", claims='{"id_token": {"sub": {"value": "x"}}}')).error == "login_required"


async def test_hint_and_claims_name_one_subject(op: TestProvider, jane: Person, app: Client, account: Account) -> None:
    other = '{"id_token": {"sub": {"value": "somebody-else"}}}'

    answer = await jane.ask(id_token_hint=hint_for(op, account.id), claims=other)

    assert answer.error == "invalid_request"


async def test_a_hint_in_pairwise_words_is_understood(op: TestProvider, jane: Person, account: Account) -> None:
    client = await add_client(op, subject_type="pairwise")
    openid = op.provider.openid
    assert openid is not None
    pairwise = openid.subjects.of(client, account.id)

    assert (await jane.ask(prompt="none", id_token_hint=hint_for(op, pairwise))).code
    assert (await jane.ask(prompt="none", id_token_hint=hint_for(op, account.id))).error == "login_required"


# what changes meanwhile


async def test_a_session_that_ended_meanwhile_is_none(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    interaction = await begun(stranger)
    await stranger.sign_in_on_page(interaction, account)
    session = stranger.session
    assert session is not None
    await op.provider.store.transact(lambda work: work.sessions.revoke(session.id, op.clock.now()))

    assert (await stranger.resume(interaction)).page == ("login", interaction)


async def test_an_account_that_was_disabled_meanwhile_gets_nothing(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    """Row 22."""
    interaction = await begun(stranger)
    await stranger.sign_in_on_page(interaction, account)
    disabled = replace(account, disabled_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await stranger.resume(interaction)).page == ("login", interaction)
    assert (await stranger.ask(prompt="none")).error == "login_required"


async def test_a_client_that_was_changed_meanwhile_gets_no_answer(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    interaction = await begun(stranger)
    await stranger.sign_in_on_page(interaction, account)
    moved = replace(app.metadata, redirect_uris=("https://app.example.com/new",))

    await change_client(op, replace(app, metadata=moved))
    assert (await stranger.resume(interaction)).error_page == "invalid_request"
    await change_client(op, replace(app, disabled_at=op.clock.now()))
    assert (await stranger.resume(interaction)).error_page == "invalid_client"


async def test_a_page_sees_what_it_needs(op: TestProvider, stranger: Person, app: Client) -> None:
    interaction = await begun(stranger, login_hint="jane@example.com", ui_locales="es en", display="popup")

    view = await stranger.look(interaction)

    assert (view.client.id, view.login_hint, view.account) == ("app", "jane@example.com", None)
    assert (view.request.ui_locales, view.request.display) == (("es", "en"), "popup")
    assert not view.must_sign_in_again
