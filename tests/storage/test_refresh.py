"""Refresh tokens: each link of the chain is good for one use (threat rows 17 to 20)."""

from dataclasses import replace
from datetime import datetime

import pytest

from idp.core.errors import NotFound
from idp.core.secret import Sealed
from idp.ports.storage import RefreshToken, Store, UnitOfWork
from tests.storage.samples import DAY, HOUR, MINUTE, NOW, a_refresh_token, a_session, keep

FIRST, SECOND = a_refresh_token(1), a_refresh_token(2, expires_at=NOW + 2 * DAY)


async def _begin(store: Store, token: RefreshToken = FIRST) -> None:
    def begin(work: UnitOfWork) -> None:
        work.sessions.open(a_session())
        work.refresh.add(token)

    await keep(store)
    await store.transact(begin)


async def _rotate(store: Store, now: datetime = NOW, sealed: Sealed | None = None) -> bool:
    return await store.transact(lambda work: work.refresh.rotate(FIRST.digest, SECOND, sealed, now))


async def _find(store: Store, token: RefreshToken) -> RefreshToken | None:
    return await store.read(lambda work: work.refresh.find(token.digest))


async def test_a_token_comes_back_as_it_was_added(store: Store) -> None:
    await _begin(store)

    assert await _find(store, FIRST) == FIRST
    assert await _find(store, SECOND) is None


async def test_rotation_uses_one_up_and_adds_the_next(store: Store) -> None:
    await _begin(store)

    assert await _rotate(store, NOW + MINUTE)

    assert await _find(store, FIRST) == replace(FIRST, used_at=NOW + MINUTE)
    assert await _find(store, SECOND) == SECOND


async def test_the_successor_is_kept_sealed_where_a_grace_is_wanted(store: Store) -> None:
    await _begin(store)

    assert await _rotate(store, sealed=Sealed(b"sealed successor"))

    assert await _find(store, FIRST) == replace(FIRST, used_at=NOW, successor=Sealed(b"sealed successor"))


async def test_a_used_token_rotates_no_more(store: Store) -> None:
    await _begin(store)
    await _rotate(store)
    third = a_refresh_token(3)

    assert not await store.transact(lambda work: work.refresh.rotate(FIRST.digest, third, None, NOW))

    assert await _find(store, third) is None


async def test_an_unknown_token_rotates_not_at_all(store: Store) -> None:
    await _begin(store, SECOND)

    assert not await _rotate(store)


async def test_an_expired_token_rotates_not_at_all(store: Store) -> None:
    await _begin(store, replace(FIRST, expires_at=NOW + MINUTE))

    assert not await _rotate(store, NOW + MINUTE)

    assert await _find(store, SECOND) is None


@pytest.mark.parametrize("ending", ["revoked", "expired"])
async def test_a_token_of_a_session_that_is_over_rotates_not_at_all(store: Store, ending: str) -> None:
    await _begin(store)
    if ending == "revoked":
        await store.transact(lambda work: work.sessions.revoke(a_session().id, NOW))

    assert not await _rotate(store, NOW if ending == "revoked" else NOW + HOUR)

    assert await _find(store, FIRST) == FIRST
    assert await _find(store, SECOND) is None


async def test_a_token_needs_a_session(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.refresh.add(FIRST))


async def test_what_was_used_before_a_moment_can_be_forgotten(store: Store) -> None:
    await _begin(store)
    await store.transact(lambda work: work.sessions.open(a_session(2)))
    unused, older, newer = a_refresh_token(3), a_refresh_token(4, used_at=NOW), a_refresh_token(5, used_at=NOW + MINUTE)
    others = a_refresh_token(6, 2, used_at=NOW)
    for token in (unused, older, newer, others):
        await store.transact(lambda work, token=token: work.refresh.add(token))  # type: ignore[misc]

    assert await store.transact(lambda work: work.refresh.forget_used(a_session().id, before=NOW + MINUTE)) == 1

    assert await _find(store, older) is None
    assert [await _find(store, token) for token in (FIRST, unused, newer, others)] == [FIRST, unused, newer, others]
