"""The start: what it makes, how it refuses, how long it takes."""

import socket
import stat
import sys
from pathlib import Path

import pytest

from tests.server.process import PLAIN, run, serving


@pytest.mark.alone
def test_the_first_start_makes_everything_and_the_second_finds_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "elsewhere" / "data"
    with serving(tmp_path, "--data", data) as first:
        keys = first.ask("GET", "/.well-known/jwks.json")[2]
    files = {path.name: stat.S_IMODE(path.stat().st_mode) for path in data.iterdir()}

    with serving(tmp_path, "--data", "elsewhere/data") as second:
        keys_again = second.ask("GET", "/.well-known/jwks.json")[2]

    assert keys == keys_again
    assert files == {"idp.db": 0o600, "master.key": 0o600}
    assert not (tmp_path / "var").exists()
    assert len(first.told.splitlines()) == 1  # the long banner is the demo's
    with capsys.disabled():
        sys.stdout.write(f"ready in {first.took_seconds:.2f} s, the second time in {second.took_seconds:.2f} s ")


def test_a_port_in_use_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(PLAIN)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        done = run("serve", "--port", port, folder=tmp_path)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert f"server.port: {port} is in use" in done.stderr
    assert "--port" in done.stderr
    assert not (tmp_path / "var").exists()


def test_without_a_configuration_it_says_how_to_get_one(tmp_path: Path) -> None:
    done = run("serve", folder=tmp_path)

    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "config.example.toml" in done.stderr


def test_all_mistakes_are_told_at_once_each_with_its_mend(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('[lockout]\ncooldown = "soon"\n[serverr]\nport = 1\n[hashing]\nqueue = 0\n')

    done = run("serve", folder=tmp_path)

    assert done.returncode == 2
    assert [line.partition(":")[0] for line in done.stderr.splitlines()] == [
        "lockout.cooldown",
        "hashing.queue",
        "serverr",
    ]
    assert all(" → " in line for line in done.stderr.splitlines())


def test_a_plugin_that_is_not_installed_is_told_by_its_key(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(PLAIN + "[plugins.pasword]\n")

    done = run("serve", "--port", 0, folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("plugins.pasword: is provided by no installed package → did you mean password?")


def test_a_proxy_that_is_not_named_is_a_warning_in_the_log(tmp_path: Path) -> None:
    """Threat row 32."""
    config = 'issuer = "https://id.example.com"\n' + PLAIN

    with serving(tmp_path, "--host", "0.0.0.0", config=config) as idp:  # noqa: S104 - the point of this test
        (warning,) = idp.logged("config.no_trusted_proxies")

    assert warning["level"] == "warning"
    assert warning["key"] == "server.trusted_proxies"


def test_a_master_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    """Threat row 89."""
    (tmp_path / "config.toml").write_text(PLAIN)
    key = tmp_path / "var" / "master.key"
    key.parent.mkdir()
    key.write_text("QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVowMTIzNDU=\n")
    key.chmod(0o644)

    done = run("serve", "--port", 0, folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("keys.master_key_file: ")
    assert "chmod 600" in done.stderr


def test_a_database_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(PLAIN + '[database]\nurl = "sqlite:///no/folder/idp.db"\n')
    (tmp_path / "no").write_text("a file where the folder should be")

    done = run("serve", "--port", 0, folder=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith("database.url: ")
    assert "Traceback" not in done.stderr
