"""`idp db`: the database itself."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import Noun, Verb

if TYPE_CHECKING:
    from idp.cli.chosen import Chosen


@click.group(cls=Noun)
def db() -> None:
    """The database: brought up to date, copied, put back."""


@db.command("upgrade", cls=Verb, example="idp db upgrade")
def upgrade(chosen: "Chosen") -> Answer:
    """Apply the migrations that are missing. Makes a SQLite database that is not there yet."""
    import asyncio

    from idp import storage

    applied = asyncio.run(storage.upgrade(_url(chosen)))
    revision = asyncio.run(storage.current(_url(chosen)))
    says = f"Applied {', '.join(applied)}." if applied else "It is up to date."
    return Answer(data={"applied": applied, "revision": revision}, says=says)


@db.command("current", cls=Verb, example="idp db current")
def current(chosen: "Chosen") -> Answer:
    """Show which migration was applied last, and whether that is the last there is."""
    import asyncio

    from idp import storage
    from idp.storage.schema import HEAD, is_current

    revision = asyncio.run(storage.current(_url(chosen)))
    return Answer(data={"revision": revision, "latest": HEAD, "up_to_date": is_current(revision)})


@db.command("backup", cls=Verb, example="idp db backup backup.db")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(chosen: "Chosen", file: Path) -> Answer:
    """Copy a SQLite database while it is in use. Keep the copy and the master key apart."""
    import asyncio

    from idp import storage

    asyncio.run(storage.backup(_url(chosen), file))
    size = file.stat().st_size
    return Answer(data={"file": str(file), "bytes": size}, says=f"{file}: {size} bytes.")


@db.command("restore", cls=Verb, example="idp db restore backup.db")
@click.argument("file", type=click.Path(dir_okay=False, exists=True, path_type=Path))
def restore(chosen: "Chosen", file: Path) -> Answer:
    """Put a copy in the place of the database, and end all sessions: none that was revoked may come back.

    Codes, links and waiting messages of the copy go as well.
    """
    import asyncio

    from idp import storage
    from idp.crypto.ambient import SystemClock

    ended = asyncio.run(storage.restore(_url(chosen), file, SystemClock().now()))
    return Answer(data={"file": str(file), "revoked": ended}, says=f"{file} is in place; {ended} sessions ended.")


def _url(chosen: "Chosen") -> str:
    return chosen.settings().database.url.get_secret_value()
