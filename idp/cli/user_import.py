"""`idp user import`: accounts of another system."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, BinaryIO

import click

from idp.cli.answer import Answer, harmless
from idp.cli.verb import EXIT_FAILED, DeskVerb
from idp.cli.voice import Voice

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.usecases.accounts.import_accounts import Tally

LINES_BETWEEN_REPORTS = 5000


@click.command(
    "import", cls=DeskVerb, example="idp user import accounts.jsonl\nzcat accounts.jsonl.gz | idp user import -"
)
@click.argument("file", metavar="FILE|-", type=click.File("rb"))
async def import_(desk: "Desk", file: BinaryIO) -> Answer:
    """Import accounts with the hashes of their passwords, one JSON object a line.

    Fields and types are those of schemas/import.schema.json. A line that is refused is told with its number and the
    reason, and the others go on; the exit code is then 1. Run again after a stop, it passes over the accounts that
    are there already. Hashes: argon2, bcrypt, scrypt (Bloom's salt#hash too) and pbkdf2; each is renewed when its
    owner signs in for the first time. Nothing is sent to anybody.
    """
    from idp.usecases.accounts.import_line import numbered_lines

    with _progress(file, desk.voice) as told:
        tally = await desk.administration.import_accounts(numbered_lines(file), desk.source, told)
    refused = [{"line": one.line, "reason": one.reason} for one in tally.refused]
    return Answer(
        data={"imported": tally.imported, "skipped": tally.skipped, "refused": refused},
        says=f"{tally.imported} imported, {tally.skipped} there already, {len(refused)} refused.",
        exit_code=EXIT_FAILED if refused else 0,
    )


@contextmanager
def _progress(file: BinaryIO, voice: Voice) -> "Iterator[Callable[[Tally], None]]":
    """Tells of refused lines as they come; a bar on a terminal, else a line now and then. All on standard error."""
    if sys.stderr.isatty():
        with _bar(file, voice) as told:
            yield told
        return
    refused = reported = 0

    def tell(tally: "Tally") -> None:
        nonlocal refused, reported
        refused = _tell_refused(tally, refused, lambda line: click.echo(line, err=True))
        if tally.lines - reported >= LINES_BETWEEN_REPORTS:
            reported = tally.lines
            click.echo(f"{tally.lines} lines: {tally.imported} imported, {tally.skipped} there already", err=True)

    yield tell


@contextmanager
def _bar(file: BinaryIO, voice: Voice) -> "Iterator[Callable[[Tally], None]]":
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    console = Console(stderr=True, no_color=not voice.colour, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    total = _size(file)
    refused = 0
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("importing", total=total)

        def tell(tally: "Tally") -> None:
            nonlocal refused
            refused = _tell_refused(tally, refused, console.print)
            place = file.tell() if total is not None else 0
            progress.update(task, completed=place, description=f"{tally.imported} imported")

        yield tell


def _tell_refused(tally: "Tally", already: int, say: Callable[[str], None]) -> int:
    for one in tally.refused[already:]:
        say(f"line {one.line}: {harmless(one.reason)}")
    return len(tally.refused)


def _size(file: BinaryIO) -> int | None:
    """None for a pipe."""
    status = os.fstat(file.fileno())
    return status.st_size if stat.S_ISREG(status.st_mode) else None
