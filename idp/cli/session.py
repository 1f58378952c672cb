"""`idp session`."""

from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk


@click.group(cls=Noun)
def session() -> None:
    """Sessions: who is signed in, and signing them out."""


@session.command("list", cls=DeskVerb, example="idp session list jane@example.com")
@click.argument("account", metavar="EMAIL|ID")
async def list_(desk: "Desk", account: str) -> Answer:
    """List an account's live sessions, newest first."""
    _, sessions = await desk.administration.sessions.of(account)
    items = [
        {
            "id": one.id,
            "contract": one.contract,
            "methods": one.methods,
            "authenticated_at": one.authenticated_at,
            "last_seen_at": one.last_seen_at,
            "expires_at": one.expires_at,
            "address": one.address,
            "agent": one.agent,
        }
        for one in sessions
    ]
    columns = ("id", "contract", "methods", "authenticated_at", "last_seen_at", "address", "agent")
    return Answer(data={"items": items}, columns=columns)


@session.command("revoke", cls=DeskVerb, example="idp session revoke --user jane@example.com")
@click.argument("session_id", metavar="[ID]", required=False)
@click.option("--user", "account", metavar="E", help="All of this account's.")
@click.option("--all", "everybody", is_flag=True, help="All of everybody's.")
async def revoke(desk: "Desk", session_id: str | None, account: str | None, everybody: bool) -> Answer:
    """End a session, all of an account's, or all. In effect at once, for every token of theirs."""
    from idp.core.ids import SessionId

    if [session_id is not None, account is not None, everybody].count(True) != 1:
        raise click.UsageError("Give one of a session's ID, --user and --all.")
    sessions = desk.administration.sessions
    if session_id is not None:
        await sessions.revoke(SessionId(session_id), desk.source)
        ended = 1
    elif account is not None:
        ended = await sessions.revoke_all(account, desk.source)
    else:
        ended = await sessions.revoke_every(desk.source)
    return Answer(data={"revoked": ended}, says=f"{ended} ended.")
