"""One line an event: what is in it, and what never is."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

import pytest
from pydantic import SecretStr

from idp.core.errors import StorageUnavailable
from tests.logs.conftest import Paper, logs_on

Written = Callable[..., dict[str, Any]]


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Account:
    password: str = "hunter2"


class Talkative:
    def __repr__(self) -> str:
        return "password=hunter2"


class Broken(dict[str, object]):
    def items(self) -> Any:
        raise RuntimeError("hunter2")


def test_a_line_says_when_how_bad_what_and_who(written: Written) -> None:
    line = written("request", route="/user", status=200, ms=1.5, ok=True, nothing=None)

    assert line == {
        "ts": "2026-01-05T12:00:00.000Z",
        "level": "info",
        "event": "request",
        "subject": "test",
        "route": "/user",
        "status": 200,
        "ms": 1.5,
        "ok": True,
        "nothing": None,
    }


def test_what_is_less_urgent_than_wanted_is_left_out(paper: Paper) -> None:
    with logs_on(paper, level="warning") as logs:
        log = logs.named("test")
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")

    assert [line["event"] for line in paper.lines] == ["c", "d"]


@pytest.mark.parametrize(
    "name",
    [
        "password", "new_password", "passkey", "access_token", "token", "Authorization", "set-cookie", "cookies",
        "client_secret", "otp", "credentials", "body", "link",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", ["hunter2", 123456, ["hunter2"], {"a": "hunter2"}, b"hunter2"])
def test_values_of_telling_names_are_hidden(written: Written, name: str, value: object) -> None:
    """Threat rows 63, 133."""
    assert written(**{name: value})[name] == "[hidden]"


def test_they_are_hidden_in_depth_as_well(written: Written) -> None:
    line = written(request={"headers": {"cookie": "hunter2", "accept": "*/*"}}, all=[{"token": "hunter2"}])

    assert line["request"] == {"headers": {"cookie": "[hidden]", "accept": "*/*"}}
    assert line["all"] == [{"token": "[hidden]"}]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("account_locked", "account_locked"),
        (404, 404),
        ("483920", "[hidden]"),
        (483920, "[hidden]"),
        ("aB3_x", "[hidden]"),
    ],
)
def test_a_code_is_shown_when_it_is_one_of_ours_for_a_refusal(written: Written, value: object, shown: object) -> None:
    assert written(code=value)["code"] == shown


def test_whether_there_is_a_secret_may_be_told(written: Written) -> None:
    assert written(has_password=True, token=None) == {**written(), "has_password": True, "token": None}


@pytest.mark.parametrize("value", [Talkative(), Account(), SecretStr("hunter2"), b"hunter2", ValueError("hunter2")])
def test_no_object_tells_anything_in_its_own_words(written: Written, value: object) -> None:
    assert "hunter2" not in str(written(value=value))


def test_values_of_common_kinds_are_readable(written: Written) -> None:
    line = written(
        at=datetime(2026, 1, 5, tzinfo=UTC), took=timedelta(seconds=90), colour=Colour.RED, some=(1, "a"), large=1 << 70
    )

    assert line["at"] == "2026-01-05T00:00:00+00:00"
    assert (line["took"], line["colour"], line["some"], line["large"]) == (90.0, "red", [1, "a"], "[large]")


def test_an_exception_is_its_type_and_its_place_and_its_causes(written: Written) -> None:
    """A text may quote what somebody sent (threat row 133)."""
    try:
        try:
            raise ValueError("hunter2")
        except ValueError as cause:
            raise RuntimeError("hunter2") from cause
    except RuntimeError as error:
        line = written(exc_info=error)

    assert line["error"] == "RuntimeError from ValueError"
    assert (
        line["frames"][-1].startswith("tests.logs.test_lines.test_an_exception_is")
        or "test_lines" in line["frames"][-1]
    )
    assert "hunter2" not in str(line)


def test_an_error_of_our_own_tells_its_reason(written: Written) -> None:
    assert written(exc_info=StorageUnavailable("disk full"))["reason"] == "disk full"


def test_no_field_forges_what_a_line_is(written: Written) -> None:
    line = written(level_="x", subject="admin", ts="yesterday", level="error")

    assert (line["subject"], line["level"]) == ("test", "info")
    assert line["subject_"] == "admin"


@pytest.mark.parametrize(
    "dangerous",
    ["\n", "\r\n", "\x1b[2J", "\x00", "\x7f", "\x9b31m", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800"],
    ids=ascii,
)
@pytest.mark.parametrize("style", ["json", "text"])
def test_no_control_character_reaches_the_terminal(paper: Paper, style: str, dangerous: str) -> None:
    """Threat row 108, uvicorn CVE-2020-7694."""
    with logs_on(paper, style=style) as logs:
        logs.named("test").info(f"event{dangerous}", path=f"/a{dangerous}b", **{f"name{dangerous}": "x"})

    (line,) = paper.getvalue().splitlines()
    assert line.isascii()
    assert line.isprintable()


def test_a_long_text_is_cut(written: Written) -> None:
    assert len(written(text="a" * 100_000)["text"]) < 2000


def test_text_is_for_people(paper: Paper) -> None:
    with logs_on(paper, style="text") as logs:
        logs.named("web").warning("request", route="/user", agent="a b", status=200, token="x")

    assert paper.getvalue() == (
        '2026-01-05T12:00:00.000Z warning web       request route=/user agent="a b" status=200 token=[hidden]\n'
    )


class Terminal(Paper):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("no_colour", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals_that_want_them(
    monkeypatch: pytest.MonkeyPatch, no_colour: str, coloured: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", no_colour)
    monkeypatch.setenv("TERM", "xterm")
    terminal, pipe = Terminal(), io.StringIO()
    for stream in (terminal, pipe):
        with logs_on(stream, style="text") as logs:
            logs.named("web").info("request")

    assert ("\x1b[" in terminal.getvalue()) is coloured
    assert "\x1b[" not in pipe.getvalue()


def test_a_value_that_raises_spoils_its_own_line_only(paper: Paper) -> None:
    with logs_on(paper) as logs:
        logs.named("test").info("first", value=Broken(a=1))
        logs.named("test").info("second")

    assert [line["event"] for line in paper.lines] == ["log.unwritable", "second"]
