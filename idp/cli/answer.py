"""What a verb answers: one JSON object for machines, a table for people."""

import json
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import click


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """How to speak: JSON when asked for or when nobody is watching, colours unless NO_COLOR or --no-color."""

    as_json: bool
    colour: bool = field(default=True)

    @classmethod
    def of(cls, *, as_json: bool, no_color: bool) -> "Voice":
        return cls(as_json=as_json or not sys.stdout.isatty(), colour=not no_color and not os.environ.get("NO_COLOR"))

    def answer(self, answer: Answer) -> None:
        if self.as_json:
            click.echo(as_text(answer.data))
            return
        from idp.cli.table import show

        show(answer, colour=self.colour)

    def line(self, data: Mapping[str, Any], shown: str) -> None:
        """One of many, as they come: a JSON object in a line, or a line of text."""
        click.echo(as_text(data) if self.as_json else shown)

    def complain(self, code: str, message: str, **more: Any) -> None:
        """One line on the standard error stream."""
        if self.as_json:
            click.echo(as_text({"error": code, "message": message, **more}), err=True)
        else:
            click.echo(f"idp: {harmless(message)}", err=True)


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
