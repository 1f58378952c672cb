"""The docstrings below a plugin's settings, read from its source by those who show them, never at a start."""

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

from idp.sdk import PluginSettings


def documented(model: type[PluginSettings]) -> type[PluginSettings]:
    """The model, each field with its docstring as description; what the author described otherwise stays."""
    for inner in {found for field in model.model_fields.values() for found in _models_in(field.annotation)}:
        documented(inner)
    texts = _texts(model)
    for name, field in model.model_fields.items():
        field.description = field.description or texts.get(name)
    model.model_rebuild(force=True)
    return model


def _models_in(annotation: Any) -> Iterator[type[PluginSettings]]:
    if isinstance(annotation, type) and issubclass(annotation, PluginSettings):
        yield annotation
    for part in get_args(annotation):
        yield from _models_in(part)


def _texts(model: type[PluginSettings]) -> dict[str, str]:
    """Inherited ones included; none where there is no source."""
    texts: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, PluginSettings):
            try:
                body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
            except (OSError, SyntaxError, TypeError):
                continue
            texts |= _texts_in(body) if isinstance(body, ast.ClassDef) else {}
    return texts


def _texts_in(cls: ast.ClassDef) -> dict[str, str]:
    found = {}
    for statement, following in pairwise(cls.body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found
