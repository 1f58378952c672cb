"""docs/conformance.md: every test that it names is there, and every module that the suite ran has one."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs" / "conformance.md").read_text()
NAMED = re.compile(r"`([\w/]+\.py::\w+)`")
MODULE = re.compile(r"^\| `([\w-]+)` \| (.+?) \| (.+) \| (.+) \|$", re.MULTILINE)
STATES = {"complete", "partial", "none"}


@cache
def defined_in(path: Path) -> frozenset[str]:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in ast.walk(ast.parse(path.read_text())) if isinstance(one, functions))


@pytest.mark.parametrize("named", sorted(set(NAMED.findall(PAGE))))
def test_every_test_that_is_named_is_there(named: str) -> None:
    path, _, name = named.partition("::")

    assert (TESTS / path).is_file(), path
    assert name in defined_in(TESTS / path), named


def test_every_module_has_a_demand_a_test_and_what_was_seen() -> None:
    rows = MODULE.findall(PAGE)

    assert len(rows) > 140
    assert [module for module, _, shown, _ in rows if not NAMED.search(shown)] == []


def test_every_specification_has_one_of_three_states() -> None:
    section = PAGE.split("## Specifications", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("| ")][1:]

    assert {state for _, state, *_ in rows} == STATES
