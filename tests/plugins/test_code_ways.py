"""The plugins that say where a code goes."""

import pytest

from idp.plugins.email_code import EmailCode
from idp.plugins.single_use_code import SingleUseCode
from idp.plugins.sms_code import SmsCode
from idp.sdk import PluginSettings
from idp.testing.conformance import CodeChannelConformance, CodeSignInConformance
from idp.testing.context import account_view, plugin_context


class TestEmailCode(CodeChannelConformance):
    @pytest.fixture
    def plugin(self) -> EmailCode:
        return EmailCode(PluginSettings(), plugin_context("email_code"))

    def test_it_writes_to_a_proved_address_only(self, plugin: EmailCode) -> None:
        assert plugin.address(account_view()) == "jane@example.com"
        assert plugin.address(account_view(email_proved=False)) is None


class TestSmsCode(CodeChannelConformance):
    @pytest.fixture
    def plugin(self) -> SmsCode:
        return SmsCode(PluginSettings(), plugin_context("sms_code"))

    def test_the_code_itself_proves_a_number(self, plugin: SmsCode) -> None:
        assert plugin.address(account_view(phone_proved=False)) == "+14155550123"

    @pytest.mark.parametrize("number", [None, ""])
    def test_without_a_number_there_is_no_way(self, plugin: SmsCode, number: str | None) -> None:
        assert plugin.address(account_view(phone_number=number)) is None

    def test_it_says_how_the_code_travelled(self) -> None:
        """RFC 8176 §2."""
        assert SmsCode.amr == ("otp", "sms")


class TestSingleUseCode(CodeSignInConformance):
    @pytest.fixture
    def plugin(self) -> SingleUseCode:
        return SingleUseCode(PluginSettings(), plugin_context("single_use_code"))

    def test_the_code_itself_proves_an_address(self, plugin: SingleUseCode) -> None:
        assert plugin.address(account_view(email_proved=False)) == "jane@example.com"

    def test_it_goes_by_the_contracts_name_too(self) -> None:
        assert SingleUseCode.feature_alias == "enableSingleUseCode"
