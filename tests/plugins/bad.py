"""Plugins that do what plugins must not, and the fence around them."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from idp.registry.discover import InstalledPlugin
from idp.registry.extensions import build_extensions
from idp.registry.fence import FenceRules, Fences
from idp.registry.home import at_home
from idp.registry.lane import Lane
from idp.registry.life import stop_plugins
from idp.registry.loaded import Loaded, LoadedPlugin
from idp.registry.points import points_of
from idp.registry.watchdog import InFlight
from idp.sdk import AccountView, Plugin, PluginSettings, SecondFactor, Sender
from idp.testing.clock import MovableClock
from idp.testing.context import plugin_context
from idp.testing.memory import MemoryLog
from idp.usecases.extensions import Extensions

SECRET = "483920"
BRIEF = 0.1


class Answers(SecondFactor[PluginSettings]):
    """Answers what it was told to answer."""

    sdk_version = 1
    method = "answers"
    amr = ("otp",)
    answer: Callable[[], object] = staticmethod(lambda: True)

    async def is_ready(self, account: AccountView) -> bool:
        return True

    async def verify(self, account: AccountView, code: str) -> Any:
        return self.answer()


class Hangs(Answers):
    """Waits for what never comes."""

    async def verify(self, account: AccountView, code: str) -> bool:
        await asyncio.Event().wait()
        return True


class Clings(Answers):
    """Does not let itself be cancelled."""

    async def verify(self, account: AccountView, code: str) -> bool:
        until = time.monotonic() + 1
        while time.monotonic() < until:
            try:
                await asyncio.sleep(1)
            except asyncio.CancelledError:
                continue
        return True


class Blocks(Answers):
    """Blocks its thread until the test lets it go."""

    def __init__(self, settings: PluginSettings, context: Any) -> None:
        super().__init__(settings, context)
        self.released = threading.Event()

    async def verify(self, account: AccountView, code: str) -> bool:
        self.released.wait(5)
        return True


@dataclass(frozen=True, slots=True)
class Fenced:
    """One plugin behind its fence."""

    plugin: Plugin[Any]
    extensions: Extensions
    log: MemoryLog
    clock: MovableClock
    in_flight: InFlight

    @property
    def factor(self) -> SecondFactor[Any]:
        return next(iter(self.extensions.second_factors.values()))

    @property
    def sender(self) -> Sender[Any]:
        return next(iter(self.extensions.senders.values()))


def loaded_as(name: str, plugin_class: type[Plugin[Any]], **settings: object) -> LoadedPlugin:
    """As `load_plugins` makes it, without a package."""
    lane = Lane(name)
    plugin = plugin_class(plugin_class.Settings.model_validate(settings), at_home(plugin_context(name), lane))
    return LoadedPlugin(
        installed=InstalledPlugin(name=name, package=f"idp-{name}", version="1.0", target="tests:Plugin"),
        plugin=plugin,
        lane=lane,
        points=points_of(plugin_class),
        channels=plugin.channels if isinstance(plugin, Sender) else (),
    )


@asynccontextmanager
async def fenced(plugin_class: type[Plugin[Any]], *, seconds: float = 5, name: str = "bad") -> AsyncIterator[Fenced]:
    one = loaded_as(name, plugin_class)
    log, clock, in_flight = MemoryLog(), MovableClock(), InFlight()
    rules = FenceRules(time_out_seconds=seconds)
    loaded = Loaded(plugins=(one,))
    extensions = build_extensions(loaded, Fences(clock=clock, log=log, in_flight=in_flight, rules=rules))
    try:
        yield Fenced(one.plugin, extensions, log, clock, in_flight)
    finally:
        if isinstance(one.plugin, Blocks):
            one.plugin.released.set()
        await stop_plugins(loaded, log=log)
