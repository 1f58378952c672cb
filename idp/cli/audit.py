"""`idp audit`: what happened."""

from collections import deque
from typing import TYPE_CHECKING

import click

from idp.cli.answer import Answer, harmless
from idp.cli.verb import DeskVerb

if TYPE_CHECKING:
    from idp.cli.desk import Desk
    from idp.ports.storage import AuditEntry
    from idp.usecases.housekeeping.trail import Which

PAUSE_SECONDS = 0.5
PAGE = 500
LOOK_BACK = 50
COLUMNS = ("at", "name", "outcome", "reason", "account_id", "contract", "address", "detail")


@click.command(cls=DeskVerb, example="idp audit --account jane@example.com --limit 20\nidp audit --follow")
@click.option("--follow", is_flag=True, help="Go on as things happen, a line each, until interrupted.")
@click.option("--account", metavar="E", help="Of this address or id alone, be the account there or not.")
@click.option("--event", metavar="NAME", help="Of this kind alone: login.fail, flag.set, ...")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(0, 100_000), metavar="N")
async def audit(desk: "Desk", follow: bool, account: str | None, event: str | None, limit: int) -> Answer | None:
    """Print the audit trail, the latest entries last.

    The form of an entry is that of schemas/audit.schema.json.
    """
    from idp.usecases.housekeeping.entry import entry_json
    from idp.usecases.housekeeping.trail import Which

    which = Which(account=account, event=event)
    if follow:
        await _follow(desk, which, limit)
        return None
    latest = await desk.administration.trail.latest(which, limit) if limit else ()
    return Answer(data={"items": [entry_json(entry) for entry in latest]}, columns=COLUMNS)


async def _follow(desk: "Desk", which: "Which", limit: int) -> None:
    """Looks back a little each time.

    PostgreSQL hands the numbers out before the commit, so that they may appear out of order.
    """
    import asyncio

    trail = desk.administration.trail
    last = await trail.last_number()
    window = await trail.after(last - LOOK_BACK, which, PAGE)
    seen = deque((entry.number for entry in window if entry.number <= last), maxlen=2 * PAGE)
    fresh = await trail.latest(which, limit) if limit else ()
    while True:
        for entry in fresh:
            _say(desk, entry)
            seen.append(entry.number)
            last = max(last, entry.number)
        window = await trail.after(last - LOOK_BACK, which, PAGE)
        fresh = [entry for entry in window if entry.number not in seen]
        if not fresh:
            await asyncio.sleep(PAUSE_SECONDS)


def _say(desk: "Desk", entry: "AuditEntry") -> None:
    from idp.usecases.housekeeping.entry import entry_json

    data = entry_json(entry)
    words = [f"{name}={data[name]}" for name in COLUMNS[2:] if name in data]
    desk.voice.line(data, harmless(f"{data['at']}  {data['name']:<22}  {'  '.join(words)}"))
