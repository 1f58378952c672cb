"""The plugin tutorial: every block of it is run."""

import os
import re
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from idp.registry.load import load_plugins
from idp.registry.points import POINTS, flaws_of
from idp.sdk import Plugin
from idp.testing.context import plugin_context
from tests.plugins.packages import Site

PAGE = Path(__file__).parents[2] / "docs" / "plugins.md"
BLOCK = re.compile(r"^```(?P<language>\w+)(?: file=(?P<file>\S+))?\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    language: str
    file: str | None
    code: str


def blocks() -> list[Block]:
    return [Block(found["language"], found["file"], found["code"]) for found in BLOCK.finditer(PAGE.read_text())]


def files() -> dict[str, str]:
    return {block.file: block.code for block in blocks() if block.file}


def snippets() -> list[str]:
    return [block.code for block in blocks() if block.language == "python" and not block.file]


def run(code: str) -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(code, "docs/plugins.md", "exec"), names)  # noqa: S102 - the point of this test
    return names


def plugins_in(code: str) -> list[type[Plugin[Any]]]:
    return [
        value
        for value in run(code).values()
        if isinstance(value, type) and issubclass(value, Plugin) and value.__module__ == "snippet"
    ]


def test_the_first_plugin_is_thirty_lines() -> None:
    lines = [line for line in files()["idp_seasons.py"].splitlines() if line.strip()]

    assert len(lines) <= 30


def test_its_tests_pass(tmp_path: Path) -> None:
    for name, code in files().items():
        (tmp_path / name).write_text(code)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}

    ran = subprocess.run(
        [*command, str(tmp_path / "test_seasons.py")],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert " passed" in ran.stdout


async def test_published_and_enabled_as_written_it_objects(site: Site) -> None:
    project = tomllib.loads(files()["pyproject.toml"])["project"]
    points = project["entry-points"]["idp.plugins"]
    site.install(project["name"], files()["idp_seasons.py"], plugins=points, version=project["version"])

    (seasons,) = load_plugins(tomllib.loads(files()["config.toml"])["plugins"], context_for=plugin_context).plugins

    plugin: Any = seasons.plugin
    assert seasons.points == ("PasswordRule",)
    assert await plugin.objections("Fall2026", None) == ["tooSeasonal"]


@pytest.mark.parametrize("code", snippets())
def test_every_other_block_runs_and_its_plugins_load(code: str) -> None:
    for plugin in plugins_in(code):
        assert list(flaws_of(plugin)) == []


def test_the_page_names_every_extension_point_and_shows_most() -> None:
    shown = {point for code in (*snippets(), files()["idp_seasons.py"]) for point in plugins_in(code)}
    text = PAGE.read_text()

    assert [point.__name__ for point in POINTS if f"| `{point.__name__}` |" not in text] == []
    assert len(shown) >= 5


def test_every_block_of_code_is_seen() -> None:
    """A block that this test does not find is a block that nobody runs."""
    assert PAGE.read_text().count("```") == 2 * len(blocks())
