"""`idp audit`."""

import json
import signal
import subprocess
from typing import IO

import pytest
from jsonschema import Draft202012Validator

from idp.core.events import EventName
from idp.usecases.housekeeping.entry import MEANINGS, entry_schema
from tests.cli.command_line import CommandLine

EMAIL = "jane@example.com"


def test_the_latest_entries_come_last(idp: CommandLine) -> None:
    for name in ("North", "South", "East"):
        idp.ask("team", "create", name)

    items = idp.ask("audit", "--limit", "2")["items"]

    assert [entry["number"] for entry in items] == [2, 3]
    assert idp.ask("audit", "--limit", "0")["items"] == []


def test_entries_of_one_account_or_event_are_told_apart(idp: CommandLine) -> None:
    first, second = idp.create(EMAIL), idp.create("other@example.com")
    idp.ask("user", "disable", EMAIL)

    of_account = idp.ask("audit", "--account", EMAIL)["items"]
    of_event = idp.ask("audit", "--event", "account.created")["items"]
    of_both = idp.ask("audit", "--event", "account.disabled", "--account", second["id"])["items"]

    assert {entry["account_id"] for entry in of_account} == {first["id"]}
    assert {entry["account_id"] for entry in of_event} == {first["id"], second["id"]}
    assert of_both == []


def test_every_entry_is_as_the_schema_says(idp: CommandLine) -> None:
    idp.create(EMAIL, "--mfa", "email", "--jurisdiction", "Bay Area")
    idp.ask("flag", "set", "mfa", "true")
    idp.ask("keys", "rotate")
    idp.run("user", "import", "-", typed='{"email":"a@example.com","firstName":"A","lastName":"B"}\n')
    validator = Draft202012Validator(entry_schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)

    items = idp.ask("audit")["items"]

    assert len(items) >= 7
    assert [error.message for entry in items for error in validator.iter_errors(entry)] == []


def test_every_event_has_a_meaning() -> None:
    assert set(MEANINGS) == set(EventName)


@pytest.mark.parametrize(
    ("words", "error"),
    [(("--event", "nonsense"), "invalid_request"), (("--account", "nobody@example.com"), "not_found")],
)
def test_what_is_not_there_is_told(idp: CommandLine, words: tuple[str, ...], error: str) -> None:
    assert idp.refuse("audit", *words)["error"] == error


def next_line(stream: IO[bytes] | None) -> dict[str, object]:
    assert stream is not None
    line: dict[str, object] = json.loads(stream.readline())
    return line


def test_following_tells_what_others_do_a_line_each_and_ends_on_ctrl_c(idp: CommandLine) -> None:
    idp.ask("team", "create", "North")
    process = idp.process("audit", "--follow", "--limit", "1")
    first = next_line(process.stdout)

    idp.ask("team", "create", "South")
    second = next_line(process.stdout)

    process.send_signal(signal.SIGINT)
    try:
        _, err = process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    assert [entry["name"] for entry in (first, second)] == ["tenant.created"] * 2
    assert second["number"] == 2
    assert b"Traceback" not in err
