"""Reading what was sent: from the file sender's folder, or out of a sender that keeps all in memory."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

from idp.core.ids import MessageId
from idp.sdk import Message, PluginSettings, Sender


class Inbox:
    """The folder that the built-in `file` sender drops messages into."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def messages(self, to: str | None = None) -> list[Message]:
        """Oldest first; those to one address, or all."""
        return [message for message in self._read() if to in (None, message.to)]

    def latest(self, to: str) -> Message:
        """The newest to this address. Raises LookupError when there is none."""
        found = self.messages(to)
        if not found:
            raise LookupError(f"no message to {to}")
        return found[-1]

    async def wait_for(self, to: str, *, count: int = 1, seconds: float = 5.0) -> Message:
        """The `count`-th message to this address, once it is there. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while len(found := self.messages(to)) < count:  # noqa: ASYNC110 - the writer may be another process
                await asyncio.sleep(0.01)
        return found[count - 1]

    def _read(self) -> Iterator[Message]:
        for path in sorted(self.folder.glob("*.json")):
            content = json.loads(path.read_text(encoding="utf-8"))
            content.pop("at")
            yield Message(**{**content, "id": MessageId(content["id"])})


class MemorySettings(PluginSettings):
    channels: tuple[str, ...] = ("email", "sms")
    """The channels that it serves."""


class MemorySender(Sender[MemorySettings]):
    """Keeps messages for a test to read; no entry point leads here."""

    sdk_version = 1

    async def start(self) -> None:
        self.messages: list[Message] = []

    @property
    def channels(self) -> tuple[str, ...]:
        return self.settings.channels

    async def send(self, message: Message) -> None:
        self.messages.append(message)
