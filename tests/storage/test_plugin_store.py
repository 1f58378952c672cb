"""Plugins' own values (threat row 71)."""

from idp.ports.storage import Store
from tests.storage.samples import MINUTE, NOW

SOON = NOW + MINUTE


async def _get(store: Store, key: str = "k", plugin: str = "totp") -> bytes | None:
    return await store.read(lambda work: work.plugin_store.get(plugin, key, NOW))


async def test_plugins_do_not_see_one_anothers_values(store: Store) -> None:
    await store.transact(lambda work: work.plugin_store.put("totp", "k", b"mine", None))
    await store.transact(lambda work: work.plugin_store.put("sms", "k", b"theirs", None))

    assert (await _get(store), await _get(store, plugin="sms"), await _get(store, plugin="email")) == (
        b"mine",
        b"theirs",
        None,
    )


async def test_a_value_is_gone_when_its_time_is_over(store: Store) -> None:
    await store.transact(lambda work: work.plugin_store.put("totp", "k", b"value", SOON))

    assert await _get(store) == b"value"
    assert await store.read(lambda work: work.plugin_store.get("totp", "k", SOON)) is None


async def test_putting_replaces_value_and_time(store: Store) -> None:
    await store.transact(lambda work: work.plugin_store.put("totp", "k", b"old", NOW))
    await store.transact(lambda work: work.plugin_store.put("totp", "k", b"new", None))

    assert await _get(store) == b"new"


async def test_adding_fails_while_a_live_value_is_there(store: Store) -> None:
    async def add(value: bytes, *, until: bool, late: bool = False) -> bool:
        expires_at, now = SOON if until else None, SOON if late else NOW
        return await store.transact(lambda work: work.plugin_store.add("totp", "k", value, expires_at, now))

    assert await add(b"first", until=True)
    assert not await add(b"second", until=True)
    assert await _get(store) == b"first"

    assert await add(b"third", until=False, late=True)
    assert not await add(b"fourth", until=True, late=True)
    assert await _get(store) == b"third"


async def test_a_value_is_removed(store: Store) -> None:
    await store.transact(lambda work: work.plugin_store.put("totp", "k", b"value", None))

    await store.transact(lambda work: work.plugin_store.remove("totp", "k"))

    assert await _get(store) is None
