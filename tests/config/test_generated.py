"""The example, the manual and the schema say what the settings are, because they are written from them."""

import json
import re
import shutil
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from idp.config.common_passwords import common_passwords
from idp.config.description import settings_of
from idp.config.environment import variable_of
from idp.config.example import DEMO, example_toml
from idp.config.generate import FILES, stale, write_all
from idp.config.loader import load
from idp.config.manual import settings_manual
from idp.config.schema import config_schema, tables
from idp.config.settings import Settings
from idp.config.shape import fixed_keys

ROOT = Path(__file__).parents[2]
DEFAULTS = Settings().model_dump(mode="json")


@pytest.fixture
def example(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    shutil.copy(ROOT / "config.example.toml", path)
    return path


def uncommented(text: str, *, examples: bool) -> dict[str, Any]:
    """The example with its commented settings in force; with those that have no default only if `examples`."""
    kept = [line for line in text.splitlines() if examples or "an example; unset by default" not in line]
    return tomllib.loads("\n".join(re.sub(r"^#(?=[\w\[])", "", line) for line in kept))


def test_nothing_is_stale() -> None:
    """Mend: `idp schemas`."""
    assert stale(ROOT) == []


def test_what_differs_is_stale_and_written_anew(tmp_path: Path) -> None:
    assert stale(tmp_path) == list(FILES)

    write_all(tmp_path)
    assert stale(tmp_path) == []

    (tmp_path / "config.example.toml").write_text("demo = true\n")
    assert stale(tmp_path) == ["config.example.toml"]


def test_the_example_loads_without_a_problem(example: Path) -> None:
    settings = load(example, {})

    assert settings.demo
    assert list(settings.plugins) == [
        "password",
        "email_code",
        "sms_code",
        "totp",
        "recovery_codes",
        "single_use_code",
        "file",
    ]


def test_the_example_makes_the_seeds_own_examples_work(example: Path) -> None:
    settings = load(example, {})

    assert settings.issuer == "http://localhost:3100"
    assert settings.app_urls == ("https://yourapp.example.com",)
    assert common_passwords(settings) == frozenset()
    assert settings.jurisdictions["Bay Area"].flags == {"single_use_code": True}
    assert settings.plugins["file"] == {"directory": f"{example.parent}/var/outbox", "channels": ["email", "sms"]}
    assert {(route.path, *route.methods) for route in settings.public_routes} == {
        ("/listings", "GET"),
        ("/applications", "POST"),
        ("/jurisdictions", "GET"),
        ("/multiselectQuestions", "GET"),
        ("/auth/request-mfa-code", "POST"),
        ("/auth/update-password", "PUT"),
        ("/auth/confirm", "PUT"),
    }


def test_the_example_shows_every_setting_at_its_default() -> None:
    shown = uncommented(example_toml(), examples=False)

    for key in fixed_keys(Settings):
        default = at(DEFAULTS, key)
        if at(DEMO, key) is None and default not in (None, {}, []):
            assert at(shown, key) == default, key


def test_the_example_names_every_setting() -> None:
    shown = uncommented(example_toml(), examples=True)

    for key in fixed_keys(Settings):
        assert at(shown, key) is not None, key


def test_the_examples_of_what_has_no_default_are_right(tmp_path: Path) -> None:
    """Every commented line at once is a set-up that loads: no example is a trap."""
    for folder in ("templates", "pages", "locale"):
        (tmp_path / folder).mkdir()
    lines = example_toml().replace("/etc/idp/common-passwords.txt", "common.txt")
    (tmp_path / "common.txt").touch()
    for file in ("ca.pem", "clients-ca.pem"):
        (tmp_path / file).touch()
    (tmp_path / "logo.svg").touch()
    path = tmp_path / "config.toml"
    path.write_text("\n".join(re.sub(r"^#(?=[\w\[])", "", line) for line in lines.splitlines()))

    settings = load(path, {"IDP_MASTER_KEY": "k" * 32, "API_PASS_KEY": "p" * 32, "MY_APP_SECRET": "s" * 32})

    assert settings.features["enable_reports"].description
    assert list(settings.teams) == ["My Team"]


def test_what_the_demo_needs_is_marked_as_the_demos() -> None:
    assert "demo = true  # the demo's; default: false\n" in example_toml()
    assert "refuse_common = false  # the demo's; default: unset\n" in example_toml()


def test_the_manual_names_every_setting_and_its_variable() -> None:
    manual = settings_manual()

    for key in fixed_keys(Settings):
        assert f"`{variable_of(key)}" in manual, key


def test_every_setting_says_what_it_means() -> None:
    for table in tables():
        assert table.__doc__
        assert all(setting.text.endswith(".") for setting in settings_of(table)), table


def test_the_schema_is_one_and_accepts_the_example() -> None:
    schema = config_schema()

    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(uncommented(example_toml(), examples=True))


@pytest.mark.parametrize(
    "tree",
    [
        {"bogus": 1},
        {"server": {"port": "3100"}},
        {"lockout": {"cooldown": "15 minutes"}},
        {"bloom": {"passkey": "secret"}},
        {"jurisdictions": {"A": {"password": "nits"}}},
        {"public_routes": [{"path": "/a"}]},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(tree: dict[str, Any]) -> None:
    assert not Draft202012Validator(config_schema()).is_valid(tree)


def test_the_schema_carries_the_manual() -> None:
    lockout = json.loads((ROOT / "schemas" / "config.schema.json").read_text())["$defs"]["Lockout"]

    assert lockout["properties"]["longest_cooldown"]["description"] == "The longest a lock lasts."


def at(tree: Any, key: tuple[str, ...]) -> Any:
    for part in key:
        tree = tree.get(part) if isinstance(tree, dict) else None
    return tree
