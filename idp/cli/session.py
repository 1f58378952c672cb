"""`idp session`."""

from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.core.session import Session

COLUMNS = ("id", "account_id", "contract", "methods", "authenticated_at", "last_seen_at", "address")


@click.group(cls=Noun)
def session() -> None:
    """Sessions: who is signed in, and signing them out."""


@session.command("list", cls=DeskVerb, example="idp session list jane@example.com\nidp session list --limit 20")
@click.argument("name", metavar="[EMAIL|ID]", required=False)
@click.option("--user", "account", metavar="E", help="The same as EMAIL|ID.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
async def list_(desk: "Desk", name: str | None, account: str | None, limit: int) -> Answer:
    """List an account's live sessions, newest first; without an account everybody's, the last to expire first."""
    whose = name or account
    if whose is None:
        sessions = await desk.administration.sessions.live(limit)
    else:
        sessions = (await desk.administration.sessions.of(whose))[1][:limit]
    return Answer(data={"items": [_item(one) for one in sessions]}, columns=COLUMNS)


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


def _item(one: "Session") -> dict[str, Any]:
    return {
        "id": one.id,
        "account_id": one.account_id,
        "contract": one.contract,
        "methods": one.methods,
        "authenticated_at": one.authenticated_at,
        "last_seen_at": one.last_seen_at,
        "expires_at": one.expires_at,
        "address": one.address,
        "agent": one.agent,
    }
