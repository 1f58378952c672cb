"""`idp schemas`: the files that are written from the code, and nobody edits."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.verb import EXIT_FAILED, Verb

if TYPE_CHECKING:
    from idp.cli.chosen import Chosen


@click.command(cls=Verb, example="idp schemas\nidp schemas --check")
@click.option("--check", is_flag=True, help="Write nothing; the exit code is 1 when a file is not as it would be.")
@click.argument("folder", metavar="[DIR]", default=".", type=click.Path(file_okay=False, path_type=Path))
def schemas(chosen: "Chosen", check: bool, folder: Path) -> Answer:  # noqa: ARG001 - needs no configuration
    """Write the example configuration, the manuals and the JSON Schemas, below DIR.

    They are made from the code, so that they say what holds.
    """
    texts = generated()
    stale = [name for name, text in texts.items() if _read(folder / name) != text]
    if check:
        stale += _left_over(folder, texts)
        says = f"Not as they would be written: {', '.join(stale)}" if stale else f"{len(texts)} files are as written."
        return Answer(data={"ok": not stale, "stale": stale}, says=says, exit_code=EXIT_FAILED if stale else 0)
    for name in stale:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(texts[name], encoding="utf-8")
    return Answer(data={"files": list(texts), "written": stale}, says=f"{len(texts)} files, {len(stale)} written anew.")


def generated() -> dict[str, str]:
    """Every generated file: its path below the repository's root, and its text."""
    from idp.config.generate import FILES

    writers: Mapping[str, Callable[[], str]] = {**FILES, "docs/cli.md": _manual}
    texts = {name: write() for name, write in writers.items()}
    return {**texts, **{f"schemas/{name}": _pretty(schema) for name, schema in _schemas().items()}}


def _schemas() -> dict[str, dict[str, Any]]:
    from idp import __version__
    from idp.config.secret import REFERENCE_SCHEMA
    from idp.registry.schemas import plugin_schemas
    from idp.usecases.accounts.import_line import import_schema
    from idp.usecases.housekeeping.entry import entry_schema
    from idp.web.openapi import body_schemas, openapi

    plugins = {f"plugins/{name}.json": schema for name, schema in plugin_schemas(REFERENCE_SCHEMA).items()}
    return {
        "openapi.json": openapi(__version__),
        "audit.schema.json": entry_schema(),
        "import.schema.json": import_schema(),
        **dict(body_schemas()),
        **plugins,
    }


def _manual() -> str:
    from idp.cli import main
    from idp.cli.manual import manual

    return manual(main)


def _left_over(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Schemas that nothing writes any more."""
    found = (path.relative_to(folder).as_posix() for path in sorted((folder / "schemas").rglob("*.json")))
    return [name for name in found if name not in texts]


def _pretty(schema: dict[str, Any]) -> str:
    import json

    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
