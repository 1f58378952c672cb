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
    top = click.Context(root, info_name="idp", terminal_width=WIDTH, **root.context_settings)
    return "\n".join([PREFACE, *_chapters(root, top)])


def _chapters(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None:
            continue
        below = click.Context(command, info_name=name, parent=context, terminal_width=WIDTH)
        level = "##" if context.parent is None else "###"
        yield f"{level} {below.command_path}\n\n```text\n{command.get_help(below).rstrip()}\n```\n"
        if isinstance(command, click.Group):
            yield from _chapters(command, below)
