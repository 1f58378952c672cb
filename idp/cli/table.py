"""Answers on a terminal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from idp.cli.answer import Answer, harmless


def show(answer: Answer, *, colour: bool) -> None:
    """A sentence, a table, a picture: whichever there are."""
    console = Console(color_system="auto" if colour else None, highlight=False)
    if answer.says:
        console.print(Text("\n".join(map(harmless, answer.says.split("\n")))), soft_wrap=True)
    elif "items" in answer.data:
        console.print(_listing(answer.data["items"], answer.columns))
    else:
        console.print(_record(answer.data))
    if answer.picture:
        click.echo(answer.picture)


def _listing(items: Sequence[Mapping[str, Any]], columns: Sequence[str]) -> Table | Text:
    if not items:
        return Text("None.")
    table = Table(box=None, header_style="bold", pad_edge=False)
    for column in columns or list(items[0]):
        table.add_column(column.replace("_", " "), overflow="fold")
    for item in items:
        table.add_row(*(_cell(item.get(column)) for column in columns or list(items[0])))
    return table


def _record(data: Mapping[str, Any]) -> Table:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for key, value in data.items():
        table.add_row(key.replace("_", " "), _cell(value))
    return table


def _cell(value: object) -> Text:
    return Text(harmless(_words(value)))


def _words(value: object) -> str:
    match value:
        case {"name": name, "role": role}:
            return f"{name} ({role})"
        case dict():
            return ", ".join(f"{key}={_words(part)}" for key, part in value.items())
        case list() | tuple():
            return ", ".join(_words(part) for part in value) or "-"
        case set() | frozenset():
            return _words(sorted(value))
    return _word(value)


def _word(value: object) -> str:
    match value:
        case None:
            return "-"
        case bool():
            return "yes" if value else "no"
        case datetime():
            return f"{value:%Y-%m-%d %H:%M:%S} UTC"
    return str(value)
