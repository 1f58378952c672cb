"""Every row of the threat table has its line in docs/security-rows.md, and every test that a line names is there."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "security-rows.md").read_text()
LINE = re.compile(r"^\| (\d+) \| (.+?) \| (.+) \|$", re.MULTILINE)
LINES = {int(number): (does, re.findall(r"`([^`]+::[^`]+)`", shown)) for number, does, shown in LINE.findall(PAGE)}
WANTED = {*range(1, 141)}


@cache
def defined_in(path: Path) -> frozenset[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, functions))


def test_every_row_has_one_line() -> None:
    assert set(LINES) == WANTED
    assert len(LINE.findall(PAGE)) == len(WANTED)


@pytest.mark.parametrize("row", sorted(LINES))
def test_every_test_that_is_named_is_there(row: int) -> None:
    does, named = LINES[row]

    assert does
    assert named, "no test shows it"
    for test in named:
        path, _, name = test.partition("::")
        assert (TESTS / path).is_file(), path
        assert name in defined_in(TESTS / path), test
