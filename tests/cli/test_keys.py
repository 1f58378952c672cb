"""`idp keys`."""

import base64
import json
from typing import Any

import pytest

from idp.core.errors import SessionExpired
from idp.usecases.sessions.tokens import BLOOM
from idp.usecases.signin.outcome import SignedIn
from tests.cli.command_line import PASSWORD, CommandLine, sign_in

ALGORITHMS = {"RS256", "PS256", "ES256", "EdDSA"}


def states(keys: Any, algorithm: str = "ES256") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key in keys["items"]:
        if key["algorithm"] == algorithm:
            found.setdefault(key["state"], []).append(key["id"])
    return found


def test_keys_are_listed_by_state_and_nothing_private_is(idp: CommandLine) -> None:
    ran = idp.run("keys", "list")

    assert {key["algorithm"] for key in ran.json["items"]} == ALGORITHMS
    assert {state: len(ids) for state, ids in states(ran.json).items()} == {"active": 1, "next": 1}
    assert '"d"' not in ran.out
    assert "private" not in ran.out


def test_rotating_lets_the_next_key_of_each_algorithm_sign(idp: CommandLine) -> None:
    before = states(idp.ask("keys", "list"))

    turns = idp.ask("keys", "rotate")["items"]

    after = states(idp.ask("keys", "list"))
    assert {turn["algorithm"] for turn in turns} == ALGORITHMS
    assert after["active"] == before["next"]
    assert after["retired"] == before["active"]
    rotated = idp.ask("audit", "--event", "keys.rotated")["items"]
    assert [entry["contract"] for entry in rotated] == ["cli"] * len(ALGORITHMS)


def test_one_algorithm_s_key_can_be_rotated_alone(idp: CommandLine) -> None:
    """OIDC Core §10.1.1; oidcc-server-rotate-keys knows RSA and EC keys alone."""
    others = states(idp.ask("keys", "list"), "EdDSA")

    turns = idp.ask("keys", "rotate", "--algorithm", "RS256")["items"]

    assert [turn["algorithm"] for turn in turns] == ["RS256"]
    assert states(idp.ask("keys", "list"), "EdDSA") == others


def test_the_configuration_says_how_long_new_rsa_keys_are(idp: CommandLine) -> None:
    idp.config.write_text(idp.config.read_text().replace("[keys]\n", "[keys]\nrsa_bits = 2048\n"))

    idp.run("keys", "rotate", "--algorithm", "RS256")

    kept = idp.change(lambda work, _: work.keys.all())
    fresh = [json.loads(row.public) for row in kept if row.algorithm == "RS256" and row.state == "next"]
    assert [len(base64.urlsafe_b64decode(f"{key['n']}==")) * 8 for key in fresh] == [2048]


async def test_retiring_ends_what_the_key_signed_in_a_running_server_too(idp: CommandLine) -> None:
    names = ("--first-name", "Jane", "--last-name", "Doe", "--confirmed")
    await idp.beside("user", "create", "--email", "jane@example.com", "--password", PASSWORD, *names)
    active = states(await idp.beside("keys", "list"))["active"][0]
    async with idp.server() as server:
        session = await sign_in(server, "jane@example.com")
        assert isinstance(session, SignedIn)

        await idp.beside("keys", "retire", active)
        await server.keyring.refresh()  # what every process does each second

        with pytest.raises(SessionExpired):
            await server.verbs.identify(session.access_token, BLOOM)
    assert active not in str(await idp.beside("keys", "list"))


def test_a_key_that_is_not_there_is_told(idp: CommandLine) -> None:
    assert idp.refuse("keys", "retire", "nonsense")["error"] == "not_found"
