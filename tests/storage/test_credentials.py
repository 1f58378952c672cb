"""Credentials: what an account proves itself with."""

from idp.core.ids import AccountId
from idp.ports.storage import Credential, Store
from tests.storage.samples import HOUR, NOW, an_account, keep

ADA = an_account().id


async def _stored(store: Store, data: bytes = b"seed") -> Credential:
    await keep(store)
    await store.transact(lambda work: work.credentials.put(ADA, "totp", data, NOW))
    return await _now(store)


async def _now(store: Store) -> Credential:
    credential = await store.read(lambda work: work.credentials.get(ADA, "totp"))
    assert credential is not None
    return credential


async def test_each_kind_is_kept_apart(store: Store) -> None:
    await _stored(store)
    await store.transact(lambda work: work.credentials.put(ADA, "password", b"$argon2id$", NOW))

    assert (await _now(store)).data == b"seed"
    assert await store.read(lambda work: work.credentials.get(ADA, "sms")) is None
    assert await store.read(lambda work: work.credentials.get(AccountId("other"), "totp")) is None


async def test_every_write_raises_the_version(store: Store) -> None:
    first = await _stored(store)
    assert first.changed_at == NOW

    await store.transact(lambda work: work.credentials.put(ADA, "totp", b"second", NOW + HOUR))
    second = await _now(store)
    assert await store.transact(
        lambda work: work.credentials.swap(ADA, "totp", b"third", second.version, NOW + 2 * HOUR)
    )
    third = await _now(store)

    assert first.version < second.version < third.version
    assert (third.data, third.changed_at) == (b"third", NOW + 2 * HOUR)


async def test_a_swap_with_an_old_version_changes_nothing(store: Store) -> None:
    """Threat row 47: two who saw the same step cannot both store the next."""
    seen = await _stored(store)
    assert await store.transact(lambda work: work.credentials.swap(ADA, "totp", b"mine", seen.version, NOW))

    assert not await store.transact(lambda work: work.credentials.swap(ADA, "totp", b"theirs", seen.version, NOW))

    assert (await _now(store)).data == b"mine"


async def test_a_swap_begun_before_a_new_enrolment_does_not_bring_the_old_seed_back(store: Store) -> None:
    seen = await _stored(store)
    await store.transact(lambda work: work.credentials.remove(ADA, "totp"))
    await store.transact(lambda work: work.credentials.put(ADA, "totp", b"new seed", NOW + HOUR))

    assert not await store.transact(lambda work: work.credentials.swap(ADA, "totp", b"old seed", seen.version, NOW))

    assert (await _now(store)).data == b"new seed"


async def test_a_credential_is_removed_once(store: Store) -> None:
    await _stored(store)

    assert await store.transact(lambda work: work.credentials.remove(ADA, "totp"))
    assert not await store.transact(lambda work: work.credentials.remove(ADA, "totp"))

    assert await store.read(lambda work: work.credentials.get(ADA, "totp")) is None
