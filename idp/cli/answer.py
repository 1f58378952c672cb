"""What a verb answers: one JSON object for machines, a table for people."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """`data` is the JSON; a list is `{"items": […]}`, of which a terminal shows `columns`.

    `says` is a sentence for people alone, `picture` what stands below it (a QR code). `exit_code` 1: part of it failed.
    """

    data: Mapping[str, Any]
    columns: Sequence[str] = ()
    says: str = ""
    picture: str = ""
    exit_code: int = 0


def as_text(data: Mapping[str, Any]) -> str:
    """One line of ASCII: what a name holds can neither break the line nor command the terminal (threat row 108)."""
    return json.dumps(data, default=_plain)


def harmless(text: str) -> str:
    """Without what a terminal would obey."""
    return "".join(char if char.isprintable() else "?" for char in text)


def moment(at: datetime | None) -> str | None:
    """ISO 8601 in UTC, to the millisecond."""
    return None if at is None else at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _plain(value: object) -> object:
    match value:
        case datetime():
            return moment(value)
        case frozenset() | set():
            return sorted(value)
        case tuple():
            return list(value)
    return str(value)
