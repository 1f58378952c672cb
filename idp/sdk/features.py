"""Another home of flags."""

from abc import abstractmethod

from idp.core.feature import FeatureValue
from idp.sdk.plugin import Plugin, S

__all__ = ["FeatureSource", "FeatureValue"]


class FeatureSource(Plugin[S]):
    """Answers for run-time values in place of our own table. One, chosen by the config.

    Silence within the time-out is the default value, and the default denies.
    """

    @abstractmethod
    async def value(self, feature: str, tenant_kind: str, tenant_name: str) -> FeatureValue | None:
        """The value set for this tenant; None when none is."""
