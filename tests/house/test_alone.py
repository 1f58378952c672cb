"""Tests that measure have the machine for themselves, as far as our run goes (tests/alone.py)."""

import os
import subprocess
import sys
from itertools import combinations
from pathlib import Path

from tests.house.project import TOP

PLANTED = """
import time
from pathlib import Path
import pytest

def stay(name):
    began = time.monotonic()
    time.sleep(0.1)
    with Path(__file__).with_name("stays").open("a") as stays:
        stays.write(f"{name} {began} {time.monotonic()}\\n")

@pytest.mark.parametrize("number", range(8))
def test_before(number):
    stay("other")

@pytest.mark.alone
@pytest.mark.parametrize("number", range(4))
def test_alone(number):
    stay("alone")

@pytest.mark.parametrize("number", range(8))
def test_after(number):
    stay("other")
"""


def stays(folder: Path) -> list[tuple[str, float, float]]:
    """By name, beginning and end, what each test took in three processes."""
    (folder / "test_planted.py").write_text(PLANTED)
    words = ["-p", "tests.alone", "-p", "no:cacheprovider", "-n", "3", "--dist", "load", "--strict-markers"]
    subprocess.run(
        [sys.executable, "-m", "pytest", *words, "--rootdir", folder, folder],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(TOP), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        check=True,
    )
    lines = [line.split() for line in (folder / "stays").read_text().splitlines()]
    return [(name, float(began), float(ended)) for name, began, ended in lines]


def test_nothing_else_runs_while_one_is_alone(tmp_path: Path) -> None:
    found = stays(tmp_path)

    together = [{one[0], other[0]} for one, other in combinations(found, 2) if one[1] < other[2] and other[1] < one[2]]
    assert len(found) == 20
    assert {"other"} in together, "or it would hold of any run"
    assert [pair for pair in together if "alone" in pair] == []
