"""Parcels that cannot be carried: put back, given up in the open, or put away. None keeps the others waiting."""

import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from idp.core.errors import PluginFailed
from idp.core.events import Event, EventName
from idp.core.ids import MessageId
from idp.core.secret import Sealed
from idp.ports.outbox import Parcel
from idp.sdk import EventSubscriber, PluginSettings
from idp.testing.context import plugin_context
from idp.testing.memory import MemoryLog
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.housekeeping.relay import Relay
from idp.usecases.post import ERRAND, EVENT, LETTER, SEAL

EMAIL = "jane@example.com"
LETTER_BY_PIGEON = {"template": "mfa_code", "channel": "pigeon", "to": EMAIL, "language": None, "jurisdiction": None}
HAPPENED = Event(name=EventName.LOGIN_OK).to_json()


class Deaf(EventSubscriber[PluginSettings]):
    """Fails, as the fence tells it."""

    async def notice(self, event: Event, *, at: object, delivery: object) -> None:  # noqa: ARG002 - the SDK's
        raise PluginFailed("deaf", "notice raised")


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template) as provider:
        yield provider


@pytest.fixture
def log() -> MemoryLog:
    return MemoryLog()


@pytest.fixture
def relay(idp: TestProvider, log: MemoryLog) -> Relay:
    """One that tries once."""
    relay = idp.provider.relay
    return replace(relay, log=log, retries=replace(relay.retries, tries=1))


async def put(idp: TestProvider, kind: str, target: str, body: Mapping[str, object] | Sealed) -> None:
    now = idp.clock.now()
    sealed = body if isinstance(body, bytes) else idp.provider.verbs.world.sealer.seal(json.dumps(body).encode(), SEAL)
    parcel = Parcel(id=MessageId("parcel"), kind=kind, target=target, body=Sealed(sealed), created_at=now, due_at=now)
    await idp.provider.store.transact(lambda work: work.outbox.put(parcel))


async def given_up(idp: TestProvider) -> list[tuple[str, object]]:
    entries = await idp.provider.store.read(lambda work: work.audit.page(name=EventName.MESSAGE_FAILED))
    return [(entry.event.reason, entry.event.detail["kind"]) for entry in entries]


@pytest.mark.parametrize(
    ("kind", "target", "body"),
    [
        (LETTER, "pigeon", {**LETTER_BY_PIGEON, "data": {}}),
        ("telegram", "", {}),
    ],
    ids=["a channel without a sender", "a kind of another version"],
)
async def test_what_nobody_here_can_carry_is_given_up_in_the_open(
    idp: TestProvider, relay: Relay, log: MemoryLog, kind: str, target: str, body: Mapping[str, object]
) -> None:
    """Another version, or a process with another configuration, may carry it before the last try."""
    await put(idp, kind, target, body)

    await relay.deliver_due()

    assert [line.event for line in log.lines] == ["outbox.failed"]
    assert await given_up(idp) == [("SenderFailed", kind)]
    assert await relay.next_due() is None


@pytest.mark.parametrize(
    ("kind", "body", "told"),
    [
        (LETTER, Sealed(b"under another key"), "outbox.unreadable"),
        (LETTER, {"template": "none such"}, "outbox.unreadable"),
        (EVENT, {"name": "of another version", "outcome": "success"}, None),
        (EVENT, HAPPENED, None),
        (ERRAND, {"email": EMAIL, "jurisdiction": "Atlantis"}, "outbox.refused"),
        (ERRAND, {"email": "nobody@example.com"}, None),
    ],
    ids=[
        "sealed by others", "no letter", "for a subscriber that is gone", "the same", "about a tenant that is gone",
        "about nobody",
    ],
)  # fmt: skip
async def test_what_can_never_be_done_is_put_away(
    idp: TestProvider, relay: Relay, log: MemoryLog, kind: str, body: Mapping[str, object] | Sealed, told: str | None
) -> None:
    await idp.add_account(EMAIL)
    await put(idp, kind, "sign_in_code", body)

    await relay.deliver_due()

    assert [line.event for line in log.lines] == ([told] if told else [])
    assert await relay.next_due() is None
    assert await given_up(idp) == []
    assert idp.inbox.messages() == []


async def test_an_event_that_a_subscriber_never_takes_makes_no_other_event(
    idp: TestProvider, relay: Relay, log: MemoryLog
) -> None:
    """Else it would tell of itself for ever."""
    deaf = Deaf(PluginSettings(), plugin_context("deaf"))
    told = replace(relay, extensions=replace(relay.extensions, subscribers={"deaf": deaf}))
    await put(idp, EVENT, "deaf", HAPPENED)

    await told.deliver_due()

    assert [(line.event, line.fields["gives_up"]) for line in log.lines] == [("outbox.failed", True)]
    assert await given_up(idp) == []
    assert await relay.next_due() is None
