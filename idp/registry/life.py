"""Starting and stopping the loaded plugins, each in its lane, none for longer than our patience."""

import asyncio
from collections.abc import Sequence

from idp.registry.loaded import Loaded, LoadedPlugin
from idp.registry.masking import told
from idp.registry.outcome import Raised
from idp.registry.problems import PluginProblem, PluginsRefused, key_of
from idp.sdk import Log

STARTING_SECONDS = 10.0
STOPPING_SECONDS = 5.0


async def start_plugins(loaded: Loaded, *, log: Log, seconds: float = STARTING_SECONDS) -> None:
    """Starts all at once. Raises PluginsRefused with every one that raised or hung; the others are stopped again."""
    answers = await asyncio.gather(*(_start(one, seconds) for one in loaded.plugins))
    problems = [answer for answer in answers if answer is not None]
    if problems:
        started = [one for one, answer in zip(loaded.plugins, answers, strict=True) if answer is None]
        await _stop_all(started, log, STOPPING_SECONDS)
        await asyncio.gather(*(one.lane.close() for one in loaded.plugins))
        raise PluginsRefused(problems)


async def stop_plugins(loaded: Loaded, *, log: Log, seconds: float = STOPPING_SECONDS) -> None:
    """Stops all at once and closes their lanes. What goes wrong is logged: there is nobody left to refuse."""
    await _stop_all(loaded.plugins, log, seconds)
    await asyncio.gather(*(one.lane.close() for one in loaded.plugins))


async def _start(one: LoadedPlugin, seconds: float) -> PluginProblem | None:
    whose = f"{one.installed.package} {one.installed.version}".rstrip()
    try:
        async with asyncio.timeout(seconds):
            outcome = await one.lane.run(one.plugin.start)
    except TimeoutError:
        blocked = "blocks" if await one.lane.is_blocked() else "does not end"
        reason = f"does not start: it {blocked} for more than {seconds:g} s [{whose}]"
        return PluginProblem(key=key_of(one.name), reason=reason, mend="mend or remove the package")
    if isinstance(outcome, Raised):
        reason = f"does not start: {told(outcome.error, one.plugin.settings)} [{whose}]"
        return PluginProblem(key=key_of(one.name), reason=reason, mend="mend its settings or what it depends on")
    return None


async def _stop_all(plugins: Sequence[LoadedPlugin], log: Log, seconds: float) -> None:
    await asyncio.gather(*(_stop(one, log, seconds) for one in plugins))


async def _stop(one: LoadedPlugin, log: Log, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            outcome = await one.lane.run(one.plugin.stop)
    except TimeoutError:
        log.warning("plugin.stop_failed", plugin=one.name, reason="no end in time")
        return
    if isinstance(outcome, Raised):
        log.warning("plugin.stop_failed", plugin=one.name, reason=type(outcome.error).__name__)
