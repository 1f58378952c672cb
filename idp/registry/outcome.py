"""What came of running code that is not ours: an answer, or whatever it raised."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Answered(Generic[R]):
    value: R


@dataclass(frozen=True, slots=True)
class Raised:
    """Any exception, SystemExit included: a stranger's wish to exit is no wish of ours."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Silent:
    """It did not come back in time. Its thread is a daemon, so that it cannot hold up our exit."""

    seconds: float


def run_apart(function: Callable[[], R], *, seconds: float, name: str) -> Answered[R] | Raised | Silent:
    """Runs `function` in a thread of its own and waits for it no longer than `seconds`."""
    outcomes: list[Answered[R] | Raised] = []

    def run() -> None:
        try:
            outcomes.append(Answered(function()))
        except BaseException as error:
            outcomes.append(Raised(error))

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    thread.join(seconds)
    return outcomes[0] if outcomes else Silent(seconds)
