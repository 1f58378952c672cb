"""Rules about the shape of a file: length, docstring, functions."""

import ast
from collections.abc import Iterator

from tests.house.project import Finding, Module

LONGEST_FILE = 400
LONGEST_FUNCTION = 30
MOST_ARGUMENTS = 5


def is_short(module: Module) -> Iterator[Finding]:
    """A file has one subject and fits in 400 lines. Migrations are excepted: they are written once and never again."""
    lines = len(module.content.splitlines())
    if lines > LONGEST_FILE and not module.is_in("idp/storage/migrations/versions/"):
        yield module.finding(lines, f"{lines} lines, {LONGEST_FILE} are allowed: which subjects are in here?")


def says_what_it_is(module: Module) -> Iterator[Finding]:
    """A module begins with a docstring: what it is about."""
    if not ast.get_docstring(module.tree):
        yield module.finding(1, "a module begins with a docstring")


def has_short_functions(module: Module) -> Iterator[Finding]:
    """A function fits in 30 lines, its docstring not counted."""
    for function in module.functions():
        first = function.body[0]
        docstring = (first.end_lineno or 0) - first.lineno + 1 if ast.get_docstring(function) else 0
        lines = (function.end_lineno or 0) - function.lineno + 1 - docstring
        if lines > LONGEST_FUNCTION:
            yield module.at(function, f"{function.name} has {lines} lines, {LONGEST_FUNCTION} are allowed")


def has_few_arguments(module: Module) -> Iterator[Finding]:
    """A function takes at most five arguments; then it wants a dataclass."""
    for function in module.functions():
        given = function.args
        names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        count = len([name for name in names if name not in {"self", "cls"}])
        if count > MOST_ARGUMENTS:
            yield module.at(function, f"{function.name} takes {count} arguments, {MOST_ARGUMENTS} are allowed")
