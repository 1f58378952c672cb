"""What was promised in a commit is done after it: at least once, and given up in the open."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from idp.config.operations import Fence
from idp.config.rules import retries
from idp.config.settings import Settings
from idp.core.events import EventName
from idp.ports.storage import AuditEntry
from idp.sdk import Message, Sender, SenderFailed
from idp.testing.provider import TestProvider, provider_at

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"


class Flaky(Sender):  # type: ignore[type-arg]
    """Stands at the edge of the world: refuses as often as it is told."""

    channel = "email"

    def __init__(self, failures: int, *, permanent: bool = False) -> None:
        self.failures, self.permanent = failures, permanent
        self.sent: list[Message] = []

    async def send(self, message: Message) -> None:
        if self.failures:
            self.failures -= 1
            raise SenderFailed("the mail server is away", permanent=self.permanent)
        self.sent.append(message)


class Stuck(Sender):  # type: ignore[type-arg]
    """Takes a message and never comes back."""

    channel = "email"

    def __init__(self) -> None:
        self.has_begun = asyncio.Event()

    async def send(self, message: Message) -> None:
        self.held = message
        self.has_begun.set()
        await asyncio.Event().wait()


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template, outbox={"tries": 3, "backoff": "2s"}) as provider:
        yield provider


def replace_sender(idp: TestProvider, sender: Flaky | Stuck) -> None:
    senders = idp.provider.verbs.world.extensions.senders
    assert isinstance(senders, dict)
    senders["email"] = sender


async def ask_for_reset(idp: TestProvider) -> None:
    await idp.add_account(EMAIL, PASSWORD)
    async with idp.browser() as browser:
        assert (await browser.put("/user/forgot-password", json={"email": EMAIL})).status_code == 200


async def trail(idp: TestProvider) -> Sequence[AuditEntry]:
    return await idp.provider.store.read(lambda work: work.audit.page(limit=100))


async def test_a_refused_message_is_tried_again_under_the_same_id(idp: TestProvider) -> None:
    sender = Flaky(failures=1)
    replace_sender(idp, sender)
    await ask_for_reset(idp)

    await idp.deliver()
    assert sender.sent == []
    idp.clock.advance(timedelta(seconds=2))
    await idp.deliver()

    assert len(sender.sent) == 1


async def test_the_pause_between_tries_doubles(idp: TestProvider) -> None:
    sender = Flaky(failures=2)
    replace_sender(idp, sender)
    await ask_for_reset(idp)
    await idp.deliver()
    idp.clock.advance(timedelta(seconds=2))
    await idp.deliver()

    idp.clock.advance(timedelta(seconds=3))
    await idp.deliver()
    before = len(sender.sent)
    idp.clock.advance(timedelta(seconds=1))
    await idp.deliver()

    assert (before, len(sender.sent)) == (0, 1)


async def test_after_the_last_try_it_is_given_up_and_told_to_the_operator(idp: TestProvider) -> None:
    sender = Flaky(failures=99)
    replace_sender(idp, sender)
    await ask_for_reset(idp)

    for _ in range(5):
        await idp.deliver()
        idp.clock.advance(timedelta(minutes=5))

    assert sender.failures == 99 - 3
    failed = [entry.event for entry in await trail(idp) if entry.event.name is EventName.MESSAGE_FAILED]
    assert len(failed) == 1
    assert failed[0].detail == {"kind": "letter", "target": "email"}


async def test_what_can_never_arrive_is_given_up_at_once(idp: TestProvider) -> None:
    sender = Flaky(failures=99, permanent=True)
    replace_sender(idp, sender)
    await ask_for_reset(idp)

    await idp.deliver()

    assert sender.failures == 98
    assert await idp.provider.relay.next_due() is None


async def test_nothing_of_a_message_is_readable_in_the_database(idp: TestProvider, tmp_path: Path) -> None:
    """Codes and links lie sealed in the outbox, and are gone once they are sent."""
    sender = Flaky(failures=1)
    replace_sender(idp, sender)
    await ask_for_reset(idp)
    await idp.deliver()
    idp.clock.advance(timedelta(seconds=2))
    while_waiting = b"".join(path.read_bytes() for path in tmp_path.glob("idp.db*"))
    await idp.deliver()

    token = sender.sent[0].data["token"]
    assert token.encode() not in while_waiting
    assert await idp.provider.relay.next_due() is None


async def test_two_relays_carry_each_message_once(idp: TestProvider) -> None:
    sender = Flaky(failures=0)
    replace_sender(idp, sender)
    await ask_for_reset(idp)

    for _ in range(3):
        await asyncio.gather(*(idp.provider.relay.deliver_due() for _ in range(8)))

    assert len(sender.sent) == 1


async def test_a_relay_that_died_leaves_its_parcels_to_others_soon(idp: TestProvider) -> None:
    """The lease runs out: kill between commit and send delays a message by seconds, and loses none."""
    stuck = Stuck()
    replace_sender(idp, stuck)
    await ask_for_reset(idp)
    dying = asyncio.create_task(idp.deliver())
    await stuck.has_begun.wait()
    dying.cancel()

    sender = Flaky(failures=0)
    replace_sender(idp, sender)
    await idp.deliver()
    before = len(sender.sent)
    idp.clock.advance(timedelta(seconds=15))
    await idp.deliver()

    assert (before, len(sender.sent)) == (0, 1)


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_lease_outlasts_every_call_into_a_plugin(seconds: int) -> None:
    """A parcel that another relay takes while it is being carried is sent twice."""
    settings = Settings(issuer="http://localhost:3100", fence=Fence(timeout=timedelta(seconds=seconds)))

    assert retries(settings).lease > timedelta(seconds=seconds)
