"""What other people's code would print goes into the log, by the log's rules."""

import asyncio
import gc
import logging
import sys
import threading
import warnings
from collections.abc import Iterator

import pytest

from idp.logs import adopted
from tests.logs.conftest import Paper, logs_on


@pytest.fixture(autouse=True)
def at_home(paper: Paper) -> Iterator[None]:
    with logs_on(paper) as logs, adopted(logs):
        yield


def lines(paper: Paper) -> list[dict[str, object]]:
    """Once the writer has written."""
    for _ in range(500):
        if paper.getvalue().endswith("\n"):
            break
        threading.Event().wait(0.01)
    return paper.lines


def test_a_strangers_logger_is_heard_without_its_values(paper: Paper) -> None:
    logging.getLogger("aiosmtplib").warning("could not send to %s", "jane@example.com")

    (line,) = lines(paper)

    assert line["subject"] == "aiosmtplib"
    assert line["message"] == "could not send to %s"


def test_numbers_in_its_message_are_shown(paper: Paper) -> None:
    logging.getLogger("uvicorn.error").error("Cancel %s running task(s)", 3)

    assert lines(paper)[0]["message"] == "Cancel 3 running task(s)"


def test_its_chatter_is_left_out(paper: Paper) -> None:
    logging.getLogger("httpx").info("HTTP Request: GET /secret")
    logging.getLogger("uvicorn.error").info("Started server process")
    logging.getLogger("test").warning("end")

    assert [line["message"] for line in lines(paper)] == ["end"]


def test_its_exception_is_type_and_place(paper: Paper) -> None:
    try:
        raise ValueError("hunter2")
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application\n")

    (line,) = lines(paper)

    assert (line["message"], line["error"]) == ("Exception in ASGI application", "ValueError")
    assert "hunter2" not in paper.getvalue()


def test_an_exception_that_nobody_asked_for_is_told_without_its_text(paper: Paper) -> None:
    """asyncio writes the task, and with it the exception's text, into its message."""

    async def fail() -> None:
        raise ValueError("hunter2")

    async def forget() -> None:
        task = asyncio.ensure_future(fail())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        del task
        gc.collect()

    asyncio.run(forget())

    (line,) = lines(paper)
    assert line["subject"] == "asyncio"
    assert line["message"] == "Task exception was never retrieved"
    assert line["error"] == "ValueError"
    assert "hunter2" not in paper.getvalue()


@pytest.mark.filterwarnings("always")
def test_a_warning_is_a_line(paper: Paper) -> None:
    warnings.showwarning("old\nhunter2", DeprecationWarning, "file.py", 7)

    (line,) = lines(paper)

    assert (line["event"], line["category"], line["message"]) == ("warned", "DeprecationWarning", "old")


def test_a_thread_that_fails_is_told_without_its_text(paper: Paper) -> None:
    def fail() -> None:
        raise ValueError("hunter2")

    thread = threading.Thread(target=fail, name="worker")
    threading.excepthook(threading.ExceptHookArgs((ValueError, ValueError("hunter2"), None, thread)))

    (line,) = lines(paper)
    assert (line["event"], line["thread"], line["error"]) == ("thread.failed", "worker", "ValueError")
    assert "hunter2" not in paper.getvalue()


def test_what_nobody_caught_is_told_without_its_text(paper: Paper) -> None:
    sys.excepthook(ValueError, ValueError("hunter2"), None)

    assert [line["event"] for line in lines(paper)] == ["uncaught"]
    assert "hunter2" not in paper.getvalue()


def test_afterwards_everything_is_as_before() -> None:
    before = logging.getLogger().handlers[:], warnings.showwarning, threading.excepthook, sys.excepthook
    with logs_on(Paper()) as logs, adopted(logs):
        pass

    assert before == (logging.getLogger().handlers, warnings.showwarning, threading.excepthook, sys.excepthook)
