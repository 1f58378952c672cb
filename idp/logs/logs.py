"""The log of one process."""

import atexit
import logging
import sys
from types import TracebackType
from typing import Any, Self, TextIO

from idp.logs.lines import maker_of
from idp.logs.writer import LONGEST_QUEUE, PATIENCE_SECONDS, Writer
from idp.ports.ambient import Clock

LEVELS = logging.getLevelNamesMapping()


class Logs:
    """Open as a context; what was logged before its end is written then, if anybody reads it within two seconds."""

    def __init__(
        self,
        *,
        level: str,
        style: str,
        clock: Clock,
        stream: TextIO | None = None,
        longest_queue: int = LONGEST_QUEUE,
    ) -> None:
        self.least = LEVELS[level.upper()]
        self._clock = clock
        self._stream = stream if stream is not None else sys.stderr
        self._line = maker_of(style, self._stream)
        self._longest_queue = longest_queue
        self._writer: Writer | None = None

    def __enter__(self) -> Self:
        self._writer = Writer(self._stream, self._dropped, longest=self._longest_queue)
        atexit.register(self.close)
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def named(self, subject: str) -> "SubjectLog":
        """The log of one part; several may share a name."""
        return SubjectLog(self, subject)

    def flush(self, seconds: float = PATIENCE_SECONDS) -> None:
        """For ends that unwind nothing."""
        if self._writer is not None:
            self._writer.flush(seconds)

    def close(self) -> None:
        atexit.unregister(self.close)
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def write(self, level: str, subject: str, event: str, fields: dict[str, Any]) -> None:
        """Never waits and never raises for what it is given. Outside of the context it does nothing."""
        writer = self._writer
        if writer is None:
            return
        if writer.is_full:
            writer.drop()
            return
        now = self._clock.now()
        try:
            line = self._line(now, level, subject, event, fields)
        except Exception as error:  # a value whose own methods raise
            line = self._line(now, "error", subject, "log.unwritable", {"line": event, "error": error})
        writer.put(line)

    def _dropped(self, count: int) -> bytes:
        return self._line(self._clock.now(), "warning", "logs", "log.dropped", {"lines": count})


class SubjectLog:
    """An `idp.sdk.Log`: a short event name, and fields by keyword."""

    __slots__ = ("_least", "_logs", "_subject")

    def __init__(self, logs: Logs, subject: str) -> None:
        self._logs, self._subject, self._least = logs, subject, logs.least

    def debug(self, event: str, **fields: Any) -> None:
        if self._least <= logging.DEBUG:
            self._logs.write("debug", self._subject, event, fields)

    def info(self, event: str, **fields: Any) -> None:
        if self._least <= logging.INFO:
            self._logs.write("info", self._subject, event, fields)

    def warning(self, event: str, **fields: Any) -> None:
        if self._least <= logging.WARNING:
            self._logs.write("warning", self._subject, event, fields)

    def error(self, event: str, **fields: Any) -> None:
        self._logs.write("error", self._subject, event, fields)
