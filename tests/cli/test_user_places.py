"""`idp user join`, `leave`, `idp jurisdiction`, `idp team`."""

import pytest

from tests.cli.command_line import CommandLine

EMAIL = "jane@example.com"


@pytest.mark.parametrize("kind", ["jurisdiction", "team"])
def test_one_is_made_listed_and_shown(idp: CommandLine, kind: str) -> None:
    made = idp.ask(kind, "create", "North")

    assert made == {"id": made["id"], "name": "North", "created": True}
    assert "North" in [one["name"] for one in idp.ask(kind, "list")["items"]]
    shown = idp.ask(kind, "show", "North")
    assert (shown["id"], shown["features"]["enableMfa"]) == (made["id"], False)


def test_to_ask_twice_is_no_mistake(idp: CommandLine) -> None:
    first = idp.ask("team", "create", "My Team")

    assert idp.ask("team", "create", "My Team") == {**first, "created": False}


def test_a_team_and_a_jurisdiction_may_share_a_name(idp: CommandLine) -> None:
    assert idp.ask("team", "create", "North")["id"] != idp.ask("jurisdiction", "create", "North")["id"]


@pytest.mark.parametrize("name", ["", " North", "North\n", "x" * 129])
def test_a_name_that_cannot_be_told_apart_is_refused(idp: CommandLine, name: str) -> None:
    assert idp.refuse("jurisdiction", "create", name)["error"] == "invalid_request"


@pytest.mark.parametrize("name", ["Bay/Area", "/", ".", ".."])
def test_a_jurisdiction_that_no_address_reaches_is_refused(idp: CommandLine, name: str) -> None:
    """GET /jurisdictions/byName/{name}."""
    assert idp.refuse("jurisdiction", "create", name)["error"] == "invalid_request"
    assert idp.ask("team", "create", name)["name"] == name


def test_jurisdictions_of_the_configuration_are_there_with_their_flags(idp: CommandLine) -> None:
    shown = idp.ask("jurisdiction", "show", "Bay Area")

    assert shown["features"]["enableSingleUseCode"] is True


def test_a_member_joins_changes_roles_and_leaves(idp: CommandLine) -> None:
    idp.create(EMAIL)
    idp.ask("team", "create", "My Team")

    assert idp.ask("user", "join", EMAIL, "--team", "My Team")["role"] == "MEMBER"
    assert idp.ask("user", "join", EMAIL, "--team", "My Team:ADMIN")["role"] == "ADMIN"
    assert [one["role"] for one in idp.ask("user", "show", EMAIL)["teams"]] == ["ADMIN"]

    idp.ask("user", "leave", EMAIL, "--team", "My Team")

    assert idp.ask("user", "show", EMAIL)["teams"] == []
    assert idp.refuse("user", "leave", EMAIL, "--team", "My Team")["error"] == "not_found"
    set_ = [entry["detail"] for entry in idp.ask("audit", "--event", "membership.set")["items"]]
    assert [(detail.get("role"), detail.get("left")) for detail in set_] == [
        ("MEMBER", None),
        ("ADMIN", None),
        (None, True),
    ]


@pytest.mark.parametrize(
    ("words", "error"),
    [
        (("--team", "Nobody"), "unknown_tenant"),
        (("--jurisdiction", "Bay Area:"), "unknown_tenant"),
        (("--jurisdiction", "Bay Area:a\tb"), "invalid_request"),
        ((), "usage"),
        (("--team", "a", "--jurisdiction", "b"), "usage"),
    ],
)
def test_a_place_that_is_none_is_refused(idp: CommandLine, words: tuple[str, ...], error: str) -> None:
    idp.create(EMAIL)

    assert idp.refuse("user", "join", EMAIL, *words)["error"] == error
