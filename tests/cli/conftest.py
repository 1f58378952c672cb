"""A folder with a configuration, a database and keys, and the command line in it."""

import shutil
from pathlib import Path

import pytest

from tests.cli.command_line import CONFIG, CommandLine


@pytest.fixture
def idp(tmp_path: Path, template: Path) -> CommandLine:
    shutil.copytree(template, tmp_path, dirs_exist_ok=True)
    (tmp_path / "config.toml").write_text(CONFIG)
    return CommandLine(tmp_path)
