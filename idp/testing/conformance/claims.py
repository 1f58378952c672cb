"""What every claims source must do."""

from typing import Any

import pytest

from idp.registry.answers import claims as judged
from idp.sdk import AccountView, ClaimsSource
from idp.testing.conformance.plugin import PluginConformance
from idp.testing.context import account_view


class ClaimsSourceConformance(PluginConformance):
    """Override `plugin`, and `scope` where a scope opens the claims."""

    @pytest.fixture
    def scope(self) -> frozenset[str]:
        """The scope that opens the plugin's claims."""
        return frozenset({"openid"})

    @pytest.fixture
    def someone(self) -> AccountView:
        return account_view()

    async def test_it_adds_claims_that_the_core_accepts(
        self, running: ClaimsSource[Any], someone: AccountView, scope: frozenset[str]
    ) -> None:
        answer = await running.claims(someone, scope=scope, client_id="app")

        assert judged(answer)

    async def test_it_says_the_same_again(
        self, running: ClaimsSource[Any], someone: AccountView, scope: frozenset[str]
    ) -> None:
        """An ID token and userinfo must agree (OIDC Core §5.3.2)."""
        first = await running.claims(someone, scope=scope, client_id="app")

        assert await running.claims(someone, scope=scope, client_id="app") == first
