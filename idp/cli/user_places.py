"""`idp user join`, `leave`: memberships."""

from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.core.tenant import TenantKind


@click.command(cls=DeskVerb, example="idp user join jane@example.com --team 'My Team:ADMIN'")
@click.argument("account", metavar="EMAIL|ID")
@click.option("--jurisdiction", metavar="NAME:ROLE", help="The usual role is `user`.")
@click.option("--team", metavar="NAME:ROLE", help="The usual role is `MEMBER`.")
async def join(desk: "Desk", account: str, jurisdiction: str | None, team: str | None) -> Answer:
    """Add an account to a jurisdiction or team, or change its role there."""
    kind, place = one_place(jurisdiction, team)
    found, membership = await desk.administration.tenants.join(account, kind, place, desk.source)
    tenant = membership.tenant
    data = {"id": found.id, kind.value: tenant.name, "role": membership.role}
    return Answer(data=data, says=f"{found.email} is {membership.role} in {tenant.name}.")


@click.command(cls=DeskVerb, example="idp user leave jane@example.com --jurisdiction 'Bay Area'")
@click.argument("account", metavar="EMAIL|ID")
@click.option("--jurisdiction", metavar="NAME")
@click.option("--team", metavar="NAME")
async def leave(desk: "Desk", account: str, jurisdiction: str | None, team: str | None) -> Answer:
    """Take an account out of a jurisdiction or team."""
    kind, place = one_place(jurisdiction, team)
    found, tenant = await desk.administration.tenants.leave(account, kind, place, desk.source)
    data = {"id": found.id, kind.value: tenant.name, "role": None}
    return Answer(data=data, says=f"{found.email} is in {tenant.name} no more.")


def one_place(jurisdiction: str | None, team: str | None) -> "tuple[TenantKind, str]":
    """The one of the two that was given. Raises UsageError."""
    from idp.core.tenant import TenantKind

    if jurisdiction and not team:
        return TenantKind.JURISDICTION, jurisdiction
    if team and not jurisdiction:
        return TenantKind.TEAM, team
    raise click.UsageError("Give one of --jurisdiction and --team.")
