"""`idp user disable`, `enable`, `unlock`, `delete`, `set-password`."""

import sys
from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.secret_input import read_password
from idp.cli.verb import DeskVerb

if TYPE_CHECKING:
    from idp.cli.desk import Desk


@click.command(cls=DeskVerb, example="idp user disable jane@example.com")
@click.argument("account", metavar="EMAIL|ID")
async def disable(desk: "Desk", account: str) -> Answer:
    """Let nobody sign in to an account, and sign out whoever is."""
    found = await desk.administration.accounts.disable(account, desk.source)
    data = {"id": found.id, "email": found.email, "disabled": True}
    return Answer(data=data, says=f"{found.email} is disabled, and signed out everywhere.")


@click.command(cls=DeskVerb, example="idp user enable jane@example.com")
@click.argument("account", metavar="EMAIL|ID")
async def enable(desk: "Desk", account: str) -> Answer:
    """Let a disabled account sign in again."""
    found = await desk.administration.accounts.enable(account, desk.source)
    return Answer(data={"id": found.id, "email": found.email, "disabled": False}, says=f"{found.email} is enabled.")


@click.command(cls=DeskVerb, example="idp user unlock jane@example.com")
@click.argument("account", metavar="EMAIL|ID")
async def unlock(desk: "Desk", account: str) -> Answer:
    """Forget an account's failed attempts, at its password and at codes."""
    found = await desk.administration.accounts.unlock(account, desk.source)
    return Answer(data={"id": found.id, "email": found.email, "locked_until": None}, says=f"{found.email} is unlocked.")


@click.command(cls=DeskVerb, example="idp user delete jane@example.com --yes")
@click.argument("account", metavar="EMAIL|ID")
@click.option("--yes", is_flag=True, help="Do not ask. Nobody is asked where the input is no terminal.")
async def delete(desk: "Desk", account: str, yes: bool) -> Answer:
    """Delete an account with all that is its own. The audit trail stays."""
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete {account} for good?", abort=True, err=True)
    found = await desk.administration.accounts.delete(account, desk.source)
    return Answer(data={"id": found.id, "email": found.email, "deleted": True}, says=f"{found.email} is deleted.")


@click.command("set-password", cls=DeskVerb, example="idp user set-password jane@example.com --password-stdin < file")
@click.argument("account", metavar="EMAIL|ID")
@click.option("--password", metavar="P", help="Visible to every user of this machine: prefer --password-stdin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
async def set_password(desk: "Desk", account: str, password: str | None, password_stdin: bool) -> Answer:
    """Set an account's password. Ends its sessions, codes, links and locks; its owner is told."""
    chosen = read_password(password, from_stdin=password_stdin)
    found = await desk.administration.set_password(account, chosen, desk.source)
    says = f"{found.email} has a new password, and is signed out everywhere."
    return Answer(data={"id": found.id, "email": found.email}, says=says)
