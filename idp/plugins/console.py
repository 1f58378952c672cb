"""Messages on the terminal, for trying things out."""

import sys

from pydantic import Field

from idp.sdk import Message, PluginSettings, Sender


class ConsoleSettings(PluginSettings):
    channels: tuple[str, ...] = Field(default=("email", "sms"), min_length=1)
    """The channels that it serves."""


class ConsoleSender(Sender[ConsoleSettings]):
    """Prints messages to the standard error stream, codes and links included: not for production."""

    sdk_version = 1

    @property
    def channels(self) -> tuple[str, ...]:
        return self.settings.channels

    async def send(self, message: Message) -> None:
        lines = (f"--- {message.channel} to {message.to}", message.subject, message.text, "---")
        sys.stderr.write("\n".join(_harmless(line) for line in lines if line) + "\n")
        sys.stderr.flush()


def _harmless(text: str) -> str:
    """Without what a terminal would obey (uvicorn CVE-2020-7694, threat row 108)."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
