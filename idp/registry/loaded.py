"""Plugins that were made: what the config enabled, in the order of its tables."""

from dataclasses import dataclass
from typing import Any

from idp.registry.discover import InstalledPlugin
from idp.registry.lane import Lane
from idp.sdk import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadedPlugin:
    """A plugin that was made, with the lane it lives in. `channels` are those it serves as a Sender."""

    installed: InstalledPlugin
    plugin: Plugin[Any]
    lane: Lane
    points: tuple[str, ...]
    channels: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.installed.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """What the served contracts need of the plugins together, and offer to them. The defaults need nothing."""

    needed_channels: frozenset[str] = frozenset()
    asks_for_codes: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    plugins: tuple[LoadedPlugin, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(plugin.name for plugin in self.plugins)
