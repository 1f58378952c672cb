"""`idp user` on accounts that are there: in effect at once, beside a running server."""

from contextlib import suppress

import pytest

from idp.core.errors import AccountLocked, BadCredentials, SessionExpired
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.outcome import SignedIn
from tests.cli.command_line import PASSWORD, SOMEWHERE, CommandLine, sign_in

EMAIL = "jane@example.com"
NEW = "another horse battery"


async def signed_in(idp: CommandLine) -> None:
    await idp.beside(
        "user",
        "create",
        "--email",
        EMAIL,
        "--password",
        PASSWORD,
        "--first-name",
        "J",
        "--last-name",
        "D",
        "--confirmed",
    )


async def test_disabling_ends_sessions_at_once_and_lets_nobody_in(idp: CommandLine) -> None:
    """Threat row 22: neither the access token nor the refresh token of a disabled account is good for anything."""
    await signed_in(idp)
    async with idp.server() as server:
        session = await sign_in(server, EMAIL)
        assert isinstance(session, SignedIn)

        await idp.beside("user", "disable", EMAIL)

        with pytest.raises(SessionExpired):
            await server.verbs.identify(session.access_token, BLOOM)
        with pytest.raises(SessionExpired):
            await server.verbs.refresh(session.refresh_token, SOMEWHERE)
        with pytest.raises(BadCredentials):
            await sign_in(server, EMAIL)


async def test_enabling_lets_in_again_and_revives_no_session(idp: CommandLine) -> None:
    await signed_in(idp)
    async with idp.server() as server:
        session = await sign_in(server, EMAIL)
        assert isinstance(session, SignedIn)
        await idp.beside("user", "disable", EMAIL)

        await idp.beside("user", "enable", EMAIL)

        with pytest.raises(SessionExpired):
            await server.verbs.identify(session.access_token, BLOOM)
        assert isinstance(await sign_in(server, EMAIL), SignedIn)


async def test_unlocking_forgets_the_failed_attempts(idp: CommandLine) -> None:
    await signed_in(idp)
    async with idp.server() as server:
        for _ in range(5):
            with suppress(BadCredentials):
                await sign_in(server, EMAIL, "wrong")
        with pytest.raises(AccountLocked):
            await sign_in(server, EMAIL)
        assert (await idp.beside("user", "show", EMAIL))["locked_until"] is not None

        await idp.beside("user", "unlock", EMAIL)

        assert (await idp.beside("user", "show", EMAIL))["locked_until"] is None
        assert isinstance(await sign_in(server, EMAIL), SignedIn)


async def test_deleting_ends_sessions_at_once_and_keeps_the_trail(idp: CommandLine) -> None:
    await signed_in(idp)
    async with idp.server() as server:
        session = await sign_in(server, EMAIL)
        assert isinstance(session, SignedIn)

        deleted = await idp.beside("user", "delete", EMAIL)

        with pytest.raises(SessionExpired):
            await server.verbs.identify(session.access_token, BLOOM)
        with pytest.raises(SessionExpired):
            await server.verbs.refresh(session.refresh_token, SOMEWHERE)
        assert (await idp.beside("user", "list"))["items"] == []
        trail = await idp.beside("audit", "--account", deleted["id"])
        assert [entry["name"] for entry in trail["items"]] == ["account.created", "login.ok", "account.deleted"]


async def test_a_new_password_ends_sessions_and_the_lock_and_the_owner_is_told(idp: CommandLine) -> None:
    """Threat row 21, ASVS 6.3.7."""
    await signed_in(idp)
    async with idp.server() as server:
        session = await sign_in(server, EMAIL)
        assert isinstance(session, SignedIn)
        for _ in range(5):
            with suppress(BadCredentials):
                await sign_in(server, EMAIL, "wrong")

        await idp.beside("user", "set-password", EMAIL, "--password", NEW)

        with pytest.raises(SessionExpired):
            await server.verbs.refresh(session.refresh_token, SOMEWHERE)
        with pytest.raises(BadCredentials):
            await sign_in(server, EMAIL, PASSWORD)
        assert isinstance(await sign_in(server, EMAIL, NEW), SignedIn)
        while await server.relay.deliver_due():
            pass
    assert "password" in next((idp.folder / "outbox").glob("*.json")).read_text()


def test_the_rules_for_passwords_bind_operators_too(idp: CommandLine) -> None:
    idp.create(EMAIL)

    refusal = idp.refuse("user", "set-password", EMAIL, "--password", "short")

    assert refusal == {
        "error": "password_rejected",
        "message": "the password is refused: it is too short",
        "exit": 1,
    }


def test_an_account_goes_by_its_id_as_well(idp: CommandLine) -> None:
    created = idp.create(EMAIL)

    assert idp.ask("user", "show", created["id"])["email"] == EMAIL
    assert idp.ask("user", "disable", created["id"]) == {"id": created["id"], "email": EMAIL, "disabled": True}


@pytest.mark.parametrize("verb", ["show", "disable", "enable", "unlock", "delete"])
def test_an_account_that_is_not_there_is_told(idp: CommandLine, verb: str) -> None:
    refusal = idp.refuse("user", verb, "nobody@example.com")

    assert refusal == {"error": "not_found", "message": "there is no account nobody@example.com", "exit": 1}


def test_a_list_is_searched_and_goes_on_where_it_ended(idp: CommandLine) -> None:
    ids = sorted(idp.create(f"{name}@example.com")["id"] for name in ("ann", "bob", "joann"))

    first = idp.ask("user", "list", "--limit", "2")
    rest = idp.ask("user", "list", "--limit", "2", "--after", first["next"])
    found = idp.ask("user", "list", "--search", "ANN")

    assert [one["id"] for one in (*first["items"], *rest["items"])] == ids
    assert (first["next"], rest["next"]) == (ids[1], None)
    assert sorted(one["email"] for one in found["items"]) == ["ann@example.com", "joann@example.com"]


def test_no_answer_holds_a_hash(idp: CommandLine) -> None:
    idp.create(EMAIL, "--mfa", "totp")

    shown = idp.run("user", "show", EMAIL).out + idp.run("user", "list").out + idp.run("audit").out

    assert "$argon2" not in shown
    assert "secret" not in shown


def test_what_an_operator_did_is_in_the_trail_under_their_name(idp: CommandLine) -> None:
    idp.create(EMAIL)
    for verb in ("disable", "enable", "unlock"):
        idp.ask("user", verb, EMAIL)

    trail = idp.ask("audit")["items"]

    done = [entry for entry in trail if entry["name"].startswith("account.")]
    assert [entry["name"].removeprefix("account.") for entry in done] == ["created", "disabled", "enabled", "unlocked"]
    assert {(entry["contract"], entry["address"]) for entry in done} == {("cli", "cli")}
    assert all(entry["agent"] for entry in done)
