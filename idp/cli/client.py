"""`idp client`: apps that sign people in with us."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.client_options import Span, client_options, document_of, terms_of
from idp.cli.initial_token import initial_token
from idp.cli.secret_input import LONGEST
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.oauth.clients.administer import Shown


@click.group(cls=Noun)
def client() -> None:
    """Clients: apps that sign people in with us. Those of the configuration are changed there."""


@client.command(
    "create",
    cls=DeskVerb,
    example="idp client create --client-id my-app --redirect-uri https://app.example.com/callback --secret-stdin < s\n"
    "idp client create --name 'Phone app' --redirect-uri com.example.app:/callback",
)
@click.option("--client-id", metavar="ID", help="Unset: one is made.")
@click.option("--secret", metavar="S", help="Visible to every user of this machine: prefer --secret-stdin.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from the standard input.")
@client_options
async def create(desk: "Desk", client_id: str | None, secret: str | None, secret_stdin: bool, **given: Any) -> Answer:
    """Make a client. In effect at once.

    Without secret, keys and --auth-method it is a public client, which must use PKCE. A secret that is needed and not
    given is made, and shown this once. Without --grant-type: authorization_code and refresh_token. Redirect URIs are
    needed where the grants send people back.
    """
    from idp.core.client import ClientTerms
    from idp.oauth.clients.administer import NewClient

    wanted = NewClient(
        document=document_of(given),
        terms=ClientTerms(**terms_of(given)),
        id=client_id,
        secret=_secret(secret, from_stdin=secret_stdin),
    )
    return _answer(await desk.openid.administer_clients.create(wanted, desk.source), "was made")


@client.command("list", cls=DeskVerb, example="idp client list --limit 20")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000), metavar="N")
@click.option("--after", metavar="ID", help="Go on after this id: `next` of the list before.")
async def list_(desk: "Desk", limit: int, after: str | None) -> Answer:
    """List clients, in the order of their ids."""
    from idp.cli.client_json import COLUMNS, brief
    from idp.core.ids import ClientId

    found = await desk.openid.administer_clients.page(after=ClientId(after) if after else None, limit=limit + 1)
    shown = found[:limit]
    more = shown[-1].id if len(found) > limit else None
    return Answer(data={"items": [brief(one) for one in shown], "next": more}, columns=COLUMNS)


@client.command("show", cls=DeskVerb, example="idp client show my-app")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--client-id", metavar="ID", help="The same as ID.")
async def show(desk: "Desk", name: str | None, client_id: str | None) -> Answer:
    """Show a client: all that it registered, and what it was granted."""
    from idp.cli.client_json import whole
    from idp.oauth.clients.administer import Shown

    found = await desk.openid.administer_clients.show(_named(name, client_id))
    return Answer(data=whole(Shown(client=found)))


@client.command(
    "update", cls=DeskVerb, example="idp client update my-app --redirect-uri https://app.example.com/callback --disable"
)
@click.argument("name", metavar="[ID]", required=False)
@click.option("--client-id", metavar="ID", help="The same as ID.")
@click.option("--enable/--disable", default=None, help="A disabled client is unknown everywhere.")
@client_options
async def update(desk: "Desk", name: str | None, client_id: str | None, enable: bool | None, **given: Any) -> Answer:
    """Change a client. What is given replaces what was there; null in --metadata takes a member back."""
    chosen, changes, terms = _named(name, client_id), document_of(given), terms_of(given)
    if not changes and not terms and enable is None:
        raise click.UsageError("Give what to change.")
    clients, shown = desk.openid.administer_clients, None
    if changes or terms:
        shown = await clients.update(chosen, changes, terms, desk.source)
    if enable is not None:
        switched = await clients.enable(chosen, desk.source, enabled=enable)
        shown = type(switched)(client=switched.client, secret=shown.secret if shown else None)
    if shown is None:
        raise click.UsageError("Give what to change.")
    return _answer(shown, "was changed")


@client.command("rotate-secret", cls=DeskVerb, example="idp client rotate-secret my-app --overlap 1h")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--client-id", metavar="ID", help="The same as ID.")
@click.option("--secret", metavar="S", help="Visible to every user of this machine: prefer --secret-stdin.")
@click.option("--secret-stdin", is_flag=True, help="Read the secret from the standard input.")
@click.option("--overlap", type=Span(), default="0s", metavar="1h", help="How long the old one still counts.")
async def rotate_secret(
    desk: "Desk", name: str | None, client_id: str | None, overlap: timedelta, **given: Any
) -> Answer:
    """Give a client a new secret, made here unless one is given. It is shown this once."""
    secret = _secret(given["secret"], from_stdin=given["secret_stdin"])
    shown = await desk.openid.administer_clients.rotate_secret(
        _named(name, client_id), desk.source, given=secret, overlap=overlap
    )
    return _answer(shown, "has a new secret")


@client.command("delete", cls=DeskVerb, example="idp client delete my-app --yes")
@click.argument("name", metavar="[ID]", required=False)
@click.option("--client-id", metavar="ID", help="The same as ID.")
@click.option("--yes", is_flag=True, help="Do not ask. Nobody is asked where the input is no terminal.")
async def delete(desk: "Desk", name: str | None, client_id: str | None, yes: bool) -> Answer:
    """Delete a client with all that people allowed it. Its tokens are dead at once."""
    chosen = _named(name, client_id)
    if not yes and sys.stdin.isatty():
        click.confirm(f"Delete {chosen} for good?", abort=True, err=True)
    gone = await desk.openid.administer_clients.delete(chosen, desk.source)
    return Answer(data={"client_id": gone.id, "deleted": True}, says=f"{gone.id} is deleted.")


client.add_command(initial_token)


def _named(name: str | None, client_id: str | None) -> str:
    if (name is None) == (client_id is None):
        raise click.UsageError("Give a client's ID.")
    return name or client_id or ""


def _secret(given: str | None, *, from_stdin: bool) -> str | None:
    if given is not None and from_stdin:
        raise click.UsageError("Give --secret or --secret-stdin, not both.")
    if not from_stdin:
        return given
    line = sys.stdin.readline(LONGEST).rstrip("\r\n")
    if not line:
        raise click.UsageError("The standard input holds no secret.")
    return line


def _answer(shown: "Shown", what: str) -> Answer:
    from idp.cli.client_json import whole

    says = f"{shown.client.id} {what}."
    if shown.secret is not None:
        says += f"\nIts secret, shown this once: {shown.secret}"
    return Answer(data=whole(shown), says=says)
