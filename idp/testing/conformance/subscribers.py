"""What every event subscriber must do."""

from collections.abc import Callable
from typing import Any

import pytest

from idp.core.events import EventName
from idp.core.ids import AccountId, MessageId
from idp.sdk import Event, EventSubscriber
from idp.testing.clock import MovableClock
from idp.testing.conformance.plugin import PluginConformance, missing


class EventSubscriberConformance(PluginConformance):
    """Override `plugin` and `effects`."""

    @pytest.fixture
    def effects(self) -> Callable[[], int]:
        """How often the plugin has done what it does."""
        missing("effects", "a function that counts what came of the events")

    @pytest.fixture
    def event(self) -> Event:
        """An event that the plugin acts upon."""
        return Event(name=EventName.LOGIN_OK, account_id=AccountId("5b1c2f7e-6a53-4c0e-9f5b-2f4f6d1f0a01"))

    async def test_it_acts_once_however_often_it_is_told(
        self, running: EventSubscriber[Any], event: Event, effects: Callable[[], int], clock: MovableClock
    ) -> None:
        """Delivery is at least once."""
        before = effects()

        for _ in range(3):
            await running.notice(event, at=clock.now(), delivery=MessageId("1"))

        assert effects() == before + 1

    async def test_two_deliveries_are_two_events(
        self, running: EventSubscriber[Any], event: Event, effects: Callable[[], int], clock: MovableClock
    ) -> None:
        before = effects()

        await running.notice(event, at=clock.now(), delivery=MessageId("1"))
        await running.notice(event, at=clock.now(), delivery=MessageId("2"))

        assert effects() == before + 2

    async def test_it_is_told_of_kinds_that_it_does_not_know(
        self, running: EventSubscriber[Any], clock: MovableClock
    ) -> None:
        for number, name in enumerate(EventName):
            await running.notice(Event(name=name), at=clock.now(), delivery=MessageId(str(number)))
