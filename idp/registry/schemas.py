"""The JSON Schemas of the built-in plugins' settings: `schemas/plugins/NAME.json`, for editors and reviewers.

A stranger's plugin has its own, which `idp plugins show NAME` prints.
"""

from collections.abc import Mapping
from typing import Any

from idp.registry.describe import describe
from idp.registry.discover import installed_plugins

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OURS = "idp"


def plugin_schemas(secret: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """By plugin name. `secret` is how the configuration writes a secret, whose place it tells and never the value."""
    described = (describe(one) for one in installed_plugins() if one.package == OURS)
    return {
        one.installed.name: {
            "$schema": DIALECT,
            **_with_secrets(one.schema, secret),
            "title": f"[plugins.{one.installed.name}]",
            "description": one.summary,
        }
        for one in described
    }


def _with_secrets(schema: Any, secret: Mapping[str, Any]) -> Any:
    """The schema with each secret where pydantic only sees a password."""
    match schema:
        case {"format": "password"}:
            kept = {key: schema[key] for key in ("title", "description") if key in schema}
            return {**kept, **secret}
        case dict():
            return {key: _with_secrets(value, secret) for key, value in schema.items()}
        case list():
            return [_with_secrets(value, secret) for value in schema]
    return schema
