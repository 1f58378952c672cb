"""Feature values for apps, by the OpenFeature Remote Evaluation Protocol (OFREP 0.3).

Evaluated for whoever the access token is about, in the tenants that the account belongs to. What the request calls
`context` is the caller's claim: it selects nothing and widens nothing (Coder CVE-2026-55430).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from idp.core.errors import NotFound, UnknownFeature
from idp.core.feature import Decision, Feature, FeatureValue, FlagTable, Level
from idp.core.ids import AccountId
from idp.core.tenant import Tenant
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.tenants.features import FeatureBook
from idp.usecases.tenants.show import concerning_apps

TENANTS_OWN = frozenset({Level.RUN_TIME_TENANT, Level.CONFIG_TENANT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """One flag. `reason` is OpenFeature's: TARGETING_MATCH, STATIC or DEFAULT; `variant` the value's own spelling."""

    key: str
    value: FeatureValue
    reason: str

    @property
    def variant(self) -> str:
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluateFlags:
    """`account_id` None: a client on its own behalf, for whom the values everywhere hold."""

    store: Store
    book: FeatureBook

    async def one(self, key: str, account_id: AccountId | None) -> Evaluation:
        """By either spelling. Raises NotFound."""
        try:
            feature = self.book.find(key)
        except UnknownFeature:
            raise NotFound from None
        if feature not in concerning_apps(self.book):
            raise NotFound
        table, tenants = await self._standing(account_id, [feature])
        return _evaluation(key, table.decide(feature, tenants))

    async def all(self, account_id: AccountId | None) -> Sequence[Evaluation]:
        """Each under its name, and under the contract's spelling as well: an app looks for the one it knows."""
        features = concerning_apps(self.book)
        table, tenants = await self._standing(account_id, features)
        keys = ((key, feature) for feature in features for key in (feature.name, feature.alias) if key)
        return [_evaluation(key, table.decide(feature, tenants)) for key, feature in keys]

    async def _standing(
        self, account_id: AccountId | None, features: Iterable[Feature]
    ) -> tuple[FlagTable, tuple[Tenant, ...]]:
        def read(work: UnitOfWork) -> tuple[FlagTable, tuple[Tenant, ...]]:
            memberships = work.tenants.of(account_id) if account_id else ()
            table = self.book.table_of(work, account_id) if account_id else self.book.table_in(work, None)
            return table, tuple(one.tenant for one in memberships)

        table, tenants = await self.store.read(read)
        return await self.book.ask_source(table, tenants, [one.name for one in features]), tenants


def _evaluation(key: str, decision: Decision) -> Evaluation:
    levels = [say.level for say in decision.says if say.value == decision.value]
    if any(level in TENANTS_OWN for level in levels):
        reason = "TARGETING_MATCH"
    else:
        reason = "STATIC" if any(level is not Level.DEFAULT for level in levels) else "DEFAULT"
    return Evaluation(key=key, value=decision.value, reason=reason)
