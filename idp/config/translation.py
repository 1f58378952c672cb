"""From pydantic's errors to problems in an operator's words, none of which quotes a value."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import ErrorDetails

from idp.config.problem import Key, Problem, dotted, nearest
from idp.config.refusal import KIND
from idp.config.shape import at, fixed_keys, table_in
from idp.config.table import Table

_PLAIN = {
    "bool_type": ("is not true or false", "Write true or false, without quotes."),
    "int_type": ("is not a whole number", "Write a whole number, without quotes."),
    "string_type": ("is not a text", 'Put it in quotes: "…".'),
    "path_type": ("is not a path", 'Put it in quotes: "…".'),
    "tuple_type": ("is not a list", 'Put it in brackets: ["…"].'),
    "string_too_short": ("is empty", "Write a value, or leave the line out."),
    "string_too_long": ("is too long", "Up to {max_length} characters."),
    "missing": ("is missing", "Add it."),
    "literal_error": ("is none of the values it can have", "Write {expected}."),
    "greater_than_equal": ("is too small", "At least {ge}."),
    "less_than_equal": ("is too large", "At most {le}."),
}
_TABLES = {"dict_type", "model_type", "model_attributes_type"}


def key_of(error: ErrorDetails) -> Key:
    """Where the mistake is. Pydantic marks the name of an entry itself by a part of its own."""
    return tuple(part for part in error["loc"] if part != "[key]")


def problem_of(error: ErrorDetails, root: type[Table], variables: Mapping[Key, str]) -> Problem:
    """`variables`: which keys an environment variable set; the problem then names it."""
    key = key_of(error)
    reason, mend = _words(error, key, root)
    if variable := next((found for end in range(len(key), 0, -1) if (found := variables.get(key[:end]))), None):
        reason += f" (set by the environment variable {variable})"
    return Problem(key=dotted(key), reason=reason, mend=mend)


def _words(error: ErrorDetails, key: Key, root: type[Table]) -> tuple[str, str]:
    context: dict[str, Any] = error.get("ctx", {})
    kind = error["type"]
    if kind == KIND:
        return context["reason"], context["mend"]
    if kind in _TABLES:
        return "is not a table", f"Write [{dotted(key)}], and its settings below it."
    if kind == "extra_forbidden":
        return "is no setting", _meant(key, root)
    reason, mend = _PLAIN.get(kind, (f"does not fit ({kind})", "See docs/settings.md."))
    return reason, mend.format_map({name: str(value).replace("'", '"') for name, value in context.items()})


def _meant(key: Key, root: type[Table]) -> str:
    """The nearest setting of the same table, else one of this very name elsewhere, else all that the table knows."""
    *above, name = key
    table = table_in(at(root, above)) or root
    if found := nearest(str(name), list(table.model_fields)):
        return f"Did you mean {dotted((*above, found))}?"
    if elsewhere := next((known for known in fixed_keys(root) if known[-1] == name), None):
        return f"Did you mean {dotted(elsewhere)}?"
    return "docs/settings.md names all settings." if table is root else f"Known here: {', '.join(table.model_fields)}."
