"""What people say yes to, and how long that holds (OIDC Core §3.1.2.4, §11; RFC 8252 §8.6)."""

import json
import re
from typing import Any

import pytest

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Origin, ResourceServer
from idp.core.events import EventName
from idp.core.grant import Consent
from idp.core.ids import ClientId
from idp.oauth.authorize.steps import Need
from idp.testing.provider import TestProvider
from tests.oidc.asking import Person, add_client, bought
from tests.oidc.test_interaction import MINUTE, begun

LOOPBACK = "http://127.0.0.1/callback"


@pytest.fixture
async def app(op: TestProvider) -> Client:
    """A stranger's client: its people are asked."""
    return await add_client(op, terms=ClientTerms(), origin=Origin.REGISTRATION)


async def consent_of(op: TestProvider, account: Account) -> Consent | None:
    return await op.provider.store.read(lambda work: work.oauth.consents.get(account.id, ClientId("app")))


async def agree(person: Person, **parameters: str | None) -> str:
    """Asks, says yes, and gets the code."""
    interaction = await begun(person, **parameters)
    await person.allow(interaction)
    answer = await person.resume(interaction)
    assert answer.code
    return answer.code


async def test_consent_is_asked_for_once(op: TestProvider, jane: Person, app: Client, account: Account) -> None:
    asked = await jane.ask(scope="openid email")
    assert asked.page is not None
    need, interaction = asked.page
    view = await jane.look(interaction)

    assert (need, view.need, view.account) == ("consent", Need.CONSENT, account)
    assert view.new_scope == ("openid", "email")
    await jane.allow(interaction)
    assert (await jane.resume(interaction)).code

    assert (await jane.ask(scope="email openid")).code
    assert (await jane.ask(scope="openid", prompt="none")).code


async def test_coming_back_without_a_yes_asks_again(jane: Person, app: Client) -> None:
    interaction = await begun(jane)

    assert (await jane.resume(interaction)).page == ("consent", interaction)


async def test_a_no_is_told_the_client_and_remembered_nowhere(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    interaction = await begun(jane)

    answer = await jane.deny(interaction)

    assert answer.parameters["error"] == "access_denied"
    assert await consent_of(op, account) is None
    assert (await jane.ask()).page is not None


async def test_what_is_new_is_asked_for_alone_and_added(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    await agree(jane, scope="openid email")

    interaction = await begun(jane, scope="openid profile")
    assert (await jane.look(interaction)).new_scope == ("profile",)
    await jane.allow(interaction)

    consent = await consent_of(op, account)
    assert consent is not None
    assert consent.scope == ("openid", "email", "profile")
    assert (await jane.ask(scope="openid email profile")).code


async def test_claims_and_resources_are_asked_for_too(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    api = ResourceServer(identifier="https://api.example.com", created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(api))
    claims = json.dumps({"userinfo": {"nickname": None}, "id_token": {"auth_time": None, "acr": None}})
    await agree(jane)

    interaction = await begun(jane, claims=claims)
    assert (await jane.look(interaction)).new_claims == ("nickname",)
    await jane.deny(interaction)
    assert (await jane.ask(resource=api.identifier)).page is not None
    await agree(jane, claims=claims, resource=api.identifier)

    consent = await consent_of(op, account)
    assert consent is not None
    assert (consent.claims, consent.resources) == (("nickname",), (api.identifier,))
    assert (await jane.ask(claims=claims, resource=api.identifier)).code


@pytest.mark.parametrize(
    ("uri", "shown"),
    [
        ("https://evil.example/callback", "evil.example"),
        ("http://127.0.0.1:4711/callback", "127.0.0.1:4711"),
        ("com.evil.app:/callback", "com.evil.app:"),
    ],
)
@pytest.mark.parametrize("origin", [Origin.REGISTRATION, Origin.DOCUMENT])
async def test_a_strangers_name_is_its_own_word_so_people_see_where_the_answer_goes(
    op: TestProvider, jane: Person, origin: Origin, uri: str, shown: str
) -> None:
    """draft-ietf-oauth-client-id-metadata-document: nobody has looked at it, so it may call itself what it likes."""
    await add_client(op, "other", terms=ClientTerms(), origin=origin, redirect_uris=(uri,), client_name="Your Bank")
    asked = await jane.ask(client_id="other", redirect_uri=uri)

    page = await jane.browser.get(asked.location)

    assert re.search(rf'id="leads-to">.*{re.escape(shown)}', page.text)
    assert "anybody can register one here" in page.text
    assert page.text.index('id="unknown-app"') < page.text.index("wants to:"), "what is wanted stands below these words"


async def test_an_operator_knows_its_clients(op: TestProvider, jane: Person) -> None:
    await add_client(op, "own", terms=ClientTerms())
    asked = await jane.ask(client_id="own")

    page = await jane.browser.get(asked.location)

    assert 'id="consent-allow"' in page.text
    assert 'id="leads-to"' not in page.text
    assert 'id="unknown-app"' not in page.text


async def test_offline_access_is_consented_to(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §11."""
    await agree(jane)

    interaction = await begun(jane, scope="openid offline_access")

    assert (await jane.look(interaction)).new_scope == ("offline_access",)


async def test_consent_cannot_be_asked_for_silently(jane: Person, app: Client) -> None:
    assert (await jane.ask(prompt="none")).error == "consent_required"


async def test_prompt_consent_asks_each_time(op: TestProvider, jane: Person, app: Client) -> None:
    await agree(jane)
    op.clock.advance(MINUTE)

    interaction = await begun(jane, prompt="consent")

    assert (await jane.resume(interaction)).page == ("consent", interaction)
    await jane.allow(interaction)
    assert (await jane.resume(interaction)).code


async def test_a_yes_that_was_taken_back_holds_no_longer(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    await agree(jane)
    await op.provider.store.transact(lambda work: work.oauth.consents.remove(account.id, app.id))

    assert (await jane.ask()).page is not None


async def test_an_operators_client_may_skip_consent_unless_it_asks_for_it(op: TestProvider, jane: Person) -> None:
    await add_client(op, origin=Origin.OPERATOR)

    assert (await jane.ask()).code
    answer = await jane.ask(prompt="consent")
    assert answer.page is not None
    assert answer.page[0] == "consent"


@pytest.mark.parametrize("origin", [Origin.REGISTRATION, Origin.DOCUMENT])
async def test_nobody_else_can_skip_it(op: TestProvider, jane: Person, origin: Origin) -> None:
    await add_client(op, origin=origin, terms=ClientTerms(skip_consent=True))

    assert (await jane.ask(prompt="none")).error == "consent_required"


@pytest.mark.parametrize("uri", [LOOPBACK, "com.example.app:/callback"])
async def test_an_app_on_a_device_is_asked_about_each_time(op: TestProvider, jane: Person, uri: str) -> None:
    """RFC 8252 §8.6: any app there could say that it is this one."""
    native: dict[str, Any] = {
        "redirect_uris": (uri,),
        "token_endpoint_auth_method": "none",
        "application_type": "native",
    }
    await add_client(op, terms=ClientTerms(), **native)
    await agree(jane, redirect_uri=uri)
    op.clock.advance(MINUTE)

    assert (await jane.ask(redirect_uri=uri, prompt="none")).error == "consent_required"
    await agree(jane, redirect_uri=uri)


async def test_a_yes_before_signing_in_is_none(stranger: Person, app: Client, account: Account) -> None:
    """Row 55: the page before it cannot be left out."""
    interaction = await begun(stranger)
    await stranger.allow(interaction)
    await stranger.sign_in_on_page(interaction, account)

    assert (await stranger.resume(interaction)).page == ("consent", interaction)


async def test_one_persons_yes_is_not_the_next_ones(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    """Keycloak CVE-2026-18963 had a note that was not bound to its step."""
    john = await op.add_account("john@example.com")
    interaction = await begun(jane, prompt="consent")
    await jane.allow(interaction)
    await jane.sign_in_on_page(interaction, john)

    assert (await jane.resume(interaction)).page == ("consent", interaction)


async def test_who_was_shown_the_question_is_who_answers_it(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    """Somebody else signs in in another tab while the page is open."""
    john = await op.add_account("john@example.com")
    interaction = await begun(jane)
    await jane.sign_in(john)

    await jane.allow(interaction)

    _, grant = await bought(op, (await jane.resume(interaction)).code)
    assert grant.account_id == account.id
    assert await consent_of(op, john) is None


async def test_who_signed_in_beside_the_page_is_asked_too(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    john = await op.add_account("john@example.com")
    interaction = await begun(stranger)
    await stranger.sign_in(account)
    assert (await stranger.resume(interaction)).page == ("consent", interaction)
    await stranger.sign_in(john)

    assert (await stranger.look(interaction)).account == account


async def test_a_yes_is_written_into_the_trail(op: TestProvider, jane: Person, app: Client, account: Account) -> None:
    await agree(jane)

    trail = await op.provider.store.read(lambda work: work.audit.page(account_id=account.id))

    names = [entry.event.name for entry in trail if entry.event.detail.get("client") == "app"]
    assert names == [EventName.CONSENT_GIVEN, EventName.AUTHORIZATION_GRANTED]
