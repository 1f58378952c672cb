"""The public surface: what `__all__` says is there, and nothing else is."""

import ast
import importlib
from collections.abc import Iterator

import pytest

from tests.house.project import TOP, Module, planted

SURFACES = {"idp": "idp/__init__.py", "idp.sdk": "idp/sdk/__init__.py", "idp.testing": "idp/testing/__init__.py"}


def order(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest, each by the alphabet: as ruff sorts them (RUF022)."""
    group = 0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2
    return group, name


def listed(module: Module) -> list[str] | None:
    """The literal value of `__all__`."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return [str(name) for name in ast.literal_eval(value)]
    return None


def bound(body: list[ast.stmt]) -> Iterator[str]:
    """The names that a module binds at its top level, `if TYPE_CHECKING:` included."""
    for node in body:
        match node:
            case ast.ImportFrom(names=names) | ast.Import(names=names):
                yield from (alias.asname or alias.name.partition(".")[0] for alias in names)
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.Assign(targets=targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.If(body=inner):
                yield from bound(inner)


def unlisted(module: Module) -> list[str]:
    """Public names that `__all__` does not know; libraries that the module needs for itself are imported as `_name`."""
    own = {"TYPE_CHECKING", *(listed(module) or ())}
    return sorted({name for name in bound(module.tree.body) if not name.startswith("_")} - own)


@pytest.mark.parametrize("name", SURFACES)
def test_the_surface_is_listed_sorted_and_complete(name: str) -> None:
    module = Module.parse(SURFACES[name], (TOP / SURFACES[name]).read_text())

    names = listed(module)

    assert unlisted(module) == []
    assert names is None or names == sorted(set(names), key=order)


def test_the_front_door_lists_its_version_with_the_rest() -> None:
    assert "__version__" in importlib.import_module("idp").__all__


@pytest.mark.parametrize("name", SURFACES)
def test_every_listed_name_is_there(name: str) -> None:
    surface = importlib.import_module(name)

    assert [public for public in getattr(surface, "__all__", []) if not hasattr(surface, public)] == []


def test_an_unlisted_name_is_seen() -> None:
    source = (
        "import os\nfrom a import b\nif TYPE_CHECKING:\n    from c import D\nE = 1\ndef f(): ...\n__all__ = ['b']\n"
    )

    assert unlisted(planted(source)) == ["D", "E", "f", "os"]


def test_the_order_is_that_of_the_linter() -> None:
    assert sorted(["create_app", "Settings", "__version__", "SDK_VERSION"], key=order) == [
        "SDK_VERSION",
        "Settings",
        "__version__",
        "create_app",
    ]
