"""Every call into a plugin passes here: a time-out, a breaker, a check of the answer.

Whatever is not declared becomes PluginFailed, which denies what was asked (threat rows 127-129). The log names the
plugin, the call, the type of the error and where it was raised; never its text, which may hold a code or a secret.
"""

import asyncio
import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

from idp.core.errors import Overloaded, PluginFailed, StorageUnavailable
from idp.ports.ambient import Clock
from idp.registry.answers import Nonsense
from idp.registry.breaker import Breaker
from idp.registry.lane import Lane
from idp.registry.loaded import LoadedPlugin
from idp.registry.outcome import Answered, Raised
from idp.registry.watchdog import InFlight
from idp.sdk import Log

R = TypeVar("R")

OUR_OWN_FAULTS: tuple[type[BaseException], ...] = (Overloaded, StorageUnavailable)
"""Raised by the services that we lend to plugins: not the plugin's failure, and told as what it is."""

LONGEST_INSTANT_SECONDS = 1.0
"""A call that cannot be interrupted (`address`) and takes longer opens the breaker at once."""

FRAMES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FenceRules:
    """What the operator decided: patience with a call, and when a plugin is not asked for a while."""

    time_out_seconds: float = 5.0
    failures: int = 5
    pause: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fences:
    """Makes the fence of each plugin."""

    clock: Clock
    log: Log
    in_flight: InFlight
    rules: FenceRules = field(default_factory=FenceRules)

    def around(self, one: LoadedPlugin) -> "Fence":
        return Fence(
            one.lane,
            breaker=Breaker(self.clock, limit=self.rules.failures, pause=self.rules.pause),
            log=self.log,
            in_flight=self.in_flight,
            time_out_seconds=type(one.plugin).time_out_seconds or self.rules.time_out_seconds,
        )


class Fence:
    """Around one plugin, whichever and however many extension points it implements."""

    def __init__(self, lane: Lane, *, breaker: Breaker, log: Log, in_flight: InFlight, time_out_seconds: float) -> None:
        self.plugin = lane.plugin
        self._lane = lane
        self._breaker = breaker
        self._log = log
        self._in_flight = in_flight
        self._time_out_seconds = time_out_seconds

    async def ask(
        self,
        name: str,
        call: Callable[[], Awaitable[object]],
        check: Callable[[object], R],
        passes: tuple[type[BaseException], ...] = (),
    ) -> R:
        """The checked answer of `call`, made in the plugin's lane. Raises PluginFailed, or what `passes` declares."""
        self._admit(name)
        try:
            with self._in_flight.asking(self.plugin):
                async with asyncio.timeout(self._time_out_seconds):
                    outcome = await self._lane.run(call)
        except TimeoutError:
            blocked = await self._lane.is_blocked()
            raise self._failure(name, "blocks its thread" if blocked else "did not answer in time") from None
        except asyncio.CancelledError:
            self._breaker.abandoned()
            raise
        return self._judge(name, outcome, check, (*OUR_OWN_FAULTS, *passes))

    def ask_now(self, name: str, call: Callable[[], object], check: Callable[[object], R]) -> R:
        """The checked answer of a plain function, called where we are: nothing can interrupt it."""
        self._admit(name)
        began = time.monotonic()
        with self._in_flight.asking(self.plugin):
            outcome: Answered[object] | Raised
            try:
                outcome = Answered(call())
            except KeyboardInterrupt:
                self._breaker.abandoned()
                raise
            except BaseException as error:
                outcome = Raised(error)
        if time.monotonic() - began > LONGEST_INSTANT_SECONDS:
            raise self._failure(name, "held the server up", at_once=True)
        return self._judge(name, outcome, check, ())

    def _admit(self, name: str) -> None:
        if not self._breaker.admits():
            raise PluginFailed(self.plugin, f"{name} was not asked: it failed too often")

    def _judge(
        self,
        name: str,
        outcome: Answered[object] | Raised,
        check: Callable[[object], R],
        passes: tuple[type[BaseException], ...],
    ) -> R:
        if isinstance(outcome, Raised):
            if not isinstance(outcome.error, passes):
                raise self._failure(name, "raised", outcome.error) from None
            self._answered()
            raise outcome.error from None
        try:
            checked = check(outcome.value)
        except Nonsense as nonsense:
            raise self._failure(name, f"answered nonsense of type {nonsense}") from None
        self._answered()
        return checked

    def _answered(self) -> None:
        if self._breaker.answered():
            self._log.info("plugin.resumed", plugin=self.plugin)

    def _failure(
        self, name: str, reason: str, error: BaseException | None = None, *, at_once: bool = False
    ) -> PluginFailed:
        fields = {"error": _type_of(error), "frames": _frames_of(error)} if error else {}
        self._log.error("plugin.failed", plugin=self.plugin, call=name, reason=reason, **fields)
        if self._breaker.failed(at_once=at_once):
            self._log.error("plugin.paused", plugin=self.plugin, seconds=self._breaker.pause.total_seconds())
        return PluginFailed(self.plugin, f"{name} {reason}")


def _type_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}"


def _frames_of(error: BaseException) -> list[str]:
    """Where it was raised, innermost last; no line of source, no local variable."""
    walked = [
        (frame.f_globals.get("__name__", "?"), frame, line) for frame, line in traceback.walk_tb(error.__traceback__)
    ]
    return [
        f"{module}.{frame.f_code.co_name}:{line}"
        for module, frame, line in walked
        if not str(module).startswith("idp.registry.")
    ][-FRAMES:]
