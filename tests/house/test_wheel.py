"""The wheel: what `pip install .` brings."""

import subprocess
import sys
from collections.abc import Iterable
from configparser import ConfigParser
from importlib.metadata import EntryPoint
from pathlib import Path
from zipfile import ZipFile

import pytest

import idp
from tests.house.project import TOP, tracked


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> ZipFile:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(command, cwd=TOP, capture_output=True, check=True)
    (built,) = folder.glob("*.whl")
    return ZipFile(built)


def metadata(wheel: ZipFile, name: str) -> str:
    (path,) = (path for path in wheel.namelist() if path.endswith(f".dist-info/{name}"))
    return wheel.read(path).decode()


def missing(packed: Iterable[str], wanted: Iterable[str]) -> list[str]:
    return sorted(set(wanted) - set(packed))


def test_it_holds_every_file_of_the_package(wheel: ZipFile) -> None:
    """Migrations, templates and data as well as modules: what is tracked is shipped."""
    ours = [path for path in tracked() if path.startswith("idp/")]

    assert missing(wheel.namelist(), ours) == []
    assert "idp/py.typed" in ours


def test_it_holds_nothing_but_the_package(wheel: ZipFile) -> None:
    ours = set(tracked())

    assert [path for path in wheel.namelist() if ".dist-info/" not in path and path not in ours] == []


def test_its_entry_points_lead_to_what_is_in_it(wheel: ZipFile) -> None:
    declared = ConfigParser(delimiters="=")
    declared.read_string(metadata(wheel, "entry_points.txt"))

    for group in declared.sections():
        for name, target in declared.items(group):
            assert callable(EntryPoint(name, target, group).load())


def test_it_carries_its_version_licence_and_readme(wheel: ZipFile) -> None:
    told = metadata(wheel, "METADATA")

    assert f"Version: {idp.__version__}" in told
    assert "License-Expression: Apache-2.0" in told
    assert "Requires-Python: >=3.11" in told
    assert metadata(wheel, "licenses/LICENSE") == (TOP / "LICENSE").read_text()


def test_a_file_that_was_not_packed_is_seen() -> None:
    assert missing(["idp/__init__.py"], ["idp/__init__.py", "idp/web/page.html"]) == ["idp/web/page.html"]


def test_the_module_tests_run_against_is_the_checkout() -> None:
    """An idp installed elsewhere would make every other test of the house meaningless."""
    assert Path(idp.__file__).parent == TOP / "idp"
