"""What the settings say of themselves: docstrings, kinds, defaults.

Read from the source by the generators alone: a start does not pay for it.
"""

import ast
import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from idp.config.shape import is_table, table_in
from idp.config.table import Table
from idp.config.types import Called, Within


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """`default` and `example` are plain JSON; where `is_unset` holds there is no default."""

    name: str
    text: str
    kind: str
    limits: str
    default: Any
    example: Any
    is_unset: bool
    is_required: bool


def about(table: type[Table]) -> str:
    """What a table is for."""
    return inspect.getdoc(table) or ""


def texts(table: type[Table]) -> dict[str, str]:
    """The docstrings of a table's fields, inherited ones included."""
    found: dict[str, str] = {}
    for cls in reversed(table.__mro__):
        if is_table(cls) and cls is not Table:
            body = ast.parse(textwrap.dedent(inspect.getsource(cls))).body[0]
            found |= _texts_in(body.body if isinstance(body, ast.ClassDef) else [])
    return found


def _texts_in(body: Sequence[ast.stmt]) -> dict[str, str]:
    found = {}
    for statement, following in pairwise(body):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                found[name] = inspect.cleandoc(text)
    return found


def settings_of(table: type[Table]) -> list[Setting]:
    """The settings that stand in the table itself, in their order; not the tables below it."""
    said = texts(table)
    defaults = _sample(table).model_dump(mode="json")
    return [
        _setting(name, info, said[name], defaults[name])
        for name, info in table.model_fields.items()
        if name in said or table_in(info.annotation) is None
    ]


def _setting(name: str, info: FieldInfo, text: str, default: Any) -> Setting:
    kind, limits = kind_of(info.annotation, info.metadata)
    return Setting(
        name=name,
        text=text,
        kind=kind,
        limits=limits,
        default=default,
        example=(info.examples or [default])[0],
        is_unset=default is None or default == {},
        is_required=info.is_required(),
    )


def _sample(table: type[Table]) -> Table:
    """A table of defaults, and of examples where there is none."""
    needed = {name: info for name, info in table.model_fields.items() if info.is_required()}
    return table.model_validate({name: (info.examples or [None])[0] for name, info in needed.items()})


def kind_of(annotation: Any, metadata: Sequence[Any] = ()) -> tuple[str, str]:
    """What kind of value it is, and its limits ("" when there are none to tell)."""
    inner, notes = _unwrapped(annotation, list(metadata))
    if get_origin(inner) is tuple:
        kind, limits = kind_of(get_args(inner)[0])
        return f"list: {kind}", limits
    if get_origin(inner) is Literal:
        return "choice", " or ".join(map(_literal, get_args(inner)))
    nouns = [note.noun for note in notes if isinstance(note, Called)]
    plain = {bool: "true or false", int: "whole number", SecretStr: "secret"}
    return nouns[-1] if nouns else plain.get(inner, "text"), _limits(notes)


def _unwrapped(annotation: Any, notes: list[Any]) -> tuple[Any, list[Any]]:
    """The bare type, and all that was noted around it, the outermost last."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation, *inner = get_args(annotation)
            notes = [*inner, *notes]
        elif (found := next(iter(_optional(annotation)), None)) is not None:
            annotation = found
        else:
            return annotation, notes


def _optional(annotation: Any) -> list[Any]:
    arguments = get_args(annotation)
    others = [argument for argument in arguments if argument is not type(None)]
    return others if len(others) == 1 and len(arguments) == 2 else []


def _limits(notes: Sequence[Any]) -> str:
    for note in notes:
        if isinstance(note, Within):
            return f"{note.shown(note.least)} to {note.shown(note.most)}"
    flat = [part for note in notes for part in (note.metadata if isinstance(note, FieldInfo) else [note])]
    bounds = [getattr(note, name) for name in ("ge", "le") for note in flat if hasattr(note, name)]
    return " to ".join(map(str, bounds))


def _literal(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value)
