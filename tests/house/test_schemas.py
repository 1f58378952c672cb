"""The published schemas are schemas."""

import json

import pytest
from jsonschema.exceptions import SchemaError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for
from openapi_spec_validator import validate

from tests.house.project import TOP, tracked

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def published() -> list[str]:
    return [path for path in tracked() if path.startswith("schemas/") and path.endswith(".json")]


def check(schema: dict[str, object]) -> None:
    """Raises SchemaError unless it names its dialect and follows it."""
    if schema.get("$schema") != DIALECT:
        raise SchemaError(f"$schema is {schema.get('$schema')!r}, not {DIALECT!r}")
    dialect: type[Validator] = validator_for(schema)
    dialect.check_schema(schema)


def test_every_schema_is_valid() -> None:
    for path in published():
        document = json.loads((TOP / path).read_text())
        if "openapi" in document:
            validate(document)
        else:
            check(document)


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object"},
        {"$schema": "https://json-schema.org/draft-07/schema#"},
        {"$schema": DIALECT, "type": "nonsense"},
        {"$schema": DIALECT, "required": "name"},
    ],
)
def test_a_wrong_schema_is_seen(schema: dict[str, object]) -> None:
    with pytest.raises(SchemaError):
        check(schema)
