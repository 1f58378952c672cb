"""What everything that says where a code goes must do."""

import time
from typing import Any

import pytest

from idp.sdk import AccountView, CodeChannel, CodeSignIn
from idp.testing.conformance.plugin import PluginConformance
from idp.testing.context import account_view

LONGEST_SECONDS = 0.05


class _AddressConformance(PluginConformance):
    """Override `plugin`; `account` and `unreachable` where Jane's address and number do not decide."""

    @pytest.fixture
    def unreachable(self) -> AccountView | None:
        """An account that cannot use the plugin; None if every account can."""
        return account_view(email_proved=False, phone_number=None, phone_proved=False)

    def test_the_address_is_one_line(self, plugin: Any, account: AccountView) -> None:
        address = plugin.address(account)

        assert isinstance(address, str)
        assert address
        assert address.isprintable()

    def test_the_address_depends_on_nothing_but_the_account(self, plugin: Any, account: AccountView) -> None:
        assert plugin.address(account) == plugin.address(account)

    def test_the_address_is_told_at_once(self, plugin: Any, account: AccountView) -> None:
        """Nothing can interrupt this call: no look-up, no connection."""
        assert min(_seconds(plugin, account) for _ in range(3)) < LONGEST_SECONDS

    def test_an_account_that_cannot_be_reached_has_none(self, plugin: Any, unreachable: AccountView | None) -> None:
        if unreachable is not None:
            assert plugin.address(unreachable) is None


def _seconds(plugin: Any, account: AccountView) -> float:
    began = time.monotonic()
    plugin.address(account)
    return time.monotonic() - began


class CodeSignInConformance(_AddressConformance):
    """Override `plugin`."""

    @pytest.fixture
    def unreachable(self) -> AccountView | None:
        return None

    def test_it_is_a_code_sign_in(self, plugin: CodeSignIn[Any]) -> None:
        assert isinstance(plugin, CodeSignIn)


class CodeChannelConformance(_AddressConformance):
    """Override `plugin`."""

    def test_it_is_a_code_channel(self, plugin: CodeChannel[Any]) -> None:
        assert isinstance(plugin, CodeChannel)

    async def test_it_is_ready_where_it_has_an_address(
        self, running: CodeChannel[Any], account: AccountView, unreachable: AccountView | None
    ) -> None:
        assert await running.is_ready(account) is True
        if unreachable is not None:
            assert await running.is_ready(unreachable) is False

    async def test_it_leaves_the_codes_to_the_core(self, running: CodeChannel[Any], account: AccountView) -> None:
        """Making, counting and claiming codes is no channel's business, so none can forget a rule."""
        assert await running.verify(account, "000000") is False
