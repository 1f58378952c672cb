"""What every second factor must do that hands out a list of codes."""

import asyncio
import re
from typing import Any

import pytest

from idp.sdk import AccountView, LookUpSecrets
from idp.testing.conformance.factors import FreshCode, SecondFactorConformance

CODE = re.compile(r"[0-9]{8,10}")


class LookUpSecretsConformance(SecondFactorConformance):
    """Override `plugin`."""

    @pytest.fixture
    def fresh_code(self, running: LookUpSecrets[Any], account: AccountView) -> FreshCode:
        async def code() -> str:
            return (await running.issue(account))[0]

        return code

    async def test_a_list_is_of_codes_that_differ_and_that_callers_can_send(
        self, running: LookUpSecrets[Any], account: AccountView
    ) -> None:
        codes = await running.issue(account)

        assert len(set(codes)) == len(codes) == await running.left(account)
        assert all(CODE.fullmatch(code) for code in codes)

    async def test_each_passes_once_and_leaves_the_others(
        self, running: LookUpSecrets[Any], account: AccountView
    ) -> None:
        """Threat row 47."""
        first, second, *rest = await running.issue(account)

        assert [await running.verify(account, code) for code in (first, first, second)] == [True, False, True]
        assert await running.left(account) == len(rest)

    async def test_two_that_are_used_at_once_both_pass(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        first, second, *rest = await running.issue(account)

        verdicts = await asyncio.gather(*(running.verify(account, code) for code in (first, second)))

        assert verdicts == [True, True]
        assert await running.left(account) == len(rest)

    async def test_a_new_list_ends_the_old_one(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        old = await running.issue(account)
        new = await running.issue(account)

        assert not set(old) & set(new)
        assert [await running.verify(account, code) for code in (old[0], new[0])] == [False, True]

    async def test_a_list_that_is_used_up_is_none(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        for code in await running.issue(account):
            await running.verify(account, code)

        assert await running.is_ready(account) is False

    async def test_what_was_removed_is_gone(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        codes = await running.issue(account)

        await running.remove(account)
        await running.remove(account)

        assert await running.left(account) == 0
        assert await running.verify(account, codes[0]) is False
