"""`idp client initial-token`: who may register a client, where `oidc.registration` is "token" (RFC 7591 §3)."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.client_options import Span
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.ports.oauth_storage import InitialToken

COLUMNS = ("id", "note", "uses_left", "created_at", "expires_at")


@click.group("initial-token", cls=Noun)
def initial_token() -> None:
    """Tokens that let their holders register clients."""


@initial_token.command("create", cls=DeskVerb, example="idp client initial-token create --uses 1 --life 24h --note CI")
@click.option("--uses", type=click.IntRange(1, 1_000_000), metavar="N", help="Unset: as often as one likes.")
@click.option("--life", type=Span(), default="24h", show_default=True, metavar="24h", help="Until it expires.")
@click.option("--note", default="", metavar="TEXT", help="Whom it is for.")
async def create(desk: "Desk", uses: int | None, life: timedelta, note: str) -> Answer:
    """Make a token. It is shown this once."""
    token, kept = await desk.openid.administer_initial_tokens.create(note=note, uses=uses, life=life)
    return Answer(data={"initial_access_token": token, **_item(kept)}, says=f"Shown this once: {token}")


@initial_token.command("list", cls=DeskVerb, example="idp client initial-token list")
async def list_(desk: "Desk") -> Answer:
    """List the tokens, oldest first; never the tokens themselves."""
    found = await desk.openid.administer_initial_tokens.all()
    return Answer(data={"items": [_item(one) for one in found]}, columns=COLUMNS)


@initial_token.command("delete", cls=DeskVerb, example="idp client initial-token delete 0123456789abcdef")
@click.argument("shown", metavar="ID")
async def delete(desk: "Desk", shown: str) -> Answer:
    """Delete a token. Clients that were registered with it stay."""
    await desk.openid.administer_initial_tokens.delete(shown)
    return Answer(data={"id": shown, "deleted": True}, says=f"{shown} is deleted.")


def _item(token: "InitialToken") -> dict[str, Any]:
    from idp.oauth.clients.resources import id_of

    return {
        "id": id_of(token),
        "note": token.note,
        "uses_left": token.uses_left,
        "created_at": token.created_at,
        "expires_at": token.expires_at,
    }
