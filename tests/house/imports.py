"""Rules about imports that the ring's contracts (pyproject.toml) do not tell."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import packages_distributions
from typing import Any

from tests.house.project import TOP, Finding, Module

# declared exceptions: file -> libraries
CORE_MAY_ASK = {"idp/core/address.py": {"email_validator"}}

# parts of a declared library that its own documentation imports from, pinned by it to one version
PARTS = {"pydantic-core": "pydantic"}


def imported(module: Module) -> Iterator[tuple[ast.stmt, str]]:
    """Each import statement with the full name of what it imports; the house has no relative imports (ruff TID252)."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Import(names=names):
                yield from ((node, alias.name) for alias in names)
            case ast.ImportFrom(module=str() as name):
                yield node, name


def top_of(name: str) -> str:
    return name.partition(".")[0]


def is_pure(module: Module) -> Iterator[Finding]:
    """The core imports the standard library and itself. Nothing there waits, so nothing there does I/O."""
    for node, name in imported(module):
        allowed = sys.stdlib_module_names | {"idp"} | CORE_MAY_ASK.get(module.path, set())
        if top_of(name) not in allowed:
            yield module.at(node, f"the core is pure: {name} is no part of the standard library")
    for function in module.functions():
        if isinstance(function, ast.AsyncFunctionDef):
            yield module.at(function, f"the core does not wait: {function.name} is async")


def normal(distribution: str) -> str:
    """A distribution's name as PEP 503 compares it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()


installed = cache(packages_distributions)


@cache
def declared() -> set[str]:
    """The names under [project] dependencies."""
    return _names(_project()["dependencies"])


@cache
def of_the_test_kit() -> set[str]:
    """What `pip install idp[testing]` adds, for plugin authors."""
    return _names(_project()["optional-dependencies"]["testing"])


def _project() -> dict[str, Any]:
    project: dict[str, Any] = tomllib.loads((TOP / "pyproject.toml").read_text())["project"]
    return project


def _names(requirements: Iterable[str]) -> set[str]:
    return {normal(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]) for requirement in requirements}


def imports_what_is_declared(module: Module) -> Iterator[Finding]:
    """What idp imports, pyproject.toml names: nothing works by the grace of somebody else's dependency."""
    distributions = installed()
    names = declared() | (of_the_test_kit() if module.path.startswith("idp/testing/") else set())
    for node, name in imported(module):
        top = top_of(name)
        if top in sys.stdlib_module_names | {"idp"}:
            continue
        found = {normal(distribution) for distribution in distributions.get(top, [top])}
        if not names & {PARTS.get(distribution, distribution) for distribution in found}:
            yield module.at(node, f"{top} is imported, but is no dependency in pyproject.toml")
