"""`idp keys`: signing keys."""

from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk


@click.group(cls=Noun)
def keys() -> None:
    """Keys that sign, and that clients encrypt to: next, active, retired. They rotate by themselves; running servers
    follow within seconds."""


@keys.command("list", cls=DeskVerb, example="idp keys list")
async def list_(desk: "Desk") -> Answer:
    """List all keys by algorithm and state. Nothing private is shown."""
    rows = sorted(await desk.provider.keyring.rows(), key=lambda row: (row.algorithm, row.state, row.created_at))
    items = [
        {
            "id": row.id,
            "algorithm": row.algorithm,
            "state": row.state,
            "created_at": row.created_at,
            "activated_at": row.activated_at,
            "retired_at": row.retired_at,
        }
        for row in rows
    ]
    return Answer(data={"items": items}, columns=("algorithm", "state", "id", "created_at", "activated_at"))


@keys.command("rotate", cls=DeskVerb, example="idp keys rotate")
@click.option(
    "--algorithm",
    type=click.Choice(["RS256", "PS256", "ES256", "EdDSA", "RSA-OAEP-256", "ECDH-ES"]),
    help="Its key alone.",
)
async def rotate(desk: "Desk", algorithm: str | None) -> Answer:
    """Let the next key of every algorithm sign from now on. Tokens of the last one stay good until they expire, and
    what was encrypted to it is read as long."""
    turns = await desk.provider.keyring.rotate(desk.source, algorithm=algorithm)
    items = [
        {
            "algorithm": turn.algorithm,
            "active": turn.active,
            "retired": turn.retired,
            "next": turn.next,
            "was_known": turn.was_known,
        }
        for turn in turns
    ]
    return Answer(data={"items": items}, columns=("algorithm", "active", "retired", "was_known"))


@keys.command("retire", cls=DeskVerb, example="idp keys retire 3q2-7wAAB")
@click.argument("key_id", metavar="ID")
async def retire(desk: "Desk", key_id: str) -> Answer:
    """Unpublish a key that was stolen: whatever it signed is refused from now on, and its owners sign in again."""
    from idp.core.ids import KeyId

    await desk.provider.keyring.retire(KeyId(key_id), desk.source)
    return Answer(data={"id": key_id, "retired": True}, says=f"{key_id} is gone, and all that it signed with it.")
