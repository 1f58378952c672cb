"""Values of features, set at run time."""

import pytest

from idp.core.feature import FeatureValue
from idp.core.ids import NOBODY, TenantId
from idp.core.tenant import TenantKind
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import HOUR, NOW, a_jurisdiction, a_team, an_account

ALAMEDA = TenantId("alameda")


async def test_each_level_keeps_a_value_of_its_own_of_any_type(store: Store) -> None:
    """Threat row 124: the tenant is part of the key."""

    def put(work: UnitOfWork) -> None:
        work.flags.put("mfa", None, False, NOW)
        work.flags.put("mfa", ALAMEDA, True, NOW)
        work.flags.put("colour", ALAMEDA, "blue", NOW)
        work.flags.put("limit", None, 3, NOW)

    await store.transact(put)

    assert await store.read(lambda work: work.flags.all()) == {
        ("mfa", None): False,
        ("mfa", ALAMEDA): True,
        ("colour", ALAMEDA): "blue",
        ("limit", None): 3,
    }


async def test_a_value_replaces_the_one_before(store: Store) -> None:
    await store.transact(lambda work: work.flags.put("mfa", None, False, NOW))
    await store.transact(lambda work: work.flags.put("mfa", None, True, NOW + HOUR))

    assert await store.read(lambda work: work.flags.all()) == {("mfa", None): True}


async def test_an_account_is_asked_for_those_of_its_own_tenants(store: Store) -> None:
    """With ten thousand tenants, the flags of all of them would be read for everybody who signs in."""
    jane, mine, other = an_account(), a_jurisdiction("Bay Area"), a_jurisdiction("Alameda")

    def put(work: UnitOfWork) -> None:
        work.accounts.add(jane)
        for tenant in (mine, other):
            work.tenants.add(tenant)
            work.flags.put("colour", tenant.id, tenant.name, NOW)
        work.flags.put("colour", None, "blue", NOW)
        work.tenants.join(jane.id, mine.id, "user", NOW)

    await store.transact(put)

    everywhere: dict[tuple[str, TenantId | None], FeatureValue] = {("colour", None): "blue"}
    assert await store.read(lambda work: work.flags.of(jane.id)) == {**everywhere, ("colour", mine.id): "Bay Area"}
    assert await store.read(lambda work: work.flags.of(NOBODY)) == everywhere
    assert await store.read(lambda work: work.flags.within(other.id)) == {**everywhere, ("colour", other.id): "Alameda"}
    assert await store.read(lambda work: work.flags.within(None)) == everywhere


@pytest.mark.parametrize(
    ("kind", "value", "is_on"), [("jurisdiction", True, True), ("jurisdiction", False, False), ("team", True, False)]
)
async def test_a_permission_may_hold_in_some_jurisdiction(store: Store, kind: str, value: bool, is_on: bool) -> None:
    tenant = a_jurisdiction("Bay Area") if kind == "jurisdiction" else a_team("Bay Area")

    def put(work: UnitOfWork) -> None:
        work.tenants.add(tenant)
        work.flags.put("codes", tenant.id, value, NOW)
        work.flags.put("codes", None, True, NOW)  # everywhere is no tenant
        work.flags.put("others", tenant.id, True, NOW)

    await store.transact(put)

    found = await store.read(lambda work: work.flags.is_on_in_some("codes", TenantKind.JURISDICTION))
    assert found is is_on


async def test_a_value_is_removed_from_its_level_alone(store: Store) -> None:
    await store.transact(lambda work: work.flags.put("mfa", None, True, NOW))
    await store.transact(lambda work: work.flags.put("mfa", ALAMEDA, True, NOW))

    assert await store.transact(lambda work: work.flags.remove("mfa", None))
    assert not await store.transact(lambda work: work.flags.remove("mfa", None))

    assert await store.read(lambda work: work.flags.all()) == {("mfa", ALAMEDA): True}
