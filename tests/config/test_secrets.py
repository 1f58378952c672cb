"""A secret never stands in the file, and never leaves through a message, a repr or a dump."""

import os
from pathlib import Path

import pytest
from pydantic import BaseModel, SecretStr

from idp.config.contracts import Bloom
from idp.config.secret import Places, SetFromOutside, literal_secrets, resolve_secrets
from idp.config.server import Database
from idp.config.settings import Settings
from tests.config.conftest import Loading, Refusing

WORD = "correct-horse-battery-staple-0123456789"


def place(folder: Path, text: str = WORD, mode: int = 0o600) -> Path:
    path = folder / "passkey"
    path.write_text(text)
    path.chmod(mode)
    return path


def passkey(settings: Settings) -> str:
    assert settings.bloom.passkey is not None
    return settings.bloom.passkey.get_secret_value()


def test_a_secret_comes_from_the_environment(loaded: Loading) -> None:
    settings = loaded("[bloom]\npasskey = { env = 'API_PASS_KEY' }", {"API_PASS_KEY": WORD})

    assert passkey(settings) == WORD


@pytest.mark.parametrize("mode", [0o600, 0o400])
def test_a_secret_comes_from_a_file_beside_the_configuration(loaded: Loading, tmp_path: Path, mode: int) -> None:
    place(tmp_path, mode=mode)

    assert passkey(loaded("[bloom]\npasskey = { file = 'passkey' }")) == WORD


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n"])
def test_a_line_break_at_its_end_is_no_part_of_it(loaded: Loading, tmp_path: Path, end: str) -> None:
    path = place(tmp_path, WORD + end)

    assert passkey(loaded(f"[bloom]\npasskey = {{ file = '{path}' }}")) == WORD


def test_blanks_are_a_part_of_it(loaded: Loading, tmp_path: Path) -> None:
    place(tmp_path, f" {WORD} \n")

    assert passkey(loaded("[bloom]\npasskey = { file = 'passkey' }")) == f" {WORD} "


def test_a_secret_in_the_file_itself_is_refused_with_the_mend(refused: Refusing) -> None:
    (problem,) = refused(f"[bloom]\npasskey = '{WORD}'")

    assert problem.key == "bloom.passkey"
    assert problem.reason == "holds a secret itself"
    assert '{ env = "NAME" } or { file = "/run/secrets/name" }' in problem.mend


@pytest.mark.parametrize(
    "value", ["3", "true", "[]", "{}", "{ env = 3 }", "{ env = 'A', file = 'b' }", "{ value = 'x' }"]
)
def test_what_names_no_place_is_refused(refused: Refusing, value: str) -> None:
    (problem,) = refused(f"[bloom]\npasskey = {value}")

    assert problem.reason == "is not the place of a secret"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o610, 0o601])
def test_a_file_that_others_may_touch_is_refused(refused: Refusing, tmp_path: Path, mode: int) -> None:
    path = place(tmp_path, mode=mode)

    (problem,) = refused("[bloom]\npasskey = { file = 'passkey' }")

    assert f"others may read (mode {mode:04o})" in problem.reason
    assert problem.mend == f"chmod 600 {path}"


@pytest.mark.parametrize("text", ["", "\n", "\r\n\n"])
def test_an_empty_file_is_refused(refused: Refusing, tmp_path: Path, text: str) -> None:
    place(tmp_path, text)

    (problem,) = refused("[bloom]\npasskey = { file = 'passkey' }")

    assert problem.reason.endswith("which is empty")


def test_an_empty_variable_is_refused(refused: Refusing) -> None:
    (problem,) = refused("[bloom]\npasskey = { env = 'API_PASS_KEY' }", {"API_PASS_KEY": ""})

    assert problem.reason == "names the environment variable API_PASS_KEY, which is empty"


def test_a_missing_variable_is_refused_by_its_name(refused: Refusing) -> None:
    (problem,) = refused("[bloom]\npasskey = { env = 'API_PASS_KEY' }")

    assert problem.reason == "names the environment variable API_PASS_KEY, which is not set"
    assert "API_PASS_KEY" in problem.mend


def test_a_missing_file_is_refused_by_its_path(refused: Refusing, tmp_path: Path) -> None:
    (problem,) = refused("[bloom]\npasskey = { file = 'nowhere' }")

    assert f"names the file {tmp_path / 'nowhere'}, which cannot be read: No such file" in problem.reason


def test_a_pipe_does_not_make_the_start_hang(refused: Refusing, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)

    (problem,) = refused("[bloom]\npasskey = { file = 'pipe' }")

    assert "no regular file" in problem.reason


def test_a_file_of_another_size_than_a_secret_is_refused(refused: Refusing, tmp_path: Path) -> None:
    place(tmp_path, "x" * (64 * 1024 + 1))

    (problem,) = refused("[bloom]\npasskey = { file = 'passkey' }")

    assert "larger than 64 KiB" in problem.reason


def test_a_file_that_is_not_text_is_refused(refused: Refusing, tmp_path: Path) -> None:
    place(tmp_path).write_bytes(b"\xff\xfe")

    (problem,) = refused("[bloom]\npasskey = { file = 'passkey' }")

    assert "not UTF-8" in problem.reason


def test_a_header_value_has_one_line(refused: Refusing) -> None:
    """Row 109."""
    (problem,) = refused("[bloom]\npasskey = { env = 'K' }", {"K": "a\nb"})

    assert problem.reason == "names a secret of several lines"


@pytest.mark.parametrize("example", ["some-key-here", "changeme", "Secret", "password"])
def test_a_secret_out_of_an_example_is_refused(refused: Refusing, example: str) -> None:
    """Row 139: Skupper CVE-2024-6535."""
    (problem,) = refused("[bloom]\npasskey = { env = 'K' }", {"K": example})

    assert "out of an example" in problem.reason
    assert example not in str(problem)


def test_a_secret_given_in_code_is_taken() -> None:
    settings = Settings(bloom=Bloom(passkey=SecretStr(WORD)), database=Database(url=SecretStr("sqlite:///a.db")))

    assert passkey(settings) == WORD
    assert settings.database.url.get_secret_value() == "sqlite:///a.db"


def test_a_secret_in_code_without_an_environment_is_told() -> None:
    with pytest.raises(ValueError, match="which is not set"):
        Bloom.model_validate({"passkey": {"env": "PATH"}})


def test_a_short_master_key_is_refused(refused: Refusing) -> None:
    (problem,) = refused("[keys]\nmaster_key = { env = 'K' }", {"K": "x" * 31})

    assert problem.key == "keys.master_key"
    assert problem.reason == "is shorter than 32 characters"


def test_neither_repr_nor_dump_shows_a_secret(loaded: Loading) -> None:
    """Row 133."""
    settings = loaded(
        """
        [bloom]
        passkey = { env = "K" }
        [keys]
        master_key = { env = "K" }
        [database]
        url = { env = "URL" }
        [plugins.smtp]
        password = { env = "K" }
        """,
        {"K": WORD, "URL": f"postgresql://idp:{WORD}@db.example.com/idp"},
    )

    assert settings.database.url.get_secret_value().endswith(f"{WORD}@db.example.com/idp")
    shown = repr(settings) + str(settings) + settings.model_dump_json() + repr(settings.model_dump())
    assert WORD not in shown


@pytest.mark.parametrize(
    "url", [f"postgresql://idp:{WORD}@db.example.com/idp", f"postgresql://db.example.com/idp?password={WORD}"]
)
def test_a_database_password_in_the_file_is_refused(refused: Refusing, url: str) -> None:
    (problem,) = refused(f"[database]\nurl = '{url}'")

    assert problem.reason == "holds a password"
    assert '{ env = "DATABASE_URL" }' in problem.mend


@pytest.mark.parametrize(
    "url", ["sqlite:///var/idp.db", "sqlite:////srv/idp.db", "postgresql://idp@db.example.com/idp"]
)
def test_a_database_address_without_password_stands_in_the_file(loaded: Loading, url: str) -> None:
    assert loaded(f"[database]\nurl = '{url}'").database.url.get_secret_value()


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("sqlite:///a.db?mode=ro", "names no file"),
        ("sqlite://host/a.db", "names no file"),
        ("postgresql://host", "names no database"),
        ("postgresql://host/", "names no database"),
        ("mysql://host/idp", "neither SQLite nor PostgreSQL"),
        ("idp.db", "neither SQLite nor PostgreSQL"),
        ("postgresql://host:x/idp", "not a database address"),
    ],
)
def test_any_other_database_is_refused(refused: Refusing, url: str, reason: str) -> None:
    (problem,) = refused(f"[database]\nurl = '{url}'")

    assert problem.key == "database.url"
    assert reason in problem.reason


def test_a_database_address_from_outside_is_judged_as_well(refused: Refusing) -> None:
    (problem,) = refused("[database]\nurl = { env = 'URL' }", {"URL": f"mysql://idp:{WORD}@host/idp"})

    assert problem.reason == "is neither SQLite nor PostgreSQL"
    assert WORD not in str(problem)


def test_a_plugins_secrets_are_resolved_however_deep(tmp_path: Path) -> None:
    place(tmp_path)
    table = {
        "host": "smtp.example.com",
        "password": {"env": "K"},
        "relays": [{"token": {"file": "passkey"}}],
        "labels": {"env": "production", "zone": "a"},
    }

    resolved, problems = resolve_secrets(table, Places(environ={"K": WORD}, folder=tmp_path))

    assert problems == ()
    assert resolved == {
        "host": "smtp.example.com",
        "password": SecretStr(WORD),
        "relays": [{"token": SecretStr(WORD)}],
        "labels": {"env": "production", "zone": "a"},
    }


def test_a_table_of_its_own_named_file_is_no_secret(loaded: Loading) -> None:
    settings = loaded("[plugins.console]\nfile = 'out.txt'\n[plugins.file]\ndirectory = 'letters'")

    assert settings.plugins == {"console": {"file": "out.txt"}, "file": {"directory": "letters"}}


def test_a_plugins_unreadable_secret_is_told_by_its_key() -> None:
    table = {"relays": [{"token": {"env": "K"}}]}

    _, (problem,) = resolve_secrets(table, Places(), key=("plugins", "smtp"))

    assert problem.key == "plugins.smtp.relays[0].token"
    assert "K, which is not set" in problem.reason


class Relay(BaseModel):
    token: SecretStr


class Smtp(BaseModel):
    host: str
    password: SecretStr | None = None
    relays: list[Relay] = []
    tokens: dict[str, SecretStr] = {}


def test_a_plugins_secret_in_the_file_is_found() -> None:
    (problem,) = literal_secrets(Smtp, {"host": "h", "password": WORD}, key=("plugins", "smtp"))

    assert problem.key == "plugins.smtp.password"
    assert problem.reason == "holds a secret itself"
    assert WORD not in str(problem)


def test_a_plugins_secret_in_the_file_is_found_however_deep() -> None:
    table = {"host": "h", "relays": [{"token": SecretStr(WORD)}, {"token": WORD}], "tokens": {"a": WORD}}

    problems = literal_secrets(Smtp, table, key=("plugins", "smtp"))

    assert [problem.key for problem in problems] == ["plugins.smtp.relays[1].token", "plugins.smtp.tokens.a"]


@pytest.mark.parametrize("value", [SecretStr(WORD), SetFromOutside(WORD), None])
def test_a_plugins_secret_from_elsewhere_is_none_in_the_file(value: object) -> None:
    assert literal_secrets(Smtp, {"host": "h", "password": value}) == ()


def test_a_secret_never_becomes_an_ordinary_setting() -> None:
    """`{ env = … }` where a plugin wants a plain text is a mistake of type, not a leak."""
    resolved, _ = resolve_secrets({"host": {"env": "K"}}, Places(environ={"K": WORD}))

    with pytest.raises(ValueError, match="valid string") as error:
        Smtp.model_validate(resolved)

    assert WORD not in str(error.value)


def test_a_credential_of_systemd_may_show_a_group_that_reads(loaded: Loading, tmp_path: Path) -> None:
    """LoadCredential= guards by an access list, whose mask shows as group bits; the folder is systemd's own."""
    path = place(tmp_path, mode=0o440)
    text = f"[bloom]\npasskey = {{ file = '{path}' }}"

    assert passkey(loaded(text, {"CREDENTIALS_DIRECTORY": str(tmp_path)})) == WORD


def test_another_folders_file_is_no_credential_of_systemd(refused: Refusing, tmp_path: Path) -> None:
    path = place(tmp_path, mode=0o440)
    text = f"[bloom]\npasskey = {{ file = '{path}' }}"

    (problem,) = refused(text, {"CREDENTIALS_DIRECTORY": str(tmp_path / "elsewhere")})

    assert "others may read" in problem.reason
