"""The files that are written from the settings, and whether those that lie there are the same."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from idp.config.example import example_toml
from idp.config.manual import settings_manual
from idp.config.schema import config_schema


def _schema_text() -> str:
    return json.dumps(config_schema(), indent=2, ensure_ascii=False) + "\n"


FILES: Mapping[str, Callable[[], str]] = {
    "config.example.toml": example_toml,
    "docs/settings.md": settings_manual,
    "schemas/config.schema.json": _schema_text,
}
"""Path below the repository's root, and what writes it."""


def write_all(root: Path) -> None:
    for name, text in FILES.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text(), encoding="utf-8")


def stale(root: Path) -> list[str]:
    """The files that are not as they would be written now."""
    return [name for name, text in FILES.items() if _read(root / name) != text()]


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
