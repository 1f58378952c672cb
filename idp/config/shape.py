"""The settings as a tree: what lies under a key, for the environment, the nearest name and the manual."""

from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Annotated, Any, TypeGuard, Union, get_args, get_origin

from idp.config.table import Table


def bare(annotation: Any) -> Any:
    """The type without what `Annotated` adds to it, and without None."""
    if get_origin(annotation) is Annotated:
        return bare(get_args(annotation)[0])
    if get_origin(annotation) in {Union, UnionType}:
        others = [argument for argument in get_args(annotation) if argument is not type(None)]
        if len(others) == 1:
            return bare(others[0])
    return annotation


def is_table(annotation: Any) -> TypeGuard[type[Table]]:
    return isinstance(annotation, type) and issubclass(annotation, Table)


def table_in(annotation: Any) -> type[Table] | None:
    """The table that a key of this type holds, be it one, one by name, or one of a list."""
    found = bare(annotation)
    match get_origin(found), get_args(found):
        case (origin, (_, inner)) if origin is dict:
            return table_in(inner)
        case (origin, (inner, last)) if origin is tuple and last is Ellipsis:
            return table_in(inner)
    return found if is_table(found) else None


def below(annotation: Any, part: str | int) -> Any:
    """The type under one part of a key; None where nothing of that name is. Under Any lies Any."""
    if annotation is Any:
        return Any
    found = bare(annotation)
    match get_origin(found), get_args(found):
        case (origin, (_, inner)) if origin is dict:
            return inner
        case (origin, (inner, _)) if origin is tuple:
            return inner
    if is_table(found) and part in found.model_fields:
        return found.model_fields[str(part)].annotation
    return None


def at(root: type[Table], parts: Sequence[str | int]) -> Any:
    """The type under a whole key."""
    annotation: Any = root
    for part in parts:
        annotation = below(annotation, part)
    return annotation


def fixed_keys(root: type[Table], above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every key whose name we chose: not those below a name that the operator chose."""
    for name, info in root.model_fields.items():
        found = bare(info.annotation)
        if is_table(found):
            yield from fixed_keys(found, (*above, name))
        else:
            yield (*above, name)
