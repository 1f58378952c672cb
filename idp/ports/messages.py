"""From what is to be said to what is carried."""

from typing import Protocol

from idp.core.ids import MessageId
from idp.core.message import Letter, Message


class Renderer(Protocol):
    def render(self, letter: Letter, message_id: MessageId) -> Message:
        """Chooses the language (the account's, else the first configured one) and fills the template in."""
        ...
