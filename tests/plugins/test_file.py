"""Messages in a folder."""

import asyncio
import json
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from idp.core.ids import MessageId
from idp.plugins.file import FileSender, FileSettings
from idp.sdk import SenderFailed
from idp.testing.conformance import SenderConformance
from idp.testing.context import message, plugin_context
from idp.testing.inbox import Inbox


def sender(folder: Path) -> FileSender:
    return FileSender(FileSettings(directory=folder), plugin_context("file"))


class TestFileSender(SenderConformance):
    @pytest.fixture
    def plugin(self, tmp_path: Path) -> FileSender:
        return sender(tmp_path / "out")

    @pytest.fixture
    def broken(self, tmp_path: Path) -> FileSender:
        class Robbed(FileSender):
            """Whose folder is gone once it runs."""

            async def start(self) -> None:
                await super().start()
                self.folder.rmdir()

        return Robbed(FileSettings(directory=tmp_path / "gone"), plugin_context("file"))

    @pytest.fixture
    def delivered(self, tmp_path: Path) -> Callable[[], Sequence[str]]:
        return lambda: [sent.text for sent in Inbox(tmp_path / "out").messages()]


@pytest.fixture
async def running(tmp_path: Path) -> FileSender:
    plugin = sender(tmp_path / "out")
    await plugin.start()
    return plugin


async def test_one_file_a_message_with_all_that_was_said(running: FileSender) -> None:
    await running.send(message(html="<p>483920</p>"))

    (path,) = running.folder.iterdir()
    content = json.loads(path.read_text())
    assert set(content) == {"id", "at", "channel", "to", "subject", "text", "html", "data"}
    assert content["channel"] == "email"
    assert content["to"] == "jane@example.com"
    assert content["html"] == "<p>483920</p>"
    assert content["data"] == {"code": "483920"}


async def test_names_sort_in_the_order_of_sending(running: FileSender) -> None:
    for number in range(12):
        await running.send(message(id=MessageId(f"{99 - number}"), text=str(number)))

    paths = sorted(running.folder.iterdir())

    assert [json.loads(path.read_text())["text"] for path in paths] == [str(number) for number in range(12)]


async def test_nobody_else_can_read_them(running: FileSender) -> None:
    await running.send(message())
    (path,) = running.folder.iterdir()

    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


async def test_a_folder_that_others_could_read_is_closed(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    await sender(tmp_path).start()

    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700


async def test_a_reader_never_sees_half_a_message(running: FileSender) -> None:
    """Written aside, synced, renamed."""
    seen: list[str] = []

    async def read() -> None:
        while len(seen) < 20:
            seen.extend(json.loads(path.read_text())["text"] for path in running.folder.glob("*.json"))
            await asyncio.sleep(0)

    reading = asyncio.create_task(read())
    for number in range(20):
        await running.send(message(id=MessageId(str(number)), text="x" * 50_000))
    await reading

    assert set(seen) == {"x" * 50_000}
    assert not list(running.folder.glob(".*"))


async def test_an_id_cannot_lead_out_of_the_folder(running: FileSender) -> None:
    await running.send(message(id=MessageId("../../etc/passwd")))

    (path,) = running.folder.iterdir()
    assert path.name.endswith("-______etc_passwd.json")


async def test_a_relative_folder_lies_in_the_data_folder(tmp_path: Path) -> None:
    settings = FileSettings(directory=Path("messages"))
    plugin = FileSender(settings, plugin_context("file", data={"folder": str(tmp_path)}))

    await plugin.start()

    assert (tmp_path / "messages").is_dir()


async def test_the_channels_may_be_chosen(tmp_path: Path) -> None:
    settings = FileSettings(directory=tmp_path, channels=("push",))

    assert FileSender(settings, plugin_context("file")).channels == ("push",)


async def test_the_inbox_waits_for_what_is_to_come(running: FileSender) -> None:
    inbox = Inbox(running.folder)
    with pytest.raises(LookupError):
        inbox.latest("jane@example.com")
    waiting = asyncio.create_task(inbox.wait_for("jane@example.com"))

    await running.send(message(to="john@example.com"))
    await running.send(message())

    assert await waiting == message()
    assert inbox.latest("john@example.com").to == "john@example.com"
    with pytest.raises(TimeoutError):
        await inbox.wait_for("jane@example.com", count=2, seconds=0.05)


async def test_a_full_disk_is_sender_failed(running: FileSender, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(SenderFailed, match="cannot write: OSError 28"):
        await running.send(message())
