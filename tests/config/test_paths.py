"""Where files lie: beside the configuration, and what we write in one folder that can be moved."""

from pathlib import Path

import pytest

from idp.config.loader import load
from tests.config.conftest import Loading


def test_relative_paths_are_relative_to_the_file(
    loaded: Loading, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "texts").mkdir()
    monkeypatch.chdir("/")

    settings = loaded("[messages]\ntemplates = 'texts'\n[keys]\nmaster_key_file = 'keys/master'")

    assert settings.messages.templates == tmp_path / "texts"
    assert settings.keys.master_key_file == tmp_path / "keys" / "master"


def test_what_we_write_lies_in_var_beside_the_file(loaded: Loading, tmp_path: Path) -> None:
    settings = loaded("[plugins.file]\ndirectory = 'var/outbox'")

    assert settings.data == tmp_path / "var"
    assert settings.database.url.get_secret_value() == f"sqlite:///{tmp_path}/var/idp.db"
    assert settings.keys.master_key_file == tmp_path / "var" / "master.key"
    assert settings.plugins["file"]["directory"] == f"{tmp_path}/var/outbox"


def test_data_moves_all_of_it_at_once(loaded: Loading, tmp_path: Path) -> None:
    settings = loaded("[plugins.file]\ndirectory = 'var/outbox'\nlog = ['var/a', 'variable']", {"IDP_DATA": "/srv/idp"})

    assert settings.data == Path("/srv/idp")
    assert settings.database.url.get_secret_value() == "sqlite:////srv/idp/idp.db"
    assert settings.keys.master_key_file == Path("/srv/idp/master.key")
    assert settings.plugins["file"] == {"directory": "/srv/idp/outbox", "log": ["/srv/idp/a", "variable"]}


def test_absolute_paths_stay(loaded: Loading) -> None:
    settings = loaded("[database]\nurl = 'sqlite:////srv/idp.db'\n[keys]\nmaster_key_file = '/srv/key'")

    assert settings.database.url.get_secret_value() == "sqlite:////srv/idp.db"
    assert settings.keys.master_key_file == Path("/srv/key")


def test_without_a_file_paths_are_relative_to_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert load(None, {}).data == tmp_path / "var"


def test_a_file_may_be_named_relatively(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config.toml").touch()
    monkeypatch.chdir(tmp_path)

    assert load(Path("config.toml"), {}).data == tmp_path / "var"
