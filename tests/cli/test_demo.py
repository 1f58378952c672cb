"""The demo's people."""

import asyncio
from pathlib import Path

import pytest

from idp.cli.demo import ACCOUNTS, TEAM, load_demo
from idp.config.loader import load
from idp.core.address import canonical_email
from idp.core.client import Client, ClientMetadata
from idp.core.ids import ClientId
from idp.core.standard_claims import BY_SCOPE
from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from tests.cli.command_line import CommandLine

TOP = Path(__file__).parents[2]


def load_again(idp: CommandLine) -> None:
    async def start() -> None:
        async with idp.server() as provider:
            await load_demo(provider)

    asyncio.run(start())


@pytest.fixture
def demo(idp: CommandLine) -> CommandLine:
    load_again(idp)
    return idp


def test_the_seeds_examples_sign_in_as_printed(demo: CommandLine) -> None:
    jane = demo.sign_in("jane@example.com", "securepassword123")
    user = demo.sign_in("user@example.com", "yourpassword")
    mfa = demo.sign_in("mfa@example.com", "yourpassword")

    assert isinstance(jane, SignedIn)
    assert (jane.account.first_name, jane.account.last_name) == ("Jane", "Doe")
    assert [(one.tenant.name, one.role) for one in jane.memberships] == [("Bay Area", "user"), (TEAM, "ADMIN")]
    assert isinstance(user, SignedIn)
    assert isinstance(mfa, SecondFactorNeeded)
    assert mfa.methods == ("email",)


async def test_jane_has_every_standard_claim(idp: CommandLine) -> None:
    """OIDC Core §5.1: an app that is tried out sees what there is."""
    scopes = ("profile", "email", "address", "phone")
    async with idp.server() as provider:
        await load_demo(provider)
        jane = await provider.store.read(lambda work: work.accounts.by_email(canonical_email("jane@example.com")))
        assert jane is not None
        assert provider.openid is not None
        app = Client(
            id=ClientId("app"), metadata=ClientMetadata(), created_at=jane.created_at, updated_at=jane.created_at
        )
        told = await provider.openid.claims.of(jane, scopes, {}, app)

    assert set(told) == {claim for scope in scopes for claim in BY_SCOPE[scope]}


def test_a_second_start_changes_nothing(demo: CommandLine) -> None:
    demo.ask("user", "set-password", "jane@example.com", "--password", "another horse battery")
    demo.ask("user", "delete", "user@example.com")

    load_again(demo)

    assert isinstance(demo.sign_in("jane@example.com", "another horse battery"), SignedIn)
    assert len(demo.ask("user", "list")["items"]) == len(ACCOUNTS) - 1


def test_an_account_that_is_there_already_is_left_alone(idp: CommandLine) -> None:
    idp.create("jane@example.com", "--confirmed")

    load_again(idp)

    assert isinstance(idp.sign_in("jane@example.com"), SignedIn)
    assert len(idp.ask("user", "list")["items"]) == len(ACCOUNTS)


async def test_several_processes_load_it_once(idp: CommandLine) -> None:
    async with idp.server() as one, idp.server() as another:
        await asyncio.gather(load_demo(one), load_demo(another))

        accounts = await one.store.read(lambda work: work.accounts.count())

    assert accounts == len(ACCOUNTS)


def test_the_example_configuration_has_what_the_demo_needs() -> None:
    settings = load(TOP / "config.example.toml", {})

    assert settings.demo is True
    assert settings.default_jurisdiction in settings.jurisdictions


def test_the_rules_for_passwords_do_not_keep_the_demo_from_starting(idp: CommandLine) -> None:
    idp.config.write_text(idp.config.read_text().replace("[database]", '[password]\npreset = "nist"\n[database]', 1))

    load_again(idp)

    assert isinstance(idp.sign_in("user@example.com", "yourpassword"), SignedIn)
