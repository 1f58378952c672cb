"""Messages on the terminal."""

from collections.abc import Callable, Sequence

import pytest

from idp.plugins.console import ConsoleSender, ConsoleSettings
from idp.testing.context import message, plugin_context

Read = Callable[[], Sequence[str]]


@pytest.fixture
def console() -> ConsoleSender:
    return ConsoleSender(ConsoleSettings(), plugin_context("console"))


async def test_it_prints_to_standard_error(console: ConsoleSender, capsys: pytest.CaptureFixture[str]) -> None:
    await console.send(message())

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "--- email to jane@example.com\n"
        "483920 is your secure Example sign-in code\n"
        "Your sign-in code is:\n\n    483920\n\n---\n"
    )


async def test_it_prints_nothing_that_a_terminal_obeys(
    console: ConsoleSender, capsys: pytest.CaptureFixture[str]
) -> None:
    """Threat row 108."""
    await console.send(message(to="jane\x1b[2J@example.com", subject="\x07bell", text="a\x1b]0;title\x07\nb\r"))

    printed = capsys.readouterr().err
    assert "\x1b" not in printed
    assert "\x07" not in printed
    assert "\r" not in printed


def test_it_serves_mail_and_sms_unless_told_otherwise(console: ConsoleSender) -> None:
    assert console.channels == ("email", "sms")
