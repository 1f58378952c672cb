"""Starting and stopping: one plugin that will not must not be waited for, nor pulled along."""

import asyncio
import threading
import time

import pytest
from pydantic import SecretStr

from idp.registry.life import start_plugins, stop_plugins
from idp.registry.loaded import Loaded
from idp.registry.problems import PluginProblem, PluginsRefused
from idp.sdk import Message, Plugin, PluginSettings, Sender
from idp.testing.memory import MemoryLog
from tests.plugins.bad import BRIEF, loaded_as


class Quiet(Sender[PluginSettings]):
    """Notes what happens to it."""

    sdk_version = 1
    channel = "push"

    async def start(self) -> None:
        self.life = ["started"]
        self.thread = threading.current_thread().name

    async def send(self, message: Message) -> None: ...

    async def stop(self) -> None:
        self.life.append("stopped")


class SecretSettings(PluginSettings):
    token: SecretStr = SecretStr("s3cr3t-value")


class Refuses(Sender[SecretSettings]):
    """Cannot start."""

    channel = "push"

    async def start(self) -> None:
        raise ConnectionError(f"nobody answers to {self.settings.token.get_secret_value()}")

    async def send(self, message: Message) -> None: ...


class Hangs(Quiet):
    """Starts and stops for ever."""

    async def start(self) -> None:
        await asyncio.Event().wait()

    async def stop(self) -> None:
        await asyncio.Event().wait()


class Blocks(Quiet):
    """Starts with a call that blocks."""

    async def start(self) -> None:
        time.sleep(0.5)


class Exits(Quiet):
    """Exits at start and stop."""

    async def start(self) -> None:
        raise SystemExit(1)

    async def stop(self) -> None:
        raise SystemExit(1)


class StopsBadly(Quiet):
    """Starts, and hangs at the end."""

    async def stop(self) -> None:
        await asyncio.Event().wait()


def loaded(**plugins: type[Plugin[PluginSettings]] | type[Refuses]) -> Loaded:
    return Loaded(plugins=tuple(loaded_as(name, plugin) for name, plugin in plugins.items()))


async def refused(plugins: Loaded) -> tuple[PluginProblem, ...]:
    with pytest.raises(PluginsRefused) as refusal:
        await start_plugins(plugins, log=MemoryLog(), seconds=BRIEF)
    return refusal.value.problems


async def test_each_is_started_and_stopped_once_in_a_thread_of_its_own() -> None:
    plugins = loaded(one=Quiet, two=Quiet)

    await start_plugins(plugins, log=MemoryLog())
    await stop_plugins(plugins, log=MemoryLog())

    lives = [one.plugin for one in plugins.plugins]
    assert [plugin.life for plugin in lives if isinstance(plugin, Quiet)] == [["started", "stopped"]] * 2
    assert {plugin.thread for plugin in lives if isinstance(plugin, Quiet)} == {"idp-plugin-one", "idp-plugin-two"}
    assert not [thread for thread in threading.enumerate() if thread.name in ("idp-plugin-one", "idp-plugin-two")]


async def test_one_that_raises_is_refused_by_name_without_its_secrets() -> None:
    (problem,) = await refused(loaded(bad=Refuses))

    assert problem.key == "plugins.bad"
    assert problem.reason == "does not start: ConnectionError: nobody answers to ********** [idp-bad 1.0]"


@pytest.mark.alone
async def test_one_that_hangs_blocks_or_exits_is_refused_within_our_patience() -> None:
    began = time.monotonic()

    problems = await refused(loaded(hangs=Hangs, blocks=Blocks, exits=Exits))

    assert time.monotonic() - began < 3
    assert {problem.key: problem.reason.partition(" [")[0] for problem in problems} == {
        "plugins.hangs": "does not start: it does not end for more than 0.1 s",
        "plugins.blocks": "does not start: it blocks for more than 0.1 s",
        "plugins.exits": "does not start: SystemExit: 1",
    }


async def test_where_one_does_not_start_the_others_are_stopped_again() -> None:
    plugins = loaded(good=Quiet, bad=Exits)

    await refused(plugins)

    good = plugins.plugins[0].plugin
    assert isinstance(good, Quiet)
    assert good.life == ["started", "stopped"]


async def test_one_that_will_not_stop_is_logged_and_left() -> None:
    log = MemoryLog()
    plugins = loaded(good=Quiet, bad=StopsBadly, worse=Exits)

    await stop_plugins(plugins, log=log, seconds=BRIEF)

    told = {line.fields["plugin"]: (line.event, line.fields["reason"]) for line in log.lines}
    assert told["bad"] == ("plugin.stop_failed", "no end in time")
    assert told["worse"] == ("plugin.stop_failed", "SystemExit")
