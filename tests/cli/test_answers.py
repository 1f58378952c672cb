"""How verbs speak: JSON to machines, tables to people, one line about what went wrong."""

import json
import os
import pty
import subprocess
import sys
from io import StringIO

import pytest

from idp.cli.answer import Answer, as_text, harmless
from idp.cli.table import show
from idp.cli.verb import complain
from idp.cli.voice import Voice
from tests.cli.command_line import PASSWORD, CommandLine

EMAIL = "jane@example.com"
ESCAPE = "\x1b"


def on_terminal(idp: CommandLine, *words: str) -> tuple[int, str]:
    """Exit code and what a person sees: both streams and the input are a terminal."""
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "idp", "--config", str(idp.config), *words]
    env = {**os.environ, "COLUMNS": "160", "TERM": "xterm-256color"}
    process = subprocess.Popen(command, stdin=inner, stdout=inner, stderr=inner, env=env)
    os.close(inner)
    seen = b""
    while True:
        try:
            part = os.read(outer, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
    os.close(outer)
    return process.wait(), seen.decode().replace("\r\n", "\n")


def test_a_person_sees_a_table_with_colours(idp: CommandLine) -> None:
    idp.create(EMAIL, "--confirmed")

    code, seen = on_terminal(idp, "user", "list")

    assert code == 0
    assert EMAIL in seen
    assert "last sign in at" in seen
    assert ESCAPE in seen
    assert "{" not in seen


def test_colours_can_be_switched_off(idp: CommandLine) -> None:
    idp.create(EMAIL)

    _, seen = on_terminal(idp, "user", "list", "--no-color")

    assert EMAIL in seen
    assert ESCAPE not in seen


class Terminal(StringIO):
    def isatty(self) -> bool:
        return True


def test_json_is_for_those_who_ask_and_for_machines(monkeypatch: pytest.MonkeyPatch) -> None:
    piped = Voice.of(as_json=False, no_color=False)
    monkeypatch.setattr("sys.stdout", Terminal())
    seen = Voice.of(as_json=False, no_color=False)
    asked = Voice.of(as_json=True, no_color=False)

    assert [voice.as_json for voice in (piped, seen, asked)] == [True, False, True]


def test_no_color_is_heeded_wherever_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    said = [Voice.of(as_json=False, no_color=no_color).colour for no_color in (False, True)]
    monkeypatch.setenv("NO_COLOR", "1")

    assert said == [True, False]
    assert Voice.of(as_json=False, no_color=False).colour is False


def test_a_person_sees_the_secret_of_an_app_as_a_picture_too(idp: CommandLine) -> None:
    idp.create(EMAIL)

    _, seen = on_terminal(idp, "user", "factor", "add", EMAIL, "totp")

    assert "otpauth://totp/" in seen.splitlines()[0]
    assert "secret=" in seen.splitlines()[0]
    assert "█" in seen


def test_a_person_sees_how_an_import_gets_on_and_what_came_of_it(idp: CommandLine) -> None:
    file = idp.folder / "in.jsonl"
    lines = [{"email": f"user{number}@example.com", "firstName": "J", "lastName": "D"} for number in range(150)]
    file.write_text("".join(json.dumps(line) + "\n" for line in [*lines, {"email": "x"}]))

    code, seen = on_terminal(idp, "user", "import", str(file))

    assert code == 1
    assert "150 imported, 0 there already, 1 refused." in seen
    assert "line 151: email: is no e-mail address" in seen
    assert "importing" in seen or "100 imported" in seen


def test_a_person_sees_one_line_about_what_went_wrong(idp: CommandLine) -> None:
    refused = on_terminal(idp, "user", "show", "nobody@example.com")
    misused = on_terminal(idp, "user", "crate")

    assert refused == (1, "idp: there is no account nobody@example.com\n")
    assert misused == (2, "idp: No such command 'crate'. Did you mean 'create'? See `idp user --help`.\n")


def test_names_cannot_command_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """Threat row 108: what a stranger calls themselves is printed, not obeyed; nor is it markup."""
    evil = "\x1b]0;owned\x07\x9b31m [bold]Jane[/bold]"

    show(Answer(data={"items": [{"name": evil}]}), colour=False)
    show(Answer(data={"name": evil, "roles": [evil]}), colour=False)
    show(Answer(data={}, says=evil), colour=False)
    Voice(as_json=False).line({}, harmless(evil))
    Voice(as_json=False).complain("x", evil)
    seen = capsys.readouterr()

    assert "[bold]Jane[/bold]" in seen.out
    assert not {ESCAPE, "\x9b", "\x07"} & set(seen.out + seen.err)
    assert ESCAPE not in as_text({"name": evil})


def test_a_refusal_is_one_json_object_for_machines(idp: CommandLine) -> None:
    ran = idp.run("user", "show", "nobody@example.com", "--json")

    assert (ran.code, ran.out) == (1, "")
    assert ran.refusal == {"error": "not_found", "message": "there is no account nobody@example.com"}


def test_a_fault_of_ours_is_told_without_a_stack_trace_and_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    """The text of an exception may hold what it choked on."""
    try:
        as_text({"x": Unprintable()})
    except RuntimeError as error:
        code = complain(Voice(as_json=True), error)

    said = json.loads(capsys.readouterr().err)
    assert code == 1
    assert said["error"] == "unforeseen"
    assert "RuntimeError at idp.cli.answer:" in said["message"]
    assert PASSWORD not in said["message"]


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(PASSWORD)


def test_a_name_in_another_script_survives_as_json() -> None:
    assert json.loads(as_text({"name": "José 北京"})) == {"name": "José 北京"}
    assert as_text({"name": "José"}).isascii()
    assert harmless("José\n北京") == "José?北京"


def test_an_error_in_the_configuration_is_json_too(idp: CommandLine) -> None:
    idp.config.write_text('issuer = "nonsense"\n')

    refusal = idp.refuse("user", "list")

    assert (refusal["error"], refusal["exit"]) == ("configuration", 2)
    assert [problem["key"] for problem in refusal["problems"]] == ["issuer"]


def test_another_keys_database_is_told_with_the_mend(idp: CommandLine) -> None:
    (idp.folder / "master.key").unlink()

    refusal = idp.refuse("user", "list")

    assert refusal["exit"] == 2
    assert refusal["problems"][0]["key"] == "keys.master_key"


def test_deleting_asks_a_person_first(idp: CommandLine) -> None:
    idp.create(EMAIL)
    outer, inner = pty.openpty()
    process = idp.process("user", "delete", EMAIL, stdin=inner)
    os.write(outer, b"n\n")

    out, err = process.communicate(timeout=20)

    os.close(inner)
    os.close(outer)
    assert process.returncode == 1
    assert b"Delete jane@example.com for good?" in err
    assert out == b""
    assert idp.ask("user", "show", EMAIL)["email"] == EMAIL


def test_the_command_is_installed_under_its_name(idp: CommandLine) -> None:
    from importlib.metadata import entry_points

    (found,) = entry_points(group="console_scripts", name="idp")

    assert found.value == "idp.cli:main"
