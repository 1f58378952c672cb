"""Where a password comes from: an option, the standard input, or the keyboard."""

import sys

import click

LONGEST = 4096


def read_password(given: str | None, *, from_stdin: bool, ask: bool = True) -> str:
    """Raises UsageError when there is none. What stands in the command line is visible to every user of the machine."""
    if given is not None and from_stdin:
        raise click.UsageError("Give --password or --password-stdin, not both.")
    if given is not None:
        return given
    if from_stdin:
        line = sys.stdin.readline(LONGEST).rstrip("\r\n")
        if not line:
            raise click.UsageError("The standard input holds no password.")
        return line
    if ask and sys.stdin.isatty():
        typed: str = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
        return typed
    raise click.UsageError("Give --password-stdin (or --password, which every user of the machine can see).")
