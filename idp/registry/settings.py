"""From the table `[plugins.NAME]` to the plugin's settings, or every key that does not fit."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from idp.registry.documented import documented
from idp.registry.masking import masked, unread_secrets
from idp.registry.problems import PluginProblem, key_of, nearest
from idp.sdk import PluginSettings


def parse_settings(model: type[PluginSettings], table: Mapping[str, object]) -> PluginSettings:
    """Raises pydantic's ValidationError."""
    return model.model_validate(dict(table))


def settings_problems(
    name: str, model: type[PluginSettings], table: Mapping[str, object], error: ValidationError
) -> list[PluginProblem]:
    """One problem for each key, none of which quotes a value: it may be a secret."""
    documented(model)
    secrets = list(unread_secrets(model, table))
    found = error.errors(include_url=False, include_input=False, include_context=False)
    return [_problem(name, model, details, secrets) for details in found]


def description_of(field: Any) -> str:
    """The field's docstring, in one line."""
    return " ".join((field.description or "").split()) if field is not None else ""


def _problem(name: str, model: type[PluginSettings], details: ErrorDetails, secrets: list[str]) -> PluginProblem:
    where = details["loc"]
    key = key_of(name, *where)
    description = description_of(model.model_fields.get(str(where[0]))) if where else ""
    match details["type"]:
        case "extra_forbidden":
            mend = _mend_unknown(model, where)
            return PluginProblem(key=key, reason="is no setting of this plugin", mend=mend)
        case "missing":
            return PluginProblem(key=key, reason="is missing", mend=f"set it: {description}".rstrip(": "))
    text = masked(details["msg"].removeprefix("Value error, "), secrets)
    return PluginProblem(
        key=key, reason=text[:1].lower() + text[1:], mend=description or f"see `idp plugins show {name}`"
    )


def _mend_unknown(model: type[PluginSettings], where: tuple[int | str, ...]) -> str:
    meant = nearest(str(where[-1]), model.model_fields) if len(where) == 1 else None
    known = ", ".join(model.model_fields) or "none"
    return f"did you mean {meant}?" if meant else f"remove it; known keys: {known}"
