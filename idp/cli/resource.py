"""`idp resource`: APIs that access tokens may be for (RFC 8707)."""

from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.core.client import ResourceServer

COLUMNS = ("identifier", "name", "scopes", "created_at")


@click.group(cls=Noun)
def resource() -> None:
    """Resource servers: APIs that access tokens may be for, and their scopes."""


@resource.command(
    "create", cls=DeskVerb, example="idp resource create --identifier https://api.example.com --scope 'read write'"
)
@click.option("--identifier", required=True, metavar="URI", help="What stands in `resource` and in tokens' `aud`.")
@click.option("--scope", "scopes", multiple=True, metavar='"S S"', help="Scopes of its own. Repeatable.")
@click.option("--name", metavar="TEXT", help="What people are shown.")
async def create(desk: "Desk", identifier: str, scopes: tuple[str, ...], name: str | None) -> Answer:
    """Make a resource server, or replace scopes and name of one that is there. In effect at once."""
    made = await desk.openid.administer_resources.create(identifier, scopes, name)
    return Answer(data=_item(made), says=f"{made.identifier} is a resource server.")


@resource.command("list", cls=DeskVerb, example="idp resource list")
async def list_(desk: "Desk") -> Answer:
    """List all, by identifier."""
    found = await desk.openid.administer_resources.all()
    return Answer(data={"items": [_item(one) for one in found]}, columns=COLUMNS)


@resource.command("delete", cls=DeskVerb, example="idp resource delete https://api.example.com")
@click.argument("name", metavar="[URI]", required=False)
@click.option("--identifier", metavar="URI", help="The same as URI.")
async def delete(desk: "Desk", name: str | None, identifier: str | None) -> Answer:
    """Delete a resource server: no new tokens are for it."""
    if (name is None) == (identifier is None):
        raise click.UsageError("Give a resource server's URI.")
    chosen = name or identifier or ""
    await desk.openid.administer_resources.delete(chosen)
    return Answer(data={"identifier": chosen, "deleted": True}, says=f"{chosen} is deleted.")


def _item(one: "ResourceServer") -> dict[str, Any]:
    return {"identifier": one.identifier, "name": one.name, "scopes": one.scopes, "created_at": one.created_at}
