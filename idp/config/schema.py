"""The JSON Schema of the configuration, for editors."""

from typing import Any

from idp.config.description import texts
from idp.config.settings import Settings
from idp.config.shape import table_in
from idp.config.table import Table


def config_schema() -> dict[str, Any]:
    """`schemas/config.schema.json` (JSON Schema 2020-12)."""
    schema = Settings.model_json_schema()
    for table in tables():
        place = schema if table is Settings else schema["$defs"].get(table.__name__)
        for name, text in texts(table).items() if place else ():
            place["properties"][name]["description"] = " ".join(text.split())
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Configuration of idp",
    }


def tables(root: type[Table] = Settings) -> list[type[Table]]:
    """Every table there is, the root first."""
    below = (table_in(info.annotation) for info in root.model_fields.values())
    return [root, *(table for found in below if found for table in tables(found))]
