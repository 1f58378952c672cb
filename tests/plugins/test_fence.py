"""Whatever a plugin does, it denies no more than what it guards, and the log names it (threat rows 127 to 130)."""

# ruff: noqa: ARG002 - these plugins look at nothing they are given

import asyncio
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from idp.core.errors import BadCredentials, Overloaded, PluginFailed, StorageUnavailable
from idp.sdk import AccountView, FirstFactor, Message, PluginSettings, Sender, SenderFailed
from idp.testing.context import account_view, message
from tests.plugins.bad import BRIEF, SECRET, Answers, Blocks, Clings, Hangs, fenced

JANE = account_view()


def answering(answer: Callable[[], object]) -> type[Answers]:
    return type("Answering", (Answers,), {"answer": staticmethod(answer), "__doc__": "Answers."})


def raising(error: BaseException) -> type[Answers]:
    def answer() -> object:
        raise error

    return answering(answer)


async def test_true_passes_and_false_does_not() -> None:
    async with fenced(answering(lambda: True)) as bad:
        assert await bad.factor.verify(JANE, SECRET) is True
    async with fenced(answering(lambda: False)) as bad:
        assert await bad.factor.verify(JANE, SECRET) is False


async def nobody_awaits() -> bool:
    return True


@pytest.mark.parametrize("nonsense", [None, 1, 0, "yes", "", [True], {"ok": True}, object(), NotImplemented])
async def test_what_only_looks_like_true_is_nonsense(nonsense: object) -> None:
    """authentik CVE-2024-47070: a policy that failed was counted as passed."""
    async with fenced(answering(lambda: nonsense)) as bad:
        with pytest.raises(PluginFailed) as failure:
            await bad.factor.verify(JANE, SECRET)

    assert failure.value.plugin == "bad"
    assert failure.value.reason.startswith("verify answered nonsense")
    assert bad.log.lines[0].fields["plugin"] == "bad"


async def test_a_forgotten_await_is_nonsense_and_leaves_no_warning() -> None:
    async with fenced(answering(nobody_awaits)) as bad:
        with pytest.raises(PluginFailed, match="nonsense of type coroutine"):
            await bad.factor.verify(JANE, SECRET)


async def test_a_method_that_is_no_coroutine_is_refused() -> None:
    class Plain(Answers):
        """Forgot the async."""

        def verify(self, account: AccountView, code: str) -> Any:
            return True

    async with fenced(Plain) as bad:
        with pytest.raises(PluginFailed, match="verify raised"):
            await bad.factor.verify(JANE, SECRET)


@pytest.mark.parametrize(
    "error",
    [
        ValueError(SECRET),
        RuntimeError(SECRET),
        SenderFailed(SECRET),
        BadCredentials(3),
        TimeoutError(SECRET),
        StopAsyncIteration(),
        asyncio.CancelledError(),
        SystemExit(1),
        KeyboardInterrupt(),
        BaseExceptionGroup("all", [SystemExit(1)]),
    ],
)
async def test_whatever_a_factor_raises_denies(error: BaseException) -> None:
    async with fenced(raising(error)) as bad:
        with pytest.raises(PluginFailed) as failure:
            await bad.factor.verify(JANE, SECRET)
        assert failure.value.__cause__ is None
        assert await bad.factor.is_ready(JANE) is True, "its lane lives on"

    (line,) = bad.log.lines
    assert (line.event, line.fields["plugin"], line.fields["call"]) == ("plugin.failed", "bad", "verify")
    assert line.fields["error"].endswith(type(error).__qualname__)


async def test_the_log_tells_where_and_never_what() -> None:
    """The text of an error may hold a code or a secret (threat row 133)."""
    async with fenced(raising(ValueError(f"cannot read {SECRET}"))) as bad:
        with pytest.raises(PluginFailed) as failure:
            await bad.factor.verify(JANE, SECRET)

    assert SECRET not in bad.log.written()
    assert SECRET not in str(failure.value)
    assert bad.log.lines[0].fields["frames"][-1].startswith("tests.plugins.test_fence.answer:")


async def test_a_plugin_that_hangs_is_left_after_its_time() -> None:
    async with fenced(Hangs, seconds=BRIEF) as bad:
        with pytest.raises(PluginFailed, match="did not answer in time"):
            await bad.factor.verify(JANE, SECRET)

    assert bad.log.lines[0].fields["reason"] == "did not answer in time"


async def test_a_plugin_that_clings_to_life_is_left_behind() -> None:
    """A coroutine that swallows its cancellation would hold up whoever waits for its consent."""
    loop = asyncio.get_running_loop()
    async with fenced(Clings, seconds=BRIEF) as bad:
        began = loop.time()
        with pytest.raises(PluginFailed):
            await bad.factor.verify(JANE, SECRET)
        assert loop.time() - began < 0.95


async def test_a_plugin_that_blocks_stops_nobody_else() -> None:
    """Threat row 128: while it blocks its own thread, every other way in goes on."""
    loop = asyncio.get_running_loop()
    async with fenced(Blocks, seconds=0.8) as bad, fenced(Answers, name="good") as good:
        blocked = asyncio.create_task(bad.factor.verify(JANE, SECRET))
        await asyncio.sleep(0.05)

        began = loop.time()
        for _ in range(20):
            assert await good.factor.verify(JANE, SECRET) is True
        assert loop.time() - began < 0.7

        with pytest.raises(PluginFailed, match="blocks its thread"):
            await blocked
        assert bad.log.lines[0].fields == {"plugin": "bad", "call": "verify", "reason": "blocks its thread"}


async def test_a_plugin_that_blocked_is_asked_again_once_it_is_free() -> None:
    async with fenced(Blocks, seconds=BRIEF) as bad:
        with pytest.raises(PluginFailed):
            await bad.factor.verify(JANE, SECRET)
        assert isinstance(bad.plugin, Blocks)
        bad.plugin.released.set()

        assert await bad.factor.verify(JANE, SECRET) is True


async def test_a_caller_who_leaves_is_let_go_and_takes_the_call_along() -> None:
    cancelled = threading.Event()

    class Waits(Answers):
        """Waits, and tells when it is cancelled."""

        async def verify(self, account: AccountView, code: str) -> bool:
            try:
                await asyncio.sleep(5)
            except asyncio.CancelledError:
                cancelled.set()
                raise
            return True

    async with fenced(Waits) as bad:
        call = asyncio.create_task(bad.factor.verify(JANE, SECRET))
        await asyncio.sleep(0.05)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert await asyncio.to_thread(cancelled.wait, 1)

    assert bad.log.lines == []


async def test_after_five_failures_it_is_not_asked_for_thirty_seconds() -> None:
    calls: list[int] = []

    def answer() -> object:
        calls.append(1)
        raise ValueError

    async with fenced(answering(answer)) as bad:
        for _ in range(7):
            with pytest.raises(PluginFailed):
                await bad.factor.verify(JANE, SECRET)
        assert len(calls) == 5
        assert bad.log.events() == ["plugin.failed"] * 5 + ["plugin.paused"]

        bad.clock.advance(timedelta(seconds=29))
        with pytest.raises(PluginFailed, match="was not asked"):
            await bad.factor.verify(JANE, SECRET)
        bad.clock.advance(timedelta(seconds=1))
        with pytest.raises(PluginFailed, match="verify raised"):
            await bad.factor.verify(JANE, SECRET)
        with pytest.raises(PluginFailed, match="was not asked"):
            await bad.factor.verify(JANE, SECRET)


async def test_a_probe_whose_caller_left_is_made_by_the_next() -> None:
    """Else a plugin would stay shut for as long as the server runs."""

    class Recovers(Answers):
        """Does what it is told."""

        now = "raises"

        async def verify(self, account: AccountView, code: str) -> bool:
            if self.now == "raises":
                raise ValueError
            await asyncio.sleep(5 if self.now == "takes its time" else 0)
            return True

    async with fenced(Recovers) as bad:
        assert isinstance(bad.plugin, Recovers)
        for _ in range(5):
            with pytest.raises(PluginFailed):
                await bad.factor.verify(JANE, SECRET)
        bad.clock.advance(timedelta(seconds=30))
        bad.plugin.now = "takes its time"
        probe = asyncio.create_task(bad.factor.verify(JANE, SECRET))
        await asyncio.sleep(0.05)
        probe.cancel()
        await asyncio.wait({probe})
        bad.plugin.now = "answers"

        assert await bad.factor.verify(JANE, SECRET) is True


async def test_one_good_answer_ends_the_pause() -> None:
    good = threading.Event()

    def answer() -> object:
        if not good.is_set():
            raise ValueError
        return True

    async with fenced(answering(answer)) as bad:
        for _ in range(5):
            with pytest.raises(PluginFailed):
                await bad.factor.verify(JANE, SECRET)
        good.set()
        bad.clock.advance(timedelta(seconds=30))

        assert [await bad.factor.verify(JANE, SECRET) for _ in range(3)] == [True] * 3
        assert bad.log.events()[-1] == "plugin.resumed"


class Accepting(FirstFactor[PluginSettings]):
    """Raises what it was given."""

    sdk_version = 1
    amr = ("pwd",)
    error: BaseException = Overloaded(7)

    async def prove(self, account: AccountView | None, secret: str) -> bool:
        raise self.error


@pytest.mark.parametrize("error", [Overloaded(7), StorageUnavailable("disk full"), BadCredentials(3)])
async def test_what_our_own_services_refuse_passes_through_a_first_factor(error: Exception) -> None:
    async with fenced(type("Passing", (Accepting,), {"error": error})) as bad:
        for _ in range(9):
            with pytest.raises(type(error)):
                await bad.extensions.first_factors["bad"].prove(None, SECRET)

    assert bad.log.lines == []


class Failing(Sender[PluginSettings]):
    """Raises what it was given."""

    sdk_version = 1
    channel = "push"
    error: BaseException = SenderFailed("HTTP 500")

    async def send(self, message: Message) -> None:
        raise self.error


async def test_sender_failed_passes_and_does_not_count() -> None:
    """One recipient whom a server refuses must not keep everybody's mail back."""
    async with fenced(Failing) as bad:
        for _ in range(9):
            with pytest.raises(SenderFailed, match="HTTP 500"):
                await bad.sender.send(message())

    assert bad.log.lines == []


async def test_anything_else_that_a_sender_raises_does_not_pass() -> None:
    async with fenced(type("Odd", (Failing,), {"error": OSError(SECRET)})) as bad:
        with pytest.raises(PluginFailed):
            await bad.sender.send(message())


async def test_a_sender_that_forgot_an_await_has_not_sent() -> None:
    class Forgetful(Failing):
        """Returns what it should have awaited."""

        async def send(self, message: Message) -> Any:
            return asyncio.sleep(0)

    async with fenced(Forgetful) as bad:
        with pytest.raises(PluginFailed, match="nonsense"):
            await bad.sender.send(message())


async def test_background_work_that_exits_ends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    class Spawns(Answers):
        """Starts a task that wishes to exit."""

        async def verify(self, account: AccountView, code: str) -> bool:
            self.task = asyncio.create_task(self.leave())
            await asyncio.sleep(0)
            return True

        async def leave(self) -> None:
            sys.exit(3)

    async with fenced(Spawns) as bad:
        assert await bad.factor.verify(JANE, SECRET) is True
        assert await bad.factor.is_ready(JANE) is True
        assert isinstance(bad.plugin, Spawns)
        assert isinstance(bad.plugin.task.exception(), SystemExit)
