"""`address` is asked where we are: nothing can interrupt it, so it is watched the closer."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

import time
from typing import Any

import pytest

from idp.core.errors import PluginFailed
from idp.registry import fence
from idp.sdk import AccountView, CodeChannel, CodeSignIn, PluginSettings
from idp.testing.context import account_view
from tests.plugins.bad import SECRET, Fenced, fenced

JANE = account_view()


class Says(CodeChannel[PluginSettings]):
    """Says the address that it was told to say."""

    sdk_version = 1
    method = channel = "push"
    said: object = "jane"

    def address(self, account: AccountView) -> Any:
        if isinstance(self.said, BaseException):
            raise self.said
        return self.said


class SaysToSignIn(CodeSignIn[PluginSettings]):
    """Says an address for a way in."""

    sdk_version = 1
    channel = "push"

    def address(self, account: AccountView) -> str | None:
        return "jane"


def saying(said: object) -> type[Says]:
    return type("Saying", (Says,), {"said": said})


def address_of(bad: Fenced) -> str | None:
    assert isinstance(bad.factor, CodeChannel)
    return bad.factor.address(JANE)


@pytest.mark.parametrize("said", ["jane@example.com", "+14155550123", None])
async def test_an_address_or_none_passes(said: str | None) -> None:
    async with fenced(saying(said)) as bad:
        assert address_of(bad) == said
        assert await bad.factor.is_ready(JANE) is (said is not None)
        assert await bad.factor.verify(JANE, SECRET) is False


async def test_a_code_sign_in_is_fenced_as_well() -> None:
    async with fenced(SaysToSignIn) as bad:
        way_in = bad.extensions.code_sign_ins["bad"]

        assert (way_in.address(JANE), way_in.channel, way_in.amr) == ("jane", "push", ("otp",))


@pytest.mark.parametrize(
    "said",
    ["", 5, b"jane", ["jane"], "jane@example.com\r\nBcc: all@example.com", "jane\x1b[2J", "\u202ejane", "j" * 321],
)
async def test_what_is_no_address_is_nonsense(said: object) -> None:
    """Threat row 107: nothing that could start a header of its own."""
    async with fenced(saying(said)) as bad:
        with pytest.raises(PluginFailed, match="nonsense"):
            address_of(bad)


@pytest.mark.parametrize("error", [ValueError(SECRET), SystemExit(1), GeneratorExit()])
async def test_whatever_it_raises_denies(error: BaseException) -> None:
    async with fenced(saying(error)) as bad:
        with pytest.raises(PluginFailed):
            address_of(bad)

    assert SECRET not in bad.log.written()


async def test_the_operators_interrupt_passes() -> None:
    async with fenced(saying(KeyboardInterrupt())) as bad:
        with pytest.raises(KeyboardInterrupt):
            address_of(bad)


async def test_one_that_held_the_server_up_is_not_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fence, "LONGEST_INSTANT_SECONDS", 0.02)

    class Slow(Says):
        """Looks something up, which it must not."""

        def address(self, account: AccountView) -> str | None:
            time.sleep(0.03)
            return "jane"

    async with fenced(Slow) as bad:
        with pytest.raises(PluginFailed, match="held the server up"):
            address_of(bad)
        with pytest.raises(PluginFailed, match="was not asked"):
            address_of(bad)
        assert bad.in_flight.look() == ("bad",)

    assert bad.log.events() == ["plugin.failed", "plugin.paused"]
