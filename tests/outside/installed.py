"""idp and a package of somebody else's, installed from wheels as an operator would, away from this checkout."""

import subprocess
import sys
import sysconfig
import venv
from collections.abc import Sequence
from pathlib import Path

from tests.house.project import TOP


def build_wheel(project: Path, folder: Path) -> Path:
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    before = set(folder.glob("*.whl"))
    subprocess.run(command, cwd=project, check=True, capture_output=True)
    (built,) = set(folder.glob("*.whl")) - before
    return built


def install(folder: Path, wheels: Sequence[Path]) -> Path:
    """The Python of a fresh virtual environment with these wheels.

    What they depend on is not fetched again: a .pth file adds the packages of the environment that the tests run in,
    behind its own. A .pth file read that way adds no path, so that this checkout, installed there to be edited, stays
    out of sight.
    """
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python)]
    words = ["install", "--quiet", "--disable-pip-version-check", "--no-index", "--no-deps"]
    subprocess.run([*pip, *words, *map(str, wheels)], check=True, capture_output=True)
    (site,) = folder.glob("lib/python*/site-packages")
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    assert (site / "idp").is_dir()
    assert not site.is_relative_to(TOP)
    return python
