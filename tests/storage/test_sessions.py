"""Sessions: the row behind every cookie (threat rows 15 to 22)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.errors import NotFound
from idp.core.ids import AccountId, SessionId
from idp.core.session import Session
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import DAY, HOUR, MINUTE, NOW, a_full_account, a_session, an_account, keep

NONE = SessionId("none")


async def _open(store: Store, *sessions: Session) -> None:
    def open_all(work: UnitOfWork) -> None:
        for session in sessions:
            work.sessions.open(session)

    await store.transact(open_all)


async def _by_id(store: Store, session: Session) -> Session | None:
    return await store.read(lambda work: work.sessions.by_id(session.id))


async def test_a_session_comes_back_as_it_was_opened(store: Store) -> None:
    await keep(store)
    session = a_session()

    await _open(store, session)

    assert await _by_id(store, session) == session
    assert await store.read(lambda work: work.sessions.by_id(NONE)) is None


async def test_a_principal_is_session_and_account(store: Store) -> None:
    account, session = a_full_account(), a_session()
    await keep(store, account)
    await _open(store, session)

    assert await store.read(lambda work: work.sessions.principal(session.id)) == (session, account)
    assert await store.read(lambda work: work.sessions.principal(NONE)) is None


async def test_no_session_opens_for_an_account_that_has_gone(store: Store) -> None:
    with pytest.raises(NotFound):
        await _open(store, a_session())


async def test_a_live_session_is_prolonged_but_never_past_its_end(store: Store) -> None:
    session = a_session()
    await keep(store)
    await _open(store, session)

    later = NOW + MINUTE
    assert await store.transact(lambda work: work.sessions.touch(session.id, expires_at=NOW + 2 * HOUR, now=later))
    assert await _by_id(store, session) == replace(session, expires_at=NOW + 2 * HOUR, last_seen_at=later)

    assert await store.transact(lambda work: work.sessions.touch(session.id, expires_at=NOW + 9 * DAY, now=later))
    assert await _by_id(store, session) == replace(session, expires_at=session.ends_at, last_seen_at=later)


async def test_a_live_session_is_proved_anew_by_its_own_account_and_contract_alone(store: Store) -> None:
    session = a_session()
    await keep(store)
    await _open(store, session)
    later = NOW + MINUTE
    anew = replace(
        session, methods=("pwd", "otp"), authenticated_at=later, last_seen_at=later, ends_at=NOW + 9 * DAY, agent="new"
    )

    another, elsewhere = replace(anew, account_id=AccountId("other")), replace(anew, contract="other")
    assert not await store.transact(lambda work: work.sessions.renew(another, later))
    assert not await store.transact(lambda work: work.sessions.renew(elsewhere, later))
    assert await _by_id(store, session) == session
    assert await store.transact(lambda work: work.sessions.renew(anew, later))
    assert await _by_id(store, session) == anew


async def test_a_session_that_is_over_is_not_proved_anew(store: Store) -> None:
    """Row 16."""
    session = a_session()
    await keep(store)
    await _open(store, session)
    await store.transact(lambda work: work.sessions.revoke(session.id, NOW))

    assert not await store.transact(lambda work: work.sessions.renew(replace(session, expires_at=NOW + DAY), NOW))


async def test_an_expired_session_is_not_prolonged(store: Store) -> None:
    session = a_session()
    await keep(store)
    await _open(store, session)

    now = session.expires_at
    assert not await store.transact(lambda work: work.sessions.touch(session.id, expires_at=now + HOUR, now=now))
    assert await _by_id(store, session) == session


async def test_a_revoked_session_is_over_for_good(store: Store) -> None:
    session = a_session()
    await keep(store)
    await _open(store, session)

    assert await store.transact(lambda work: work.sessions.revoke(session.id, NOW))

    assert not await store.transact(lambda work: work.sessions.revoke(session.id, NOW + MINUTE))
    assert not await store.transact(lambda work: work.sessions.touch(session.id, expires_at=NOW + HOUR, now=NOW))
    assert await _by_id(store, session) == replace(session, revoked_at=NOW)


async def test_an_expired_session_cannot_be_revoked(store: Store) -> None:
    session = a_session()
    await keep(store)
    await _open(store, session)

    assert not await store.transact(lambda work: work.sessions.revoke(session.id, session.expires_at))


async def test_all_sessions_of_an_account_end_but_the_one_to_keep(store: Store) -> None:
    """Threat row 21."""
    await keep(store, an_account(1), an_account(2))
    mine = [a_session(number, 1) for number in (1, 2, 3)]
    expired = a_session(4, 1, expires_at=NOW)
    theirs = a_session(5, 2)
    await _open(store, *mine, expired, theirs)
    account_id = an_account(1).id

    assert await store.transact(lambda work: work.sessions.revoke_all(account_id, NOW, keep=mine[1].id)) == 2
    assert await store.read(lambda work: work.sessions.of(account_id, NOW)) == [mine[1]]

    assert await store.transact(lambda work: work.sessions.revoke_all(account_id, NOW)) == 1
    assert await store.read(lambda work: work.sessions.of(account_id, NOW)) == []
    assert await _by_id(store, theirs) == theirs


async def test_every_session_of_everybody_can_be_ended(store: Store) -> None:
    await keep(store, an_account(1), an_account(2))
    await _open(store, a_session(1, 1), a_session(2, 2), a_session(3, 2, expires_at=NOW))

    assert await store.transact(lambda work: work.sessions.revoke_every(NOW)) == 2


async def test_live_sessions_are_listed_newest_first(store: Store) -> None:
    await keep(store)
    sessions = [a_session(number, authenticated_at=NOW - timedelta(minutes=number)) for number in (3, 1, 2)]
    await _open(store, *sessions, a_session(4, revoked_at=NOW), a_session(5, expires_at=NOW))

    listed = await store.read(lambda work: work.sessions.of(an_account().id, NOW))

    assert [session.id for session in listed] == [a_session(number).id for number in (1, 2, 3)]


async def test_the_live_sessions_of_everybody_are_listed_as_many_as_asked_for(store: Store) -> None:
    await keep(store, an_account(1), an_account(2))
    sessions = [a_session(number, 1 + number % 2, expires_at=NOW + timedelta(minutes=number)) for number in (2, 3, 1)]
    await _open(store, *sessions, a_session(4, 1, revoked_at=NOW), a_session(5, 1, expires_at=NOW))

    listed = await store.read(lambda work: work.sessions.live(NOW, limit=2))

    assert listed == [sessions[1], sessions[0]]
