"""Something happened."""

from abc import abstractmethod
from datetime import datetime

from idp.core.events import Event
from idp.core.ids import MessageId
from idp.sdk.plugin import Plugin, S

__all__ = ["Event", "EventSubscriber"]


class EventSubscriber(Plugin[S]):
    """Told of every event after its commit, at least once: be idempotent by `delivery`."""

    @abstractmethod
    async def notice(self, event: Event, *, at: datetime, delivery: MessageId) -> None:
        """Raise to be told again later."""
