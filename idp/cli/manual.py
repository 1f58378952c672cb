"""`docs/cli.md`: every verb with its help, as `--help` prints it."""

from collections.abc import Iterator

import click

WIDTH = 100
PREFACE = """# The command line

Written by `idp schemas` from the verbs' own `--help`; edits are lost.

`idp [--config FILE] VERB …` reads FILE, else the file that the variable IDP_CONFIG names, else `config.toml`. Every
verb works beside running servers, on the same database, and takes effect at once.

On a terminal the answer is a table. With `--json`, or when it is piped, it is one JSON object (a list is
`{"items": […]}`); then a refusal is `{"error": "…", "message": "…"}`, in one line on the standard error stream.

| exit code | |
|---|---|
| 0 | done |
| 1 | refused, not found, or done in part: the line on the standard error stream says why |
| 2 | the words after `idp`, the configuration, or the database it names cannot be used |
"""


def manual(root: click.Group) -> str:
    return "\n".join([PREFACE, *_chapters(root, "idp", None)])


def _chapters(group: click.Group, path: str, parent: click.Context | None) -> Iterator[str]:
    context = click.Context(group, info_name=path.rpartition(" ")[2], parent=parent, terminal_width=WIDTH)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        yield _section(command, f"{path} {name}", context)
        if isinstance(command, click.Group):
            yield from _chapters(command, f"{path} {name}", context)


def _section(command: click.Command, path: str, parent: click.Context) -> str:
    context = click.Context(
        command, info_name=path.rpartition(" ")[2], parent=parent, terminal_width=WIDTH, max_content_width=WIDTH
    )
    level = "##" if path.count(" ") == 1 else "###"
    return f"{level} {path}\n\n```text\n{command.get_help(context).rstrip()}\n```\n"
