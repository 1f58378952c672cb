"""Authorization codes and refresh tokens: each is good for one use (threat rows 17 to 20, 91)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import pytest

from idp.core.grant import Grant, GrantToken
from idp.core.secret import Sealed
from idp.ports.storage import Store, UnitOfWork
from tests.storage.oauth_samples import OFFLINE, a_code, a_grant, a_token, begin
from tests.storage.samples import DAY, HOUR, MINUTE, NOW, a_session

SECOND = a_token(2, expires_at=NOW + 2 * DAY)
Use = Callable[[UnitOfWork, datetime], bool]


def _claim(work: UnitOfWork, now: datetime) -> bool:
    return work.oauth.codes.claim(a_code().digest, now)


def _rotate(work: UnitOfWork, now: datetime) -> bool:
    return work.oauth.tokens.rotate(a_token().digest, SECOND, None, now)


both = pytest.mark.parametrize("use", [_claim, _rotate], ids=["code", "refresh token"])


async def _issue(store: Store, grant: Grant) -> None:
    def issue(work: UnitOfWork) -> None:
        work.oauth.codes.add(a_code(expires_at=NOW + 10 * HOUR))
        work.oauth.tokens.add(a_token(expires_at=NOW + 10 * HOUR))

    await begin(store, grant)
    await store.transact(issue)


async def _try(store: Store, use: Use, now: datetime = NOW) -> bool:
    return await store.transact(lambda work: use(work, now))


async def _find(store: Store, token: GrantToken) -> GrantToken | None:
    return await store.read(lambda work: work.oauth.tokens.find(token.digest))


async def test_a_code_comes_back_as_it_was_added(store: Store) -> None:
    code = a_code(redirect_uri=None, code_challenge=None, dpop_jkt="thumbprint")
    await begin(store)

    await store.transact(lambda work: work.oauth.codes.add(code))

    assert await store.read(lambda work: work.oauth.codes.find(code.digest)) == code
    assert await store.read(lambda work: work.oauth.codes.find(a_code(2).digest)) is None


async def test_a_claimed_code_stays_so_that_its_replay_is_noticed(store: Store) -> None:
    """RFC 6749 §4.1.2: a code used twice ends what it bought, however late."""
    await _issue(store, a_grant())

    assert await _try(store, _claim, NOW + MINUTE)
    assert not await _try(store, _claim, NOW + MINUTE)
    await store.transact(lambda work: work.housekeeping.prune(NOW + 12 * HOUR, audit_before=None))

    found = await store.read(lambda work: work.oauth.codes.find(a_code().digest))
    assert found == a_code(expires_at=NOW + 10 * HOUR, used_at=NOW + MINUTE)


async def test_rotation_uses_one_up_and_adds_the_next(store: Store) -> None:
    await _issue(store, a_grant())

    assert await store.transact(
        lambda work: work.oauth.tokens.rotate(a_token().digest, SECOND, Sealed(b"sealed"), NOW + MINUTE)
    )

    used = a_token(expires_at=NOW + 10 * HOUR, used_at=NOW + MINUTE, successor=Sealed(b"sealed"))
    assert await _find(store, a_token()) == used
    assert await _find(store, SECOND) == SECOND


async def test_a_used_token_rotates_no_more(store: Store) -> None:
    await _issue(store, a_grant())
    await _try(store, _rotate)
    third = a_token(3)

    assert not await store.transact(lambda work: work.oauth.tokens.rotate(a_token().digest, third, None, NOW))

    assert await _find(store, third) is None


async def test_what_nobody_issued_buys_nothing(store: Store) -> None:
    await begin(store)

    assert not await _try(store, _claim)
    assert not await _try(store, _rotate)


@both
@pytest.mark.parametrize(
    "grant",
    [a_grant(revoked_at=NOW), a_grant(expires_at=NOW), a_grant(session=9, scope=OFFLINE, revoked_at=NOW)],
    ids=["revoked", "expired", "offline and revoked"],
)
async def test_nothing_is_bought_with_a_grant_that_is_over(store: Store, use: Use, grant: Grant) -> None:
    await _issue(store, replace(grant, session_id=a_session().id))

    assert not await _try(store, use)

    assert await _find(store, SECOND) is None


@both
@pytest.mark.parametrize("ending", ["revoked", "expired", "swept"])
async def test_nothing_is_bought_after_the_session_unless_offline(store: Store, use: Use, ending: str) -> None:
    """Holds even where whoever ended the session forgot its grants."""
    await _issue(store, a_grant(1))
    now = NOW if ending == "revoked" else a_session().expires_at
    if ending == "revoked":
        await store.transact(lambda work: work.sessions.revoke(a_session().id, NOW))
    if ending == "swept":
        await store.transact(lambda work: work.housekeeping.prune(now, audit_before=None))

    assert not await _try(store, use, now)

    assert await _find(store, a_token()) == a_token(expires_at=NOW + 10 * HOUR)


@both
async def test_an_offline_grant_buys_after_its_session(store: Store, use: Use) -> None:
    await _issue(store, a_grant(scope=OFFLINE))
    await store.transact(lambda work: work.sessions.revoke(a_session().id, NOW))

    assert await _try(store, use)


@both
async def test_what_expired_buys_nothing(store: Store, use: Use) -> None:
    await _issue(store, a_grant(scope=OFFLINE))

    assert not await _try(store, use, NOW + 10 * HOUR)
