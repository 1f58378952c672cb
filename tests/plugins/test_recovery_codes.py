"""Recovery codes (NIST SP 800-63B §3.1.2)."""

import pytest

from idp.plugins.recovery_codes import RecoveryCodes, RecoveryCodesSettings
from idp.testing.conformance import LookUpSecretsConformance
from idp.testing.context import account_view, plugin_context

JANE = account_view()


class TestRecoveryCodes(LookUpSecretsConformance):
    @pytest.fixture
    def plugin(self) -> RecoveryCodes:
        return RecoveryCodes(RecoveryCodesSettings(), plugin_context("recovery_codes"))


@pytest.mark.parametrize("codes", [5, 20])
async def test_a_list_is_as_long_as_the_operator_wants(codes: int) -> None:
    plugin = RecoveryCodes(RecoveryCodesSettings(codes=codes), plugin_context("recovery_codes"))

    assert len(await plugin.issue(JANE)) == codes


async def test_what_is_kept_holds_no_code() -> None:
    context = plugin_context("recovery_codes")
    plugin = RecoveryCodes(RecoveryCodesSettings(), context)

    codes = await plugin.issue(JANE)

    kept = await context.credentials.get(JANE.id)
    assert kept is not None
    assert not [code for code in codes if code.encode() in kept.data]
