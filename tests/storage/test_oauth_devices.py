"""Device authorizations (RFC 8628)."""

from datetime import datetime

import pytest

from idp.core.authorization import DeviceAuthorization, DeviceState
from idp.ports.storage import Store
from tests.storage.oauth_samples import a_device, a_grant, begin
from tests.storage.samples import HOUR, MINUTE, NOW, an_account

END = a_device().expires_at


async def _add(store: Store, device: DeviceAuthorization | None = None) -> bool:
    return await store.transact(lambda work: work.oauth.devices.add(device or a_device()))


async def _find(store: Store) -> DeviceAuthorization | None:
    return await store.read(lambda work: work.oauth.devices.by_device_code(a_device().digest))


async def _decide(store: Store, state: DeviceState = DeviceState.APPROVED, now: datetime = NOW) -> bool:
    grant_id = a_grant().id if state is DeviceState.APPROVED else None
    return await store.transact(
        lambda work: work.oauth.devices.decide(a_device().digest, state, an_account().id, grant_id, now)
    )


async def _redeem(store: Store, now: datetime = NOW) -> bool:
    return await store.transact(lambda work: work.oauth.devices.redeem(a_device().digest, now))


async def test_an_authorization_is_found_by_either_code(store: Store) -> None:
    assert await _add(store)

    assert await _find(store) == a_device()
    assert await store.read(lambda work: work.oauth.devices.by_user_code(a_device().user_code, NOW)) == a_device()
    assert await store.read(lambda work: work.oauth.devices.by_user_code(a_device(2).user_code, NOW)) is None


async def test_a_user_code_is_given_once_at_a_time(store: Store) -> None:
    await _add(store)
    same_code = a_device(2, user_code=a_device().user_code)

    assert not await _add(store, same_code)

    later = a_device(2, user_code=a_device().user_code, issued_at=END, expires_at=END + MINUTE)
    assert await _add(store, later)
    assert await store.read(lambda work: work.oauth.devices.by_user_code(later.user_code, END)) == later


async def test_only_a_live_pending_one_is_found_by_its_user_code(store: Store) -> None:
    await begin(store)
    await _add(store)

    assert await store.read(lambda work: work.oauth.devices.by_user_code(a_device().user_code, END)) is None
    await _decide(store)
    assert await store.read(lambda work: work.oauth.devices.by_user_code(a_device().user_code, NOW)) is None


@pytest.mark.parametrize("state", [DeviceState.APPROVED, DeviceState.DENIED])
async def test_it_is_decided_once(store: Store, state: DeviceState) -> None:
    await begin(store)
    await _add(store)

    assert await _decide(store, state)

    assert not await _decide(store, DeviceState.APPROVED)
    assert not await _decide(store, DeviceState.DENIED)
    grant_id = a_grant().id if state is DeviceState.APPROVED else None
    assert await _find(store) == a_device(state=state, account_id=an_account().id, grant_id=grant_id)


async def test_an_expired_one_is_neither_decided_nor_redeemed(store: Store) -> None:
    await begin(store)
    await _add(store)
    assert not await _decide(store, now=END)

    await _decide(store)

    assert not await _redeem(store, END)


async def test_it_is_redeemed_once_and_only_when_approved(store: Store) -> None:
    await begin(store)
    await _add(store)
    assert not await _redeem(store)
    await _decide(store)

    assert await _redeem(store)

    assert not await _redeem(store)


async def test_a_denied_one_is_not_redeemed(store: Store) -> None:
    await begin(store)
    await _add(store)
    await _decide(store, DeviceState.DENIED)

    assert not await _redeem(store)


async def test_a_revoked_grant_is_not_redeemed(store: Store) -> None:
    await begin(store)
    await _add(store)
    await _decide(store)
    await store.transact(lambda work: work.oauth.grants.revoke(a_grant().id, NOW))

    assert not await _redeem(store)


async def test_a_poll_is_remembered_with_the_interval_it_earned(store: Store) -> None:
    await _add(store)

    await store.transact(lambda work: work.oauth.devices.poll(a_device().digest, 10, NOW + MINUTE))

    assert await _find(store) == a_device(polled_at=NOW + MINUTE, interval_seconds=10)


async def test_a_device_that_still_polls_is_told_for_a_while_that_its_code_has_expired(store: Store) -> None:
    """RFC 8628 §3.5, expired_token."""
    await _add(store)

    await store.transact(lambda work: work.housekeeping.prune(END + MINUTE, audit_before=None))
    assert await _find(store) == a_device()

    await store.transact(lambda work: work.housekeeping.prune(END + HOUR, audit_before=None))
    assert await _find(store) is None
