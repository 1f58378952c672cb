"""What a run leaves out (tests/house/left_out.py)."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.house.project import TOP

PLANTED = {
    "test_skip.py": 'import pytest\n\ndef test_it():\n    pytest.skip("no nginx here")\n',
    "test_module.py": 'import pytest\n\npytest.skip("no Node here", allow_module_level=True)\n',
    "test_xfail.py": "import pytest\n\n@pytest.mark.xfail\ndef test_it():\n    assert False\n",
}


PROCESSES = pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "two processes"])


def run(folder: Path, processes: Sequence[str], *, require_all: str) -> subprocess.CompletedProcess[str]:
    for name, source in PLANTED.items():
        (folder / name).write_text(source)
    words = [
        "-p",
        "tests.house.left_out",
        "-p",
        "no:cacheprovider",
        "--continue-on-collection-errors",
        "-rs",
        *processes,
    ]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *words, "--rootdir", folder, folder],
        cwd=folder,
        env=os.environ | {"REQUIRE_ALL_TESTS": require_all, "PYTHONPATH": str(TOP), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        check=False,
    )


@PROCESSES
def test_a_skip_fails_where_everything_is_required(tmp_path: Path, processes: Sequence[str]) -> None:
    done = run(tmp_path, processes, require_all="1")

    assert done.returncode == pytest.ExitCode.TESTS_FAILED
    assert "1 failed, 1 xfailed, 1 error" in done.stdout
    assert "demands everything: Skipped: no nginx here" in done.stdout
    assert "demands everything: Skipped: no Node here" in done.stdout


@PROCESSES
def test_a_skip_is_told_and_passes_where_tools_may_be_missing(tmp_path: Path, processes: Sequence[str]) -> None:
    done = run(tmp_path, processes, require_all="")

    assert done.returncode == pytest.ExitCode.OK
    assert "2 skipped, 1 xfailed" in done.stdout
    assert "no nginx here" in done.stdout
