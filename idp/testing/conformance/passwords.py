"""What every password rule must do."""

from typing import Any

import pytest

from idp.registry.answers import OBJECTION
from idp.sdk import AccountView, PasswordRule
from idp.testing.conformance.plugin import PluginConformance, missing


class PasswordRuleConformance(PluginConformance):
    """Override `plugin`, `good` and `bad`."""

    @pytest.fixture
    def good(self) -> str:
        """A password that the rule accepts for `account`."""
        missing("good", "a password that your rule accepts")

    @pytest.fixture
    def bad(self) -> str:
        """A password that the rule objects to."""
        missing("bad", "a password that your rule objects to")

    async def test_a_good_password_meets_no_objection(
        self, running: PasswordRule[Any], account: AccountView, good: str
    ) -> None:
        assert list(await running.objections(good, account)) == []

    async def test_objections_are_short_names_and_never_the_password(
        self, running: PasswordRule[Any], account: AccountView, bad: str
    ) -> None:
        objections = await running.objections(bad, account)

        assert isinstance(objections, list | tuple)
        assert objections
        for objection in objections:
            assert OBJECTION.fullmatch(objection)
            assert bad not in objection

    async def test_it_judges_before_there_is_an_account(self, running: PasswordRule[Any], good: str, bad: str) -> None:
        assert list(await running.objections(good, None)) == []
        assert list(await running.objections(bad, None))

    async def test_it_judges_whatever_people_type(self, running: PasswordRule[Any], account: AccountView) -> None:
        for odd in ("", " ", "🂡" * 128, "\x00", "a" * 1024):
            assert isinstance(await running.objections(odd, account), list | tuple)
