"""What every second factor must do that people set up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from idp.sdk import AccountView, Enrollable, Enrolment
from idp.testing.clock import MovableClock
from idp.testing.conformance.factors import FreshCode, SecondFactorConformance
from idp.testing.conformance.plugin import missing

NEXT = timedelta(minutes=2)
WRONG = "999999x"

CodeOf = Callable[[Enrolment], str]


class EnrollableConformance(SecondFactorConformance):
    """Override `plugin` (made with the fixture `clock`) and `code_of`."""

    @pytest.fixture
    def code_of(self) -> CodeOf:
        """The code that the person's device shows now."""
        missing("code_of", "a function from an Enrolment to the code that is right now")

    @pytest.fixture
    def fresh_code(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf, clock: MovableClock
    ) -> FreshCode:
        async def code() -> str:
            enrolment = await self._set_up(running, account, code_of)
            clock.advance(NEXT)
            return code_of(enrolment)

        return code

    async def _set_up(self, plugin: Enrollable[Any], account: AccountView, code_of: CodeOf) -> Enrolment:
        enrolment = await plugin.enrol(account)
        assert await plugin.confirm(account, code_of(enrolment)) is True
        return enrolment

    async def test_it_counts_only_once_it_was_proved(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf
    ) -> None:
        """Threat row 57."""
        enrolment = await running.enrol(account)

        assert await running.is_ready(account) is False
        assert await running.verify(account, code_of(enrolment)) is False
        assert await running.confirm(account, WRONG) is False
        assert await running.is_ready(account) is False
        assert await running.confirm(account, code_of(enrolment)) is True
        assert await running.is_ready(account) is True

    async def test_the_proof_is_spent(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf, clock: MovableClock
    ) -> None:
        enrolment = await self._set_up(running, account, code_of)

        assert await running.verify(account, code_of(enrolment)) is False
        clock.advance(NEXT)
        assert await running.verify(account, code_of(enrolment)) is True

    async def test_nothing_is_proved_that_was_not_begun(self, running: Enrollable[Any], account: AccountView) -> None:
        assert await running.confirm(account, "000000") is False
        assert await running.is_ready(account) is False

    async def test_a_new_beginning_leaves_the_proved_one_in_force(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf, clock: MovableClock
    ) -> None:
        proved = await self._set_up(running, account, code_of)
        begun = await running.enrol(account)
        clock.advance(NEXT)

        assert len({begun.secret, proved.secret}) == 2
        assert await running.verify(account, code_of(proved)) is True
        assert await running.verify(account, code_of(begun)) is False

    async def test_once_proved_the_new_one_replaces_the_old(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf, clock: MovableClock
    ) -> None:
        old = await self._set_up(running, account, code_of)
        new = await self._set_up(running, account, code_of)
        clock.advance(NEXT)

        assert await running.verify(account, code_of(old)) is False
        assert await running.verify(account, code_of(new)) is True

    async def test_what_was_removed_is_gone(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf, clock: MovableClock
    ) -> None:
        enrolment = await self._set_up(running, account, code_of)
        clock.advance(NEXT)

        await running.remove(account)
        await running.remove(account)

        assert await running.is_ready(account) is False
        assert await running.verify(account, code_of(enrolment)) is False
        assert await running.confirm(account, code_of(enrolment)) is False

    async def test_an_operator_who_vouches_is_believed_at_once(
        self, running: Enrollable[Any], account: AccountView, code_of: CodeOf
    ) -> None:
        enrolment = await running.enrol_proved(account)

        if enrolment is not None:
            assert await running.is_ready(account) is True
            assert await running.verify(account, code_of(enrolment)) is True
