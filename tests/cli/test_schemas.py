"""`idp schemas`: the files that are written from the code."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from idp.cli.schemas import generated
from idp.config.secret import REFERENCE_SCHEMA
from idp.registry.schemas import plugin_schemas
from tests.cli.command_line import CommandLine

TOP = Path(__file__).parents[2]


def test_what_lies_in_the_repository_is_as_it_would_be_written(idp: CommandLine) -> None:
    assert idp.run("schemas", "--check", str(TOP)).json == {"ok": True, "stale": []}


def test_they_are_written_and_then_fresh_until_somebody_edits_one(idp: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    folder.mkdir()

    written = idp.ask("schemas", str(folder))
    fresh = idp.run("schemas", "--check", str(folder)).json
    (folder / "docs" / "cli.md").write_text("edited")
    (folder / "schemas" / "left.json").write_text("{}")
    stale = idp.run("schemas", "--check", str(folder))
    mended = idp.ask("schemas", str(folder))

    assert written["written"] == written["files"]
    assert fresh["ok"] is True
    assert (stale.code, stale.json) == (1, {"ok": False, "stale": ["docs/cli.md", "schemas/left.json"]})
    assert mended["written"] == ["docs/cli.md"]


@pytest.mark.parametrize("name", [name for name in generated() if name.endswith(".schema.json") or "/plugins/" in name])
def test_each_schema_is_one(name: str) -> None:
    Draft202012Validator.check_schema(json.loads(generated()[name]))


def test_a_plugins_secret_is_told_by_its_place() -> None:
    validator = Draft202012Validator(plugin_schemas(REFERENCE_SCHEMA)["smtp"])

    assert validator.is_valid({"host": "mail.example.com", "password": {"env": "SMTP_PASSWORD"}})
    assert not validator.is_valid({"host": "mail.example.com", "password": "secret"})
    assert not validator.is_valid({"host": "mail.example.com", "hots": "x"})


def test_every_built_in_plugin_has_one() -> None:
    names = {name.split("/")[-1] for name in generated() if name.startswith("schemas/plugins/")}

    assert names == {f"{path.stem}.json" for path in (TOP / "idp" / "plugins").glob("[a-z]*.py")}
