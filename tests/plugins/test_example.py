"""The example package: small, tested by our suites, found by its own wheel's metadata."""

import ast
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from idp.registry.discover import installed_plugins
from idp.registry.load import load_plugins
from idp.testing.context import plugin_context

EXAMPLE = Path(__file__).parents[2] / "examples" / "idp-chat"
IGNORED = shutil.ignore_patterns("__pycache__", "dist", ".pytest_cache")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(EXAMPLE, tmp_path / "idp-chat", ignore=IGNORED))


def test_it_is_at_most_fifty_lines() -> None:
    lines = [line for line in (EXAMPLE / "idp_chat.py").read_text().splitlines() if line.strip()]

    assert len(lines) <= 50


def test_it_sees_the_sdk_and_nothing_else_of_ours() -> None:
    tree = ast.parse((EXAMPLE / "idp_chat.py").read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name for name in imported if name and name.startswith("idp")} == {"idp.sdk"}


def test_its_own_tests_pass(copy: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(copy), str(copy)],
        cwd=copy,
        env={**os.environ, "PYTHONPATH": str(copy)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


def test_its_wheel_is_found_and_its_readmes_table_enables_it(
    copy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    subprocess.run(command, cwd=copy, capture_output=True, check=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    ZipFile(wheel).extractall(tmp_path / "site")
    monkeypatch.syspath_prepend(tmp_path / "site")
    readme = (EXAMPLE / "README.md").read_text()
    table = tomllib.loads(readme.partition("```toml")[2].partition("```")[0])["plugins"]["chat"]

    assert ("chat", "idp-chat") in {(plugin.name, plugin.package) for plugin in installed_plugins()}
    loaded = load_plugins({"chat": {**table, "webhook_url": "http://127.0.0.1:9/"}}, context_for=plugin_context)

    assert loaded.plugins[0].points == ("CodeChannel", "Sender")
    assert loaded.plugins[0].channels == ("chat",)
    sys.modules.pop("idp_chat", None)
