"""Messages in a folder, one JSON file each, for development and tests."""

import asyncio
import itertools
import json
import os
import re
from pathlib import Path

from pydantic import Field

from idp.sdk import Message, PluginSettings, Sender, SenderFailed

FOLDER_MODE, FILE_MODE = 0o700, 0o600


class FileSettings(PluginSettings):
    directory: Path
    """The folder that messages are dropped in, made if it is not there; relative to the data folder."""

    channels: tuple[str, ...] = Field(default=("email", "sms"), min_length=1)
    """The channels that it serves."""


class FileSender(Sender[FileSettings]):
    """Drops every message as a JSON file into a folder: not for production.

    A file appears whole or not at all; names sort in the order of sending.
    """

    sdk_version = 1

    @property
    def channels(self) -> tuple[str, ...]:
        return self.settings.channels

    @property
    def folder(self) -> Path:
        return Path(self.context.data.get("folder", "")) / self.settings.directory

    async def start(self) -> None:
        self._numbers = itertools.count(1)
        await asyncio.to_thread(_make_private, self.folder)

    async def send(self, message: Message) -> None:
        now = self.context.clock.now()
        content = {
            "id": message.id,
            "at": now.isoformat(),
            "channel": message.channel,
            "to": message.to,
            "subject": message.subject,
            "text": message.text,
            "html": message.html,
            "data": dict(message.data),
        }
        identity = re.sub(r"[^A-Za-z0-9-]", "_", message.id)
        name = f"{now:%Y%m%dT%H%M%S.%f}Z-{next(self._numbers):06}-{identity}.json"
        try:
            await asyncio.to_thread(_write, self.folder, name, json.dumps(content, ensure_ascii=False, indent=2))
        except OSError as error:
            raise SenderFailed(f"cannot write: {type(error).__name__} {error.errno}") from None


def _make_private(folder: Path) -> None:
    folder.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    folder.chmod(FOLDER_MODE)


def _write(folder: Path, name: str, content: str) -> None:
    part = folder / f".{name}.part"
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    part.rename(folder / name)
    parent = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(parent)
    finally:
        os.close(parent)
