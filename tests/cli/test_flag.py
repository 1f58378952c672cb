"""`idp flag`: in effect at once, in either spelling."""

import pytest

from idp.usecases.signin.outcome import SecondFactorNeeded, SignedIn
from tests.cli.command_line import PASSWORD, CommandLine, sign_in

EMAIL = "jane@example.com"


async def test_a_requirement_holds_for_the_next_sign_in_of_a_running_server(idp: CommandLine) -> None:
    words = ("--email", EMAIL, "--password", PASSWORD, "--first-name", "Jane", "--last-name", "Doe", "--confirmed")
    await idp.beside("user", "create", *words, "--jurisdiction", "Bay Area")
    async with idp.server() as server:
        before = await sign_in(server, EMAIL)

        await idp.beside("flag", "set", "enableMfa", "true", "--jurisdiction", "Bay Area")
        during = await sign_in(server, EMAIL)
        await idp.beside("flag", "unset", "mfa", "--jurisdiction", "Bay Area")
        after = await sign_in(server, EMAIL)

    assert [type(one) for one in (before, during, after)] == [SignedIn, SecondFactorNeeded, SignedIn]


@pytest.mark.parametrize("spelling", ["single_use_code", "enableSingleUseCode"])
def test_either_spelling_names_the_same_feature(idp: CommandLine, spelling: str) -> None:
    made = idp.ask("flag", "set", spelling, "false", "--jurisdiction", "Bay Area")

    assert made == {"feature": "single_use_code", "value": False, "jurisdiction": "Bay Area", "team": None}
    assert idp.ask("jurisdiction", "show", "Bay Area")["features"]["enableSingleUseCode"] is False


def test_every_level_that_had_a_say_is_explained_in_order(idp: CommandLine) -> None:
    idp.ask("jurisdiction", "create", "Alameda")
    idp.ask("team", "create", "My Team")
    idp.create(EMAIL, "--jurisdiction", "Bay Area", "--jurisdiction", "Alameda", "--team", "My Team")
    idp.ask("flag", "set", "mfa", "true", "--team", "My Team")
    idp.ask("flag", "set", "single_use_code", "true")

    mfa = idp.ask("flag", "explain", "mfa", "--user", EMAIL)
    code = idp.ask("flag", "explain", "enableSingleUseCode", "--user", EMAIL)

    assert (mfa["feature"], mfa["value"]) == ("mfa", True)
    assert [(say["tenant"], say["level"], say["value"]) for say in mfa["items"]] == [
        (None, "default", False),
        ("Alameda", "default", False),
        ("Bay Area", "default", False),
        ("My Team", "run time, tenant", True),
    ]
    assert (code["feature"], code["value"]) == ("single_use_code", True)
    assert [(say["tenant"], say["level"], say["value"]) for say in code["items"]] == [
        ("Alameda", "run time, everywhere", True),
        ("Bay Area", "config, tenant", True),
    ]


def test_the_accounts_own_factor_has_a_say_in_mfa(idp: CommandLine) -> None:
    """Nothing weakens a requirement: what the account set up for itself holds whatever its tenants say."""
    idp.create(EMAIL, "--mfa", "totp")

    explained = idp.ask("flag", "explain", "mfa", "--user", EMAIL)

    assert explained["value"] is True
    assert [(say["level"], say["value"]) for say in explained["items"]] == [
        ("default", False),
        ("the account's own factors: totp", True),
    ]


def test_without_an_account_what_holds_for_everybody_is_explained(idp: CommandLine) -> None:
    everywhere = idp.ask("flag", "explain", "single_use_code")
    there = idp.ask("flag", "explain", "single_use_code", "--jurisdiction", "Bay Area")

    assert (everywhere["value"], there["value"]) == (False, True)


def test_a_value_of_the_operators_own_is_of_its_type(idp: CommandLine) -> None:
    assert idp.ask("flag", "set", "seats", "7")["value"] == 7
    assert idp.ask("flag", "explain", "seats")["value"] == 7
    assert idp.refuse("flag", "set", "seats", "many")["message"] == "seats takes a whole number"


def test_a_nought_is_explained_as_a_nought(idp: CommandLine) -> None:
    idp.ask("flag", "set", "seats", "0")

    assert idp.ask("flag", "explain", "seats")["value"] == 0
    assert idp.ask("flag", "explain", "seats")["value"] is not False


def test_all_features_are_listed_with_what_is_set(idp: CommandLine) -> None:
    idp.ask("flag", "set", "mfa", "false")

    features = {one["feature"]: one for one in idp.ask("flag", "list")["items"]}

    assert set(features) >= {"mfa", "single_use_code", "email_code", "totp", "seats"}
    assert features["mfa"]["alias"] == "enableMfa"
    assert features["mfa"]["set"] == [{"level": "run time, everywhere", "tenant": None, "kind": None, "value": False}]
    assert [one["level"] for one in features["single_use_code"]["set"]] == ["config, tenant"]


@pytest.mark.parametrize(
    ("words", "error", "code"),
    [
        (("set", "mfa", "yes"), "invalid_request", 1),
        (("set", "mfa", "True"), "invalid_request", 1),
        (("set", "nonsense", "true"), "unknown_feature", 1),
        (("set", "mfa", "true", "--team", "Nobody"), "unknown_tenant", 1),
        (("set", "mfa", "true", "--team", "a", "--jurisdiction", "b"), "usage", 2),
        (("unset", "mfa"), "not_found", 1),
        (("explain", "mfa", "--user", "nobody@example.com"), "not_found", 1),
        (("explain", "nonsense"), "unknown_feature", 1),
    ],
)
def test_what_makes_no_sense_is_refused(idp: CommandLine, words: tuple[str, ...], error: str, code: int) -> None:
    refusal = idp.refuse("flag", *words)

    assert (refusal["error"], refusal["exit"]) == (error, code)


def test_every_change_is_in_the_trail(idp: CommandLine) -> None:
    idp.ask("flag", "set", "enableMfa", "true")
    idp.ask("flag", "unset", "mfa")

    details = [entry["detail"] for entry in idp.ask("audit", "--event", "flag.set")["items"]]

    assert details == [{"feature": "mfa", "value": True}, {"feature": "mfa", "unset": True}]
