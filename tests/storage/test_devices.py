"""Known browsers (threat row 34)."""

import pytest

from idp.core.errors import NotFound
from idp.core.secret import Digest
from idp.ports.storage import Store
from tests.storage.samples import HOUR, NOW, an_account, keep

ADA, BOB = an_account(1).id, an_account(2).id
LAPTOP, PHONE = Digest(b"laptop"), Digest(b"phone")


async def _knows(store: Store, device: Digest = LAPTOP, account: int = 1) -> bool:
    return await store.read(lambda work: work.devices.knows(device, an_account(account).id))


async def test_a_device_is_known_to_the_account_that_used_it(store: Store) -> None:
    await keep(store, an_account(1), an_account(2))

    await store.transact(lambda work: work.devices.add(LAPTOP, ADA, NOW))
    await store.transact(lambda work: work.devices.add(LAPTOP, ADA, NOW + HOUR))

    assert await _knows(store)
    assert not await _knows(store, PHONE)
    assert not await _knows(store, account=2)


async def test_an_account_can_forget_its_devices(store: Store) -> None:
    await keep(store, an_account(1), an_account(2))
    await store.transact(lambda work: work.devices.add(LAPTOP, ADA, NOW))
    await store.transact(lambda work: work.devices.add(LAPTOP, BOB, NOW))

    await store.transact(lambda work: work.devices.drop(ADA))

    assert not await _knows(store)
    assert await _knows(store, account=2)


async def test_a_device_needs_an_account(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.devices.add(LAPTOP, ADA, NOW))
