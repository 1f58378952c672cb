"""What every second factor must do that looks at codes itself."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from idp.core.ids import AccountId
from idp.sdk import AccountView, SecondFactor
from idp.testing.conformance.plugin import PluginConformance, missing

FreshCode = Callable[[], Awaitable[str]]
STRANGER = AccountId("c1a6e0a4-1f5b-4c58-8a43-0d8f7f3f0b99")


class SecondFactorConformance(PluginConformance):
    """Override `plugin` and `fresh_code`."""

    @pytest.fixture
    def fresh_code(self) -> FreshCode:
        """Makes the account ready if it is not, and gives a code that is right now and was never used."""
        missing("fresh_code", "an async function that returns a code which is right now")

    @pytest.fixture
    def stranger(self, account: AccountView) -> AccountView:
        """An account that never set the factor up."""
        return replace(account, id=STRANGER, email="stranger@example.com")

    async def passes(self, running: SecondFactor[Any], account: AccountView, code: str) -> bool:
        """Uses a code, as the core does."""
        return await running.verify(account, code)

    async def test_it_is_not_ready_for_who_never_set_it_up(
        self, running: SecondFactor[Any], stranger: AccountView
    ) -> None:
        assert await running.is_ready(stranger) is False
        assert await self.passes(running, stranger, "000000") is False

    async def test_a_right_code_passes(
        self, running: SecondFactor[Any], account: AccountView, fresh_code: FreshCode
    ) -> None:
        code = await fresh_code()

        assert await running.is_ready(account) is True
        assert await self.passes(running, account, code) is True

    async def test_a_code_passes_once(
        self, running: SecondFactor[Any], account: AccountView, fresh_code: FreshCode
    ) -> None:
        """RFC 6238 §5.2, threat row 47."""
        code = await fresh_code()
        await self.passes(running, account, code)

        assert await self.passes(running, account, code) is False

    async def test_a_code_passes_once_however_many_race(
        self, running: SecondFactor[Any], account: AccountView, fresh_code: FreshCode
    ) -> None:
        """Threat row 48."""
        code = await fresh_code()

        verdicts = await asyncio.gather(*(self.passes(running, account, code) for _ in range(20)))

        assert verdicts.count(True) == 1

    async def test_a_code_is_nobody_elses(
        self, running: SecondFactor[Any], stranger: AccountView, fresh_code: FreshCode
    ) -> None:
        """Threat row 61."""
        assert await self.passes(running, stranger, await fresh_code()) is False

    async def test_what_is_no_code_is_refused_and_spends_none(
        self, running: SecondFactor[Any], account: AccountView, fresh_code: FreshCode
    ) -> None:
        """Blanks and foreign digits must not dodge a check (Vault CVE-2025-6015, threat row 49)."""
        code = await fresh_code()
        foreign = code.translate({ord("0") + digit: 0x0660 + digit for digit in range(10)})

        for wrong in ("", " ", "0" * 10_000, "\x00", "🂡" * 6, f" {code}", f"{code} ", f"{code}\n", foreign):
            if wrong != code:
                assert await self.passes(running, account, wrong) is False
        assert await self.passes(running, account, code) is True
