"""One thread writes, so that a slow reader of our standard error never holds a request up."""

import os
import select
import threading
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TextIO

LONGEST_QUEUE = 4096
BATCH = 4096
"""Bytes: what a pipe takes whole (PIPE_BUF), so that lines of several processes do not mix."""

GATHER_SECONDS = 0.05
"""How long the first line of a batch waits for others: to wake a thread costs more than to make a line."""

PATIENCE_SECONDS = 2.0


class Writer:
    """Lines in, in order. When `longest` wait, further ones are dropped and counted.

    `dropped_line` words the line that tells how many.
    """

    def __init__(self, stream: TextIO, dropped_line: Callable[[int], bytes], *, longest: int = LONGEST_QUEUE) -> None:
        self._queue: SimpleQueue[bytes | threading.Event] = SimpleQueue()
        self._longest = longest
        self._dropped = 0
        self._dropped_line = dropped_line
        self._write = _sink(stream)
        self._is_closed = False
        self._hurry = threading.Event()
        self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
        self._thread.start()

    @property
    def is_full(self) -> bool:
        return self._queue.qsize() >= self._longest

    def drop(self) -> None:
        self._dropped += 1  # two threads may count as one: a hint, not an account

    def put(self, line: bytes) -> None:
        self._queue.put(line)

    def flush(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Waits until all that was put is written; False when it was not in time."""
        written = threading.Event()
        self._queue.put(written)
        self._hurry.set()
        return written.wait(seconds)

    def close(self, seconds: float = PATIENCE_SECONDS) -> None:
        """Writes what waits, if the reader reads; lines put later are not written."""
        self._is_closed = True
        self.flush(seconds)

    def _run(self) -> None:
        while not (self._is_closed and self._queue.empty()):
            first = self._queue.get()
            self._hurry.wait(GATHER_SECONDS)
            self._hurry.clear()
            self._take(first)

    def _take(self, first: bytes | threading.Event) -> None:
        lines: list[bytes] = []
        size, written = 0, list[threading.Event]()
        taken: bytes | threading.Event | None = first
        while taken is not None:
            if isinstance(taken, bytes):
                if lines and size + len(taken) > BATCH:
                    self._out(lines)
                    lines, size = [], 0
                lines.append(taken)
                size += len(taken)
            else:
                written.append(taken)
            taken = self._next()
        dropped, self._dropped = self._dropped, 0
        self._out([*lines, self._dropped_line(dropped)] if dropped else lines)
        for event in written:
            event.set()

    def _next(self) -> bytes | threading.Event | None:
        try:
            return self._queue.get_nowait()
        except Empty:
            return None

    def _out(self, lines: list[bytes]) -> None:
        try:
            self._write(b"".join(lines))
        except (OSError, ValueError):  # nobody reads any more: there is no place left to say so
            self._dropped += len(lines)


def _sink(stream: TextIO) -> Callable[[bytes], None]:
    try:
        descriptor = stream.fileno()
    except (OSError, ValueError, AttributeError):

        def write_text(data: bytes) -> None:
            stream.write(data.decode())

        return write_text
    return lambda data: _write_all(descriptor, data)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        try:
            data = data[os.write(descriptor, data) :]
        except BlockingIOError:  # somebody made the terminal non-blocking
            if not select.select([], [descriptor], [], PATIENCE_SECONDS)[1]:
                raise
