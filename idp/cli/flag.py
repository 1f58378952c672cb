"""`idp flag`: features per tenant, at run time."""

from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.usecases.tenants.flags import Explained, Place, SetValue


@click.group(cls=Noun)
def flag() -> None:
    """Features, and their values everywhere or in one tenant. In effect at once.

    A feature goes by either spelling: single_use_code or enableSingleUseCode, mfa or enableMfa.
    """


@flag.command("set", cls=DeskVerb, example="idp flag set enableSingleUseCode true --jurisdiction 'Bay Area'")
@click.argument("name")
@click.argument("value", metavar="true|false")
@click.option("--jurisdiction", metavar="NAME", help="There alone.")
@click.option("--team", metavar="NAME", help="There alone.")
async def set_(desk: "Desk", name: str, value: str, jurisdiction: str | None, team: str | None) -> Answer:
    """Set a feature's value, everywhere or in one tenant. It wins over the configuration."""
    made = await desk.administration.flags.set(name, value, _place(jurisdiction, team), desk.source)
    where = jurisdiction or team
    data = {"feature": made.feature, "value": made.value, "jurisdiction": jurisdiction, "team": team}
    return Answer(data=data, says=f"{made.feature} is {value} {f'in {where}' if where else 'everywhere'}.")


@flag.command("unset", cls=DeskVerb, example="idp flag unset mfa --team 'My Team'")
@click.argument("name")
@click.option("--jurisdiction", metavar="NAME")
@click.option("--team", metavar="NAME")
async def unset(desk: "Desk", name: str, jurisdiction: str | None, team: str | None) -> Answer:
    """Take back what was set, so that the configuration decides again."""
    feature = await desk.administration.flags.unset(name, _place(jurisdiction, team), desk.source)
    data = {"feature": feature.name, "value": None, "jurisdiction": jurisdiction, "team": team}
    return Answer(
        data=data, says=f"{feature.name} is no longer set at run time {jurisdiction or team or 'everywhere'}."
    )


@flag.command("list", cls=DeskVerb, example="idp flag list")
async def list_(desk: "Desk") -> Answer:
    """List all features with their defaults, and every value that is set."""
    features, values = await desk.administration.flags.all()
    items = [
        {
            "feature": feature.name,
            "alias": feature.alias,
            "kind": feature.kind.value,
            "default": feature.default,
            "set": [_value(value) for value in values if value.feature == feature],
            "description": feature.description,
        }
        for feature in features
    ]
    return Answer(data={"items": items}, columns=("feature", "alias", "kind", "default", "set", "description"))


@flag.command("explain", cls=DeskVerb, example="idp flag explain single_use_code --user jane@example.com")
@click.argument("name")
@click.option("--user", "account", metavar="E", help="An address or id. Without it: what holds for everybody.")
@click.option("--jurisdiction", metavar="NAME", help="As if the request named it.")
async def explain(desk: "Desk", name: str, account: str | None, jurisdiction: str | None) -> Answer:
    """Print a feature's value, and every level that had a say, in order."""
    explained = await desk.administration.flags.explain(name, account, jurisdiction)
    feature = explained.decision.feature
    return Answer(
        data={"feature": feature.name, "value": explained.value, "user": account, "items": _says(explained)},
        columns=("tenant", "level", "value"),
    )


def _place(jurisdiction: str | None, team: str | None) -> "Place | None":
    from idp.cli.user_places import one_place

    return one_place(jurisdiction, team) if jurisdiction or team else None


def _value(value: "SetValue") -> dict[str, object]:
    return {
        "level": value.level.value,
        "tenant": value.tenant,
        "kind": value.kind.value if value.kind else None,
        "value": value.value,
    }


def _says(explained: "Explained") -> list[dict[str, object]]:
    says: list[dict[str, object]] = [
        {"tenant": say.tenant, "level": say.level.value, "value": say.value} for say in explained.decision.says
    ]
    if explained.by_account:
        level = f"the account's own factors: {', '.join(sorted(explained.by_account))}"
        says.append({"tenant": None, "level": level, "value": True})
    return says
