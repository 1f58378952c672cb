"""What others would print: the standard library's logging, warnings, and exceptions that nobody caught.

While a server runs all of it goes into the log, by the log's own rules: a stranger's text may quote what somebody sent.
"""

import logging
import re
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

from idp.logs.faults import fields_of
from idp.logs.logs import Logs

LONGEST_MESSAGE = 200
_PLAIN_WORDS = re.compile(r"[A-Za-z][A-Za-z ,']*")


class Bridge(logging.Handler):
    """Takes the records of other people's loggers, warnings and worse."""

    def __init__(self, logs: Logs) -> None:
        super().__init__(logging.WARNING)
        self._logs = logs

    def emit(self, record: logging.LogRecord) -> None:
        error = record.exc_info[1] if record.exc_info else None
        fields: dict[str, object] = {"message": message_of(record), **(fields_of(error) if error else {})}
        level = "error" if record.levelno >= logging.ERROR else "warning"
        if record.levelno >= self._logs.least:
            self._logs.write(level, record.name, "logged", fields)


def message_of(record: logging.LogRecord) -> str:
    """The first line of what the author wrote down; values only where all of them are numbers.

    asyncio puts objects, and with them exceptions' texts, into the message itself: its first words are all we take.
    """
    message = str(record.msg)
    if record.name == "asyncio":
        words = _PLAIN_WORDS.match(message)
        return words[0].strip() if words else ""
    if isinstance(record.args, tuple) and record.args and all(isinstance(one, int | float) for one in record.args):
        message = record.getMessage()
    return message.partition("\n")[0][:LONGEST_MESSAGE]


@contextmanager
def adopted(logs: Logs) -> Iterator[None]:
    """Nothing in this process prints past the log while this is open."""
    root, uvicorn = logging.getLogger(), logging.getLogger("uvicorn.error")
    before = root.handlers[:], root.level, uvicorn.level
    hooks = warnings.showwarning, threading.excepthook, sys.unraisablehook, sys.excepthook
    speaker = _Speaker(logs)
    root.handlers[:] = [Bridge(logs)]
    root.setLevel(logging.WARNING)
    uvicorn.setLevel(logging.WARNING)  # with no level of its own uvicorn traces every connection
    warnings.showwarning = speaker.warned  # type: ignore[assignment]  # the rest of its arguments is never used
    threading.excepthook = speaker.thread_failed
    sys.unraisablehook = speaker.unraisable
    sys.excepthook = speaker.uncaught
    try:
        yield
    finally:
        root.handlers[:], level, of_uvicorn = before
        root.setLevel(level)
        uvicorn.setLevel(of_uvicorn)
        warnings.showwarning, threading.excepthook, sys.unraisablehook, sys.excepthook = hooks


class _Speaker:
    """Stands in for the hooks of the interpreter."""

    def __init__(self, logs: Logs) -> None:
        self._log = logs.named("python")

    def warned(self, message: Warning | str, category: type[Warning], filename: str, lineno: int, *_: object) -> None:
        text = str(message).partition("\n")[0][:LONGEST_MESSAGE]
        self._log.warning("warned", message=text, category=category.__name__, at=f"{filename}:{lineno}")

    def thread_failed(self, args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            name = args.thread.name if args.thread else ""
            self._log.error("thread.failed", thread=name, **fields_of(args.exc_value))

    def unraisable(self, args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            self._log.error("unraisable", **fields_of(args.exc_value))

    def uncaught(self, _kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        self._log.error("uncaught", **fields_of(error.with_traceback(trace)))
