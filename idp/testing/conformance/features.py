"""What every feature source must do."""

from typing import Any

import pytest

from idp.sdk import FeatureSource, FeatureValue
from idp.testing.conformance.plugin import PluginConformance, missing

Known = tuple[str, str, str, FeatureValue]
"""Feature, kind of tenant, its name, the value set there."""


class FeatureSourceConformance(PluginConformance):
    """Override `plugin` and `known`."""

    @pytest.fixture
    def known(self) -> Known:
        """A value that the source holds."""
        missing("known", "(feature, kind of tenant, its name, the value)")

    async def test_it_tells_what_is_set(self, running: FeatureSource[Any], known: Known) -> None:
        feature, kind, tenant, value = known

        answer = await running.value(feature, kind, tenant)

        assert answer == value
        assert type(answer) is type(value)

    async def test_what_is_not_set_is_none(self, running: FeatureSource[Any], known: Known) -> None:
        feature, kind, tenant, _ = known

        assert await running.value("no_such_feature", kind, tenant) is None
        assert await running.value(feature, kind, "no such tenant") is None

    async def test_a_jurisdiction_is_no_team(self, running: FeatureSource[Any], known: Known) -> None:
        """Threat row 124: the tenant is part of every key, and so is its kind."""
        feature, kind, tenant, _ = known
        other = "team" if kind == "jurisdiction" else "jurisdiction"

        assert await running.value(feature, other, tenant) is None
