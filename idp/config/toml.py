"""Writing TOML: as much of it as the example needs."""

import json
import re
from collections.abc import Iterable
from typing import Any

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


def key(*parts: str) -> str:
    return ".".join(part if _BARE.fullmatch(part) else json.dumps(part) for part in parts)


def value(item: Any) -> str:
    """A value in one line; tables inline."""
    match item:
        case dict():
            return "{ " + ", ".join(f"{key(name)} = {value(inner)}" for name, inner in item.items()) + " }"
        case list():
            return "[" + ", ".join(map(value, item)) + "]"
        case bool() | int() | str():
            return json.dumps(item, ensure_ascii=False)
    raise TypeError(f"TOML has no {type(item).__name__} of ours")


def lines(items: Iterable[tuple[str, Any]]) -> list[str]:
    return [f"{key(name)} = {value(item)}" for name, item in items]
