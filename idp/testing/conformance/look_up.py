"""What every second factor must do that hands out a list of codes."""

import asyncio
import re
from typing import Any

import pytest

from idp.sdk import AccountView, LookUpSecrets, SecondFactor
from idp.testing.conformance.factors import FreshCode, SecondFactorConformance

CODE = re.compile(r"[0-9]{8,10}")


class LookUpSecretsConformance(SecondFactorConformance):
    """Override `plugin`."""

    @pytest.fixture
    def fresh_code(self, running: LookUpSecrets[Any], account: AccountView) -> FreshCode:
        async def code() -> str:
            return (await running.issue(account))[0]

        return code

    async def passes(self, running: SecondFactor[Any], account: AccountView, code: str) -> bool:
        assert isinstance(running, LookUpSecrets)
        rest = await running.without(account, code)
        return rest is not None and await running.context.credentials.swap(account.id, rest.data, rest.version)

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

        assert [await self.passes(running, account, code) for code in (first, first, second)] == [True, False, True]
        assert await running.left(account) == len(rest)

    async def test_of_two_that_are_used_at_once_none_is_lost(
        self, running: LookUpSecrets[Any], account: AccountView
    ) -> None:
        first, second, *rest = await running.issue(account)

        verdicts = await asyncio.gather(*(self.passes(running, account, code) for code in (first, second)))

        assert any(verdicts)
        again = [await self.passes(running, account, code) for code in (first, second)]
        assert again == [not verdict for verdict in verdicts]
        assert await running.left(account) == len(rest)

    async def test_to_look_a_code_up_uses_none_up(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        """Threat row 46: what a code buys may not come about."""
        codes = await running.issue(account)

        assert await running.without(account, codes[0]) is not None

        assert await running.left(account) == len(codes)
        assert await self.passes(running, account, codes[0]) is True

    async def test_a_new_list_ends_the_old_one(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        old = await running.issue(account)
        new = await running.issue(account)

        assert not set(old) & set(new)
        assert [await self.passes(running, account, code) for code in (old[0], new[0])] == [False, True]

    async def test_a_list_that_is_used_up_is_none(self, running: LookUpSecrets[Any], account: AccountView) -> None:
        for code in await running.issue(account):
            await self.passes(running, account, code)

        assert await running.is_ready(account) is False

    async def test_it_lies_where_the_core_can_delete_it(
        self, running: LookUpSecrets[Any], account: AccountView
    ) -> None:
        codes = await running.issue(account)

        await running.context.credentials.remove(account.id)

        assert await running.left(account) == 0
        assert await self.passes(running, account, codes[0]) is False
