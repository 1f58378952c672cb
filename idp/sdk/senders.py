"""Carrying messages to people."""

from abc import abstractmethod

from idp.core.message import Message
from idp.sdk.plugin import Plugin, S

__all__ = ["Message", "Sender", "SenderFailed"]


class SenderFailed(Exception):
    """The message was not accepted and will be tried again. The text is logged: no address, code or link in it.

    `permanent`: trying again is of no use (no such recipient).
    """

    def __init__(self, reason: str = "", *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent


class Sender(Plugin[S]):
    """Carries messages of one channel. Exactly one enabled plugin serves a channel.

    A plugin that serves several, or those that its settings name, overrides `channels` (our `file` and `console` do).
    """

    channel: str = ""

    @property
    def channels(self) -> tuple[str, ...]:
        """All channels this one serves."""
        return (self.channel,)

    @abstractmethod
    async def send(self, message: Message) -> None:
        """Raises SenderFailed and nothing else. May be called again with the same `message.id`."""
