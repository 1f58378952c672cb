"""`idp check --profile`: what a configuration, or a client, lacks for a profile, line by line with the paragraph."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from idp.cli.answer import Answer
from idp.config.declared_clients import declared_clients
from idp.config.oauth_rules import oauth_rules_from
from idp.core.client import Client, Origin, Profile
from idp.crypto.ambient import SystemClock
from idp.oauth.clients.profiles import Lack, lacks_around, lacks_of_client, lacks_of_rules

if TYPE_CHECKING:
    from idp.cli.voice import Voice
    from idp.config.settings import Settings

COLUMNS = ("client", "setting", "reason", "mend", "source")
EXIT_LACKING = 1


def check_profile(settings: "Settings", profile: Profile) -> Answer:
    """The configuration, and every client that stands in it. Connects to nothing."""
    rules = oauth_rules_from(settings)
    items = [_item(None, lack) for lack in lacks_of_rules(rules, profile)]
    for client in _declared(settings):
        items += [_item(client.id, lack) for lack in lacks_of_client(client, rules, profile)]
    return _answer(profile, items)


async def check_client(settings: "Settings", profile: Profile, client_id: str, voice: "Voice") -> Answer:
    """One client, wherever it comes from: of those outside of the configuration the database knows. NotFound."""
    rules = oauth_rules_from(settings)
    client = next((one for one in _declared(settings) if one.id == client_id), None)
    if client is None:
        from idp.cli.desk import open_desk

        async with open_desk(settings, voice) as desk:
            client = await desk.openid.administer_clients.show(client_id)
    items = [_item(None, lack) for lack in lacks_around(rules, profile)]
    return _answer(profile, [*items, *(_item(client.id, lack) for lack in lacks_of_client(client, rules, profile))])


def _declared(settings: "Settings") -> Iterator[Client]:
    now = SystemClock().now()
    for one in declared_clients(settings.clients, settings.oidc):
        yield Client(
            id=one.id, metadata=one.metadata, terms=one.terms, origin=Origin.CONFIG, created_at=now, updated_at=now
        )


def _item(client_id: str | None, lack: Lack) -> dict[str, Any]:
    return {
        "client": client_id,
        "setting": lack.subject,
        "reason": lack.reason,
        "mend": lack.mend,
        "source": lack.source,
    }


def _answer(profile: Profile, items: list[dict[str, Any]]) -> Answer:
    data = {"ok": not items, "profile": profile.value, "items": items}
    if not items:
        return Answer(data=data, says=f"Nothing is lacking for {profile}.")
    return Answer(data=data, columns=COLUMNS, exit_code=EXIT_LACKING)
