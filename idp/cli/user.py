"""`idp user`: accounts."""

import json
from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.secret_input import read_password
from idp.cli.user_factor import factor
from idp.cli.user_import import import_
from idp.cli.user_places import join, leave
from idp.cli.user_state import delete, disable, enable, set_password, unlock
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk


@click.group(cls=Noun)
def user() -> None:
    """Accounts: made, looked at, switched off and on, imported."""


@user.command(
    "create",
    cls=DeskVerb,
    example="idp user create --email jane@example.com --password-stdin --first-name Jane --last-name Doe \\\n"
    "    --jurisdiction 'Bay Area' --team 'My Team:ADMIN' --mfa totp --confirmed < password.txt",
)
@click.option("--email", required=True, metavar="E", help="The address to sign in with.")
@click.option("--password", metavar="P", help="Visible to every user of this machine: prefer --password-stdin.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the standard input.")
@click.option("--no-password", is_flag=True, help="None for now: its owner sets one by a reset link.")
@click.option("--first-name", required=True, metavar="F")
@click.option("--last-name", required=True, metavar="L")
@click.option("--middle-name", metavar="M")
@click.option("--phone", metavar="N", help="A telephone number. With `--mfa sms` it counts as proved.")
@click.option("--language", metavar="TAG", help="The language to write in: en, es, ...")
@click.option("--birthdate", type=click.DateTime(["%Y-%m-%d"]), metavar="YYYY-MM-DD")
@click.option("--claims", metavar="JSON", help='What apps may read beside: {"nickname": "JD", "address": {...}}.')
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="A role everywhere: admin, super_admin, ...")
@click.option("--mfa", metavar="METHOD", help="A second factor: email, sms, totp, or that of another plugin.")
@click.option("--jurisdiction", "jurisdictions", multiple=True, metavar="NAME", help="NAME or NAME:ROLE. Repeatable.")
@click.option("--team", "teams", multiple=True, metavar="NAME:ROLE", help="Repeatable.")
@click.option("--confirmed", is_flag=True, help="The address is known to be right: no confirmation is asked for.")
async def create(desk: "Desk", *, phone: str | None, **given: Any) -> Answer:
    """Make an account.

    Prints its id, and for totp the otpauth:// address to hand over, which counts at once. Without --confirmed the
    owner is sent a confirmation link first; a second factor by e-mail waits for that.
    """
    from idp.core.address import canonical_email
    from idp.usecases.accounts.create import NewAccount
    from idp.usecases.phone import canonical_number

    wanted = NewAccount(
        email=canonical_email(given["email"]),
        password=_password(given),
        first_name=given["first_name"],
        last_name=given["last_name"],
        middle_name=given["middle_name"],
        phone_number=canonical_number(phone) if phone else None,
        language=given["language"],
        roles=frozenset(given["roles"]),
        date_of_birth=given["birthdate"].date() if given["birthdate"] else None,
        claims=_claims(given["claims"]),
        mfa=given["mfa"],
        jurisdictions=given["jurisdictions"],
        teams=given["teams"],
        confirmed=given["confirmed"],
    )
    created = await desk.administration.create_account(wanted, desk.source)
    return _created(created.account.id, wanted, created)


@user.command("list", cls=DeskVerb, example="idp user list --search doe --limit 10")
@click.option("--search", metavar="TEXT", help="Part of an address or name.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
@click.option("--after", metavar="ID", help="Go on after this id: `next` of the list before.")
async def list_(desk: "Desk", search: str | None, limit: int, after: str | None) -> Answer:
    """List accounts, in the order of their ids."""
    from idp.cli.account_json import COLUMNS, brief
    from idp.core.ids import AccountId

    found = await desk.administration.accounts.page(
        after=AccountId(after) if after else None, limit=limit + 1, search=search
    )
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return Answer(data={"items": [brief(account) for account in shown], "next": more}, columns=COLUMNS)


@user.command("show", cls=DeskVerb, example="idp user show jane@example.com")
@click.argument("account", metavar="EMAIL|ID")
async def show(desk: "Desk", account: str) -> Answer:
    """Show an account: its factors, memberships, sessions, locks."""
    from idp.cli.account_json import whole

    return Answer(data=whole(await desk.administration.accounts.show(account)))


for _verb in (disable, enable, unlock, delete, set_password, import_, join, leave, factor):
    user.add_command(_verb)


def _claims(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        claims = json.loads(text)
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise click.BadParameter("must be a JSON object", param_hint="--claims")
    return claims


def _password(given: dict[str, Any]) -> str | None:
    password, from_stdin = given["password"], given["password_stdin"]
    if not given["no_password"]:
        return read_password(password, from_stdin=from_stdin)
    if password is not None or from_stdin:
        raise click.UsageError("Give --no-password or a password, not both.")
    return None


def _created(account_id: str, wanted: Any, created: Any) -> Answer:
    from idp.cli.drawing import qr_code

    data: dict[str, Any] = {"id": account_id, "email": wanted.email, "confirmed": wanted.confirmed}
    says = f"{wanted.email} was made: {account_id}"
    if wanted.mfa:
        data["mfa"] = wanted.mfa
    if created.enrolment is None:
        return Answer(data=data, says=says)
    uri = created.enrolment.uri
    data |= {"otpauth_uri": uri, "secret": created.enrolment.secret, "counts": created.counts}
    return Answer(data=data, says=f"{says}\n{uri}", picture=qr_code(uri))
