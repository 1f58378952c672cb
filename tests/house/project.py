"""The project's files, as the house rules read them."""

import ast
import shutil
import subprocess
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A place where a rule is broken."""

    path: str
    line: int
    says: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.says}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A tracked text file; `path` is relative to the top, with slashes."""

    path: str
    content: str

    def finding(self, line: int, says: str) -> Finding:
        return Finding(path=self.path, line=line, says=says)


@dataclass(frozen=True, slots=True, kw_only=True)
class Module(Text):
    """A Python file and its syntax."""

    tree: ast.Module

    @classmethod
    def parse(cls, path: str, content: str) -> "Module":
        return cls(path=path, content=content, tree=ast.parse(content, path))

    def is_in(self, *places: str) -> bool:
        """Whether the module is one of `places`: a file, or a folder written with its slash."""
        return any(self.path == place or (place.endswith("/") and self.path.startswith(place)) for place in places)

    def at(self, node: ast.stmt | ast.expr | ast.excepthandler, says: str) -> Finding:
        return self.finding(node.lineno, says)

    def calls(self) -> Iterator[ast.Call]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        return (node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


ModuleRule = Callable[[Module], Iterable[Finding]]
TextRule = Callable[[Text], Iterable[Finding]]


def dotted(node: ast.expr) -> str:
    """`a.b.c` for a name with attributes; unknown parts are left empty, so that the last ones can be compared."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{dotted(value)}.{attr}"
        case _:
            return ""


@cache
def tracked() -> tuple[str, ...]:
    """What git tracks or would add, and what is still there."""
    if shutil.which("git") is None or not (TOP / ".git").exists():
        pytest.skip("git is not here, or this is no checkout: the house rules read tracked files")
    # the checkout may belong to another user, in a container for example: reading it is safe
    command = ["git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=TOP, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(path for path in sorted(set(listed)) if path and (TOP / path).is_file())


@cache
def texts() -> tuple[Text, ...]:
    """Every tracked file that is text."""
    return tuple(Text(path=path, content=content) for path in tracked() if (content := readable(path)) is not None)


def readable(path: str) -> str | None:
    try:
        return (TOP / path).read_text()
    except UnicodeDecodeError:
        return None


@cache
def modules() -> tuple[Module, ...]:
    """Every tracked Python file."""
    return tuple(Module.parse(text.path, text.content) for text in texts() if text.path.endswith(".py"))


def planted(source: str, path: str = "idp/web/planted.py") -> Module:
    """A file that nobody wrote, to show what a rule sees."""
    return Module.parse(path, source)


def assert_kept(rule: ModuleRule, *places: str) -> None:
    """Fails with every place below `places` where the rule is broken."""
    assert_none(finding for module in modules() if module.path.startswith(places) for finding in rule(module))


def assert_none(findings: Iterable[Finding]) -> None:
    """Fails with every finding, one a line."""
    told = [str(finding) for finding in findings]
    if told:
        pytest.fail("\n".join(told), pytrace=False)
