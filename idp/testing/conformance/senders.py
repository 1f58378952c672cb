"""What every Sender must do."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from idp.sdk import Message, Sender, SenderFailed
from idp.testing.conformance.plugin import PluginConformance, missing
from idp.testing.context import message
from idp.testing.memory import MemoryLog


class SenderConformance(PluginConformance):
    """Override `plugin`, `broken` and `delivered`; `carried` where it is not to jane@example.com."""

    @pytest.fixture
    def broken(self) -> Sender[Any]:
        """A sender whose other end is not there."""
        missing("broken", "your sender with settings that lead nowhere, a closed port for example")

    @pytest.fixture
    def delivered(self) -> Callable[[], Sequence[str]]:
        """What has come out at the other end, as text."""
        missing("delivered", "a function that returns the texts that arrived")

    @pytest.fixture
    def carried(self, plugin: Sender[Any]) -> Message:
        """A message that the sender carries."""
        return message(channel=plugin.channels[0])

    async def test_it_carries_the_text(
        self, running: Sender[Any], carried: Message, delivered: Callable[[], Sequence[str]]
    ) -> None:
        assert await running.send(carried) is None  # type: ignore[func-returns-value]  # the point of it

        assert any(carried.data["code"] in text for text in delivered())

    async def test_it_carries_every_script(
        self, running: Sender[Any], carried: Message, delivered: Callable[[], Sequence[str]]
    ) -> None:
        await running.send(replace(carried, subject="Código", text="Su código es 483920. 你好"))

        assert any("Su código es 483920. 你好" in text for text in delivered())

    async def test_it_may_be_asked_again_for_the_same_message(self, running: Sender[Any], carried: Message) -> None:
        """At least once: a retry has the same id."""
        await running.send(carried)
        await running.send(carried)

    async def test_what_goes_wrong_is_sender_failed(self, broken: Sender[Any], carried: Message) -> None:
        await broken.start()

        with pytest.raises(SenderFailed) as failure:
            await broken.send(carried)

        await broken.stop()
        assert carried.to not in str(failure.value)
        assert carried.data["code"] not in str(failure.value)

    async def test_it_logs_neither_address_nor_code(self, running: Sender[Any], carried: Message) -> None:
        await running.send(carried)

        log = running.context.log
        written = log.written() if isinstance(log, MemoryLog) else ""
        assert carried.to not in written
        assert carried.data["code"] not in written
