"""`idp user factor`: second factors."""

from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.verb import DeskVerb, Noun

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.core.account import Account


@click.group(cls=Noun)
def factor() -> None:
    """Second factors of an account. Its owner is told of every change that counts."""


@factor.command("add", cls=DeskVerb, example="idp user factor add jane@example.com totp")
@click.argument("account", metavar="EMAIL|ID")
@click.argument("method", metavar="METHOD")
@click.option("--phone", metavar="N", help="For sms: the number, which then counts as proved.")
@click.option("--vouch", is_flag=True, help="An app's secret counts at once, without a code from it.")
async def add(desk: "Desk", account: str, method: str, phone: str | None, vouch: bool) -> Answer:
    """Add a second factor: email, sms, totp, or that of another plugin.

    An authenticator app's secret is printed, as an otpauth:// address and a QR code, and counts once `confirm` was
    called with a code from it; with --vouch at once.
    """
    from idp.sdk import Enrollable
    from idp.usecases.phone import canonical_number

    factors = desk.administration.factors
    found = await _account(desk, account)
    if isinstance(factors.extensions.second_factors.get(method), Enrollable) and not vouch:
        enrolment = await factors.begin(found, method)
        return _enrolled(found, method, enrolment, counts=False)
    number = canonical_number(phone) if phone else None
    added = await factors.vouch(found, method, desk.source, phone_number=number)
    return _enrolled(added.account, method, added.enrolment, counts=added.counts)


@factor.command("confirm", cls=DeskVerb, example="idp user factor confirm jane@example.com totp 123456")
@click.argument("account", metavar="EMAIL|ID")
@click.argument("method", metavar="METHOD")
@click.argument("code", metavar="CODE")
async def confirm(desk: "Desk", account: str, method: str, code: str) -> Answer:
    """Prove a factor that was added, by a code from it. From now on it counts."""
    found = await desk.administration.factors.confirm(await _account(desk, account), method, code, desk.source)
    return _enrolled(found, method, None, counts=True)


@factor.command("remove", cls=DeskVerb, example="idp user factor remove jane@example.com totp")
@click.argument("account", metavar="EMAIL|ID")
@click.argument("method", metavar="METHOD")
async def remove(desk: "Desk", account: str, method: str) -> Answer:
    """Remove a second factor, and what was kept for it."""
    found = await desk.administration.factors.remove(await _account(desk, account), method, desk.source)
    data = {"id": found.id, "method": method, "mfa": sorted(found.mfa_methods)}
    return Answer(data=data, says=f"{method} is no factor of {found.email} any more.")


async def _account(desk: "Desk", name: str) -> "Account":
    return (await desk.administration.accounts.show(name)).account


def _enrolled(account: "Account", method: str, enrolment: Any, *, counts: bool) -> Answer:
    from idp.cli.drawing import qr_code

    data: dict[str, Any] = {"id": account.id, "method": method, "counts": counts}
    if enrolment is None:
        return Answer(data=data, says=f"{method} is a factor of {account.email}.")
    data |= {"otpauth_uri": enrolment.uri, "secret": enrolment.secret}
    then = "It counts." if counts else f"It counts after: idp user factor confirm {account.email} {method} CODE"
    return Answer(data=data, says=f"{enrolment.uri}\n{then}", picture=qr_code(enrolment.uri))
