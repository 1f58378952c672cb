"""What every grant type must do."""

from collections.abc import Mapping
from typing import Any

import pytest

from idp.sdk import TokenGrant
from idp.testing.conformance.plugin import PluginConformance, missing


class TokenGrantConformance(PluginConformance):
    """Override `plugin` and `right`."""

    @pytest.fixture
    def right(self) -> Mapping[str, str]:
        """Parameters that the grant accepts."""
        missing("right", "the form's parameters for which a token is due")

    async def test_it_accepts_what_is_right(self, running: TokenGrant[Any], right: Mapping[str, str]) -> None:
        decision = await running.decide("app", right, scope=("profile",))

        assert decision is not None
        assert set(decision.scope) <= {"profile"}

    async def test_it_refuses_what_is_missing(self, running: TokenGrant[Any], right: Mapping[str, str]) -> None:
        for name in right:
            others = {key: value for key, value in right.items() if key != name}

            assert await running.decide("app", others, scope=()) is None

    async def test_it_refuses_what_is_wrong(self, running: TokenGrant[Any], right: Mapping[str, str]) -> None:
        for name in right:
            assert await running.decide("app", {**right, name: "\x00 wrong"}, scope=()) is None

    async def test_it_reads_what_it_declares(self, running: TokenGrant[Any], right: Mapping[str, str]) -> None:
        assert set(right) <= set(running.parameters)
