"""A log that a test reads."""

import io
import json
from collections.abc import Callable
from typing import Any, TextIO

import pytest

from idp.logs import Logs
from idp.testing.clock import MovableClock


class Paper(io.StringIO):
    """What was written, after the log was closed too."""

    def close(self) -> None:
        return

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.getvalue().splitlines()]


@pytest.fixture
def paper() -> Paper:
    return Paper()


@pytest.fixture
def written(paper: Paper) -> Callable[..., dict[str, Any]]:
    """Logs one event and returns its line."""

    def write(event: str = "happened", **fields: object) -> dict[str, Any]:
        with logs_on(paper) as logs:
            logs.named("test").info(event, **fields)
        return paper.lines[-1]

    return write


def logs_on(paper: TextIO, *, level: str = "info", style: str = "json", longest_queue: int = 100) -> Logs:
    return Logs(level=level, style=style, clock=MovableClock(), stream=paper, longest_queue=longest_queue)
