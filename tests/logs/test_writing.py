"""Lines are written beside whoever logs: nobody waits for a reader."""

import os
import subprocess
import sys
import threading
import time

import pytest

from tests.logs.conftest import Paper, logs_on


class Slow(Paper):
    """Takes a line when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = threading.Event()

    def write(self, text: str) -> int:
        self.may_write.wait(5)
        return super().write(text)


@pytest.mark.alone
def test_nobody_waits_for_a_reader_and_what_is_lost_is_counted() -> None:
    slow = Slow()
    with logs_on(slow, longest_queue=10) as logs:
        began = time.monotonic()
        for number in range(100):
            logs.named("test").info("event", number=number)
        took = time.monotonic() - began
        slow.may_write.set()

    kept = [line for line in slow.lines if line["event"] == "event"]
    (dropped,) = [line for line in slow.lines if line["event"] == "log.dropped"]
    assert took < 1
    assert len(kept) + dropped["lines"] == 100
    assert dropped["level"] == "warning"


def test_what_was_logged_is_written_at_the_end_in_order(paper: Paper) -> None:
    with logs_on(paper, longest_queue=10_000) as logs:
        for number in range(2000):
            logs.named("test").info("event", number=number)

    assert [line["number"] for line in paper.lines] == list(range(2000))


def test_lines_of_several_threads_stay_whole(paper: Paper) -> None:
    def write(name: str) -> None:
        for number in range(200):
            log.info("event", name=name, number=number)

    with logs_on(paper, longest_queue=10_000) as logs:
        log = logs.named("test")
        threads = [threading.Thread(target=write, args=(str(number),)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(paper.lines) == 800


def test_a_reader_that_has_gone_harms_nobody() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stream, logs_on(stream) as logs:
        logs.named("test").info("event")


def test_after_the_end_nothing_is_written_and_nothing_raised(paper: Paper) -> None:
    logs = logs_on(paper)
    with logs:
        pass

    logs.named("test").info("event")

    assert paper.getvalue() == ""


def test_a_program_that_ends_by_an_error_has_written_its_last_lines() -> None:
    program = (
        "from idp.logs import Logs, adopted\n"
        "from idp.testing.clock import MovableClock\n"
        "with Logs(level='info', style='json', clock=MovableClock()) as logs, adopted(logs):\n"
        "    logs.named('test').info('last words')\n"
        "    raise SystemExit(3)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)

    assert done.returncode == 3
    assert '"last words"' in done.stderr


def test_a_line_is_made_within_microseconds() -> None:
    """A generous bound: what is measured is that nobody waits."""
    with open(os.devnull, "w") as stream, logs_on(stream, longest_queue=100_000) as logs:
        log = logs.named("web")
        began = time.thread_time()
        for _ in range(5000):
            log.info("request", request_id="0f4a4c6e", method="GET", route="/user", status=200, address="::1", ms=1.2)
        microseconds = (time.thread_time() - began) / 5000 * 1e6

    assert microseconds < 100
