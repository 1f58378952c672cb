"""How a verb speaks: to a terminal or to a program."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from idp.cli.answer import Answer, as_text, harmless


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
        from idp.cli.table import show  # which takes as long as all the rest of us

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
