"""`acr`: how sure a sign-in has to be (OIDC Core §3.1.2.1, §5.5.1.1; threat row 56)."""

import json
from dataclasses import replace

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.oauth.rules import MULTI_FACTOR, SINGLE_FACTOR
from idp.testing.provider import TestProvider
from tests.oidc.asking import Person, add_client, bought
from tests.oidc.test_interaction import begun


def essential(*values: str) -> str:
    return json.dumps({"id_token": {"acr": {"essential": True, "values": values}}})


@pytest.mark.parametrize(
    ("methods", "acr"),
    [
        (("pwd",), SINGLE_FACTOR),
        (("pwd", "otp"), MULTI_FACTOR),
        (("otp", "otp"), SINGLE_FACTOR),
        (("otp", "sms"), SINGLE_FACTOR),  # one code, and the way it went
        (("pwd", "otp", "sms"), MULTI_FACTOR),
        (("pwd", "sms"), MULTI_FACTOR),
    ],
)
async def test_the_methods_of_the_session_decide(
    op: TestProvider, stranger: Person, app: Client, account: Account, methods: tuple[str, ...], acr: str
) -> None:
    await stranger.sign_in(account, *methods)

    _, grant = await bought(op, (await stranger.ask()).code)

    assert (grant.acr, grant.methods) == (acr, methods)


async def test_a_wish_that_cannot_be_had_is_no_error(op: TestProvider, jane: Person, app: Client) -> None:
    """§5.5.1.1: `acr_values` are voluntary, and raise no assurance."""
    _, grant = await bought(op, (await jane.ask(acr_values=MULTI_FACTOR)).code)

    assert grant.acr == SINGLE_FACTOR


async def test_of_the_wishes_the_first_that_is_reached_is_told(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    await stranger.sign_in(account, "pwd", "otp")

    _, grant = await bought(op, (await stranger.ask(acr_values=f"unknown {SINGLE_FACTOR} {MULTI_FACTOR}")).code)

    assert grant.acr == SINGLE_FACTOR


async def test_who_has_a_second_factor_is_asked_for_it_once(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    await op.provider.store.transact(
        lambda work: work.accounts.update(replace(account, mfa_methods=frozenset({"totp"})))
    )

    interaction = await begun(jane, acr_values=MULTI_FACTOR)
    await jane.sign_in_on_page(interaction, account)

    assert (await jane.resume(interaction)).code
    assert (await jane.ask(acr_values=MULTI_FACTOR, prompt="none")).code


async def test_an_essential_class_is_reached_by_signing_in_again(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    interaction = await begun(jane, claims=essential(MULTI_FACTOR))
    view = await jane.look(interaction)
    assert (view.must_sign_in_again, view.second_factor) == (True, True)

    await jane.sign_in_on_page(interaction, account, "pwd", "otp")

    _, grant = await bought(op, (await jane.resume(interaction)).code)
    assert grant.acr == MULTI_FACTOR


async def test_an_essential_class_that_a_new_sign_in_does_not_reach_is_unmet(
    jane: Person, app: Client, account: Account
) -> None:
    """OpenID Connect Core Unmet Authentication Requirements 1.0."""
    interaction = await begun(jane, claims=essential(MULTI_FACTOR))
    await jane.sign_in_on_page(interaction, account, "pwd")

    assert (await jane.resume(interaction)).error == "unmet_authentication_requirements"


async def test_an_older_and_weaker_session_is_no_step_up(jane: Person, app: Client) -> None:
    """Pocket ID GHSA-hp74-gm6m-2qm5."""
    interaction = await begun(jane, claims=essential(MULTI_FACTOR))
    assert jane.session is not None
    await jane.choose(interaction, jane.session)

    assert (await jane.resume(interaction)).page == ("login", interaction)


async def test_a_second_factor_cannot_be_given_silently(jane: Person, app: Client) -> None:
    assert (await jane.ask(claims=essential(MULTI_FACTOR), prompt="none")).error == "interaction_required"


async def test_a_class_that_nobody_knows_is_unmet_at_once(jane: Person, app: Client) -> None:
    answer = await jane.ask(claims=essential("urn:somebody:elses:class"))

    assert answer.error == "unmet_authentication_requirements"


async def test_one_essential_class_of_several_is_enough(jane: Person, app: Client) -> None:
    assert (await jane.ask(claims=essential(MULTI_FACTOR, SINGLE_FACTOR))).code


async def test_a_client_may_have_usual_wishes(op: TestProvider, stranger: Person, account: Account) -> None:
    """OIDC Registration §2: default_acr_values."""
    await add_client(op, default_acr_values=(SINGLE_FACTOR,))
    await stranger.sign_in(account, "pwd", "otp")

    _, grant = await bought(op, (await stranger.ask()).code)

    assert grant.acr == SINGLE_FACTOR
