"""What every first factor must do."""

from dataclasses import replace
from typing import Any

import pytest

from idp.sdk import AccountView, FirstFactor
from idp.testing.conformance.factors import STRANGER
from idp.testing.conformance.plugin import PluginConformance, missing


class FirstFactorConformance(PluginConformance):
    """Override `plugin` and `secret`."""

    @pytest.fixture
    def secret(self) -> str:
        """What proves the account."""
        missing("secret", "the secret that is right for `account`")

    async def test_the_right_secret_proves_the_account(
        self, running: FirstFactor[Any], account: AccountView, secret: str
    ) -> None:
        assert await running.prove(account, secret) is True

    async def test_a_wrong_secret_proves_nothing(
        self, running: FirstFactor[Any], account: AccountView, secret: str
    ) -> None:
        for wrong in ("", f"{secret} ", secret.upper() + "x", "\x00", "🂡" * 200):
            assert await running.prove(account, wrong) is False

    async def test_a_name_that_nobody_has_is_not_proved(self, running: FirstFactor[Any], secret: str) -> None:
        assert await running.prove(None, secret) is False

    async def test_a_secret_is_nobody_elses(self, running: FirstFactor[Any], account: AccountView, secret: str) -> None:
        stranger = replace(account, id=STRANGER, email="stranger@example.com")

        assert await running.prove(stranger, secret) is False
