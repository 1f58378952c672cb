"""What `make run` says on a machine that lacks something (.ci/install), and that the second time is free."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.project import TOP

TOO_OLD = "#!/bin/sh\nexit 1\n"
WITHOUT_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexit 0\n'


def executable(path: Path, script: str) -> Path:
    path.write_text(script)
    path.chmod(0o755)
    return path


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with a blank in its name that holds what the installation reads, and no .venv."""
    top = tmp_path / "a checkout"
    (top / ".ci").mkdir(parents=True)
    for name in ("Makefile", "pyproject.toml", ".ci/install"):
        shutil.copy2(TOP / name, top / name)
    shutil.copytree(TOP / "requirements", top / "requirements")
    return top


def make(top: Path, target: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["make", target],
        cwd=top,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_an_old_python_is_named_with_the_mend(checkout: Path, tmp_path: Path) -> None:
    done = make(checkout, "run", PYTHON=str(executable(tmp_path / "old python", TOO_OLD)))

    assert done.returncode != 0
    assert "old python is not a Python 3.11 or newer" in done.stderr
    assert not (checkout / ".venv").exists()


def test_a_python_without_venv_is_named_with_the_mend(checkout: Path, tmp_path: Path) -> None:
    done = make(checkout, "run", PYTHON=str(executable(tmp_path / "bare", WITHOUT_VENV)))

    assert done.returncode != 0
    assert "apt install python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


def test_what_is_installed_is_not_installed_again(checkout: Path) -> None:
    """The server's start is all that a second `make run` does."""
    binaries = checkout / ".venv" / "bin"
    binaries.mkdir(parents=True)
    executable(binaries / "python", TOO_OLD)
    executable(binaries / "idp", '#!/bin/sh\necho "idp $*"\n')
    (checkout / ".venv" / ".run-installed").touch()

    done = make(checkout, "run")

    assert (done.returncode, done.stdout) == (0, "idp --config config.example.toml serve\n")


def test_a_changed_lock_file_is_installed(checkout: Path, tmp_path: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / ".run-installed").touch()
    stamped = (checkout / ".venv" / ".run-installed").stat().st_mtime
    os.utime(checkout / "requirements" / "run.lock", (stamped + 5, stamped + 5))

    done = make(checkout, "run", PYTHON=str(executable(tmp_path / "old", TOO_OLD)))

    assert "is not a Python 3.11 or newer" in done.stderr


def test_help_names_every_target_that_people_call(checkout: Path) -> None:
    told = make(checkout, "help").stdout

    for target in ("run", "test", "check", "format", "lock", "bench", "clean"):
        assert f"make {target} " in told
