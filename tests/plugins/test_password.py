"""The password plugin."""

import pytest

from idp.plugins.password import Password
from idp.sdk import AccountView, PluginSettings
from idp.testing.conformance import FirstFactorConformance
from idp.testing.context import plugin_context
from idp.testing.memory import MemoryPasswords


class TestPassword(FirstFactorConformance):
    @pytest.fixture
    def secret(self) -> str:
        return "correct horse battery"

    @pytest.fixture
    def plugin(self, account: AccountView, secret: str) -> Password:
        passwords = MemoryPasswords()
        passwords.of[account.id] = secret
        return Password(PluginSettings(), plugin_context("password", passwords=passwords))


def test_it_waits_as_long_as_the_hashing_queue_may_take() -> None:
    """A storm of logins must not look like a broken plugin."""
    assert (Password.time_out_seconds or 0) >= 30
