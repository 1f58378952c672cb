"""Values of features, set at run time."""

from idp.core.ids import TenantId
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import HOUR, NOW

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


async def test_a_value_is_removed_from_its_level_alone(store: Store) -> None:
    await store.transact(lambda work: work.flags.put("mfa", None, True, NOW))
    await store.transact(lambda work: work.flags.put("mfa", ALAMEDA, True, NOW))

    assert await store.transact(lambda work: work.flags.remove("mfa", None))
    assert not await store.transact(lambda work: work.flags.remove("mfa", None))

    assert await store.read(lambda work: work.flags.all()) == {("mfa", ALAMEDA): True}
