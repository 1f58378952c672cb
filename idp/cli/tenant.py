"""What `idp jurisdiction` and `idp team` share: one noun, made for either kind."""

from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk


def tenant_noun(kind: str, name: str, *, help_text: str) -> click.Group:
    """`kind` is a TenantKind's value; `name` one to show in examples."""
    noun = Noun(kind, help=help_text)
    for add in (_add_create, _add_list, _add_show):
        add(noun, kind, name)
    return noun


def _add_create(noun: Noun, kind: str, name: str) -> None:
    @noun.command("create", cls=DeskVerb, example=f"idp {kind} create '{name}'")
    @click.argument("name")
    async def create(desk: "Desk", name: str) -> Answer:
        """Make one. To ask for one that is there already is no mistake."""
        from idp.core.tenant import TenantKind

        tenant, made = await desk.administration.tenants.create(TenantKind(kind), name, desk.source)
        says = f"{tenant.name} {'was made' if made else 'is there already'}: {tenant.id}"
        return Answer(data={"id": tenant.id, "name": tenant.name, "created": made}, says=says)


def _add_list(noun: Noun, kind: str, _: str) -> None:
    @noun.command("list", cls=DeskVerb, example=f"idp {kind} list")
    async def list_(desk: "Desk") -> Answer:
        """List all, by name."""
        from idp.core.tenant import TenantKind

        found = await desk.administration.tenants.all(TenantKind(kind))
        items = [{"id": tenant.id, "name": tenant.name, "created_at": tenant.created_at} for tenant in found]
        return Answer(data={"items": items}, columns=("name", "id", "created_at"))


def _add_show(noun: Noun, kind: str, name: str) -> None:
    @noun.command("show", cls=DeskVerb, example=f"idp {kind} show '{name}'")
    @click.argument("name")
    async def show(desk: "Desk", name: str) -> Answer:
        """Show one, with its settings and what is switched on in it."""
        from idp.core.tenant import TenantKind

        shown = await desk.administration.tenants.show(TenantKind(kind), name)
        tenant = shown.tenant
        return Answer(
            data={
                "id": tenant.id,
                "name": tenant.name,
                "created_at": tenant.created_at,
                "features": dict(shown.features),
                "settings": dict(tenant.settings),
            }
        )
