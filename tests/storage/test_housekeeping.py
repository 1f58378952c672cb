"""Sweeping out what is over (threat row 140)."""

import sqlite3
from contextlib import closing
from datetime import datetime, timedelta

import pytest

from idp.core.challenge import Purpose
from idp.core.events import Event, EventName
from idp.core.lockout import Budget
from idp.core.secret import Digest
from idp.ports.storage import Store, UnitOfWork
from idp.storage import housekeeping
from idp.storage.attempts import CEILING_MEMORY
from idp.storage.columns import EPOCH, microseconds
from idp.storage.housekeeping import DEVICE_MEMORY
from tests.storage.oauth_samples import (
    BROWSER,
    OFFLINE,
    a_code,
    a_grant,
    a_pushed_request,
    a_token,
    an_initial_token,
    an_interaction,
    begin,
)
from tests.storage.samples import (
    DAY,
    DESK,
    FIVE,
    HOUR,
    MINUTE,
    NOW,
    a_challenge,
    a_refresh_token,
    a_session,
    an_account,
    keep,
)

HALF_A_MILLION = """
    WITH RECURSIVE numbers(number) AS (SELECT 1 UNION ALL SELECT number + 1 FROM numbers WHERE number < 500000)
    INSERT INTO pushed_requests (digest, client_id, request, issued_at, expires_at)
    SELECT CAST(number AS BLOB), 'app', '{}', 0, :last + number FROM numbers
"""
THROTTLE = Budget(limit=5, cooldown=MINUTE, longest_cooldown=MINUTE)


async def _prune(store: Store, now: datetime, *, audit_before: datetime | None = None, limit: int = 1000) -> int:
    return await store.transact(lambda work: work.housekeeping.prune(now, audit_before=audit_before, limit=limit))


async def test_what_is_over_goes_and_what_lives_stays(store: Store) -> None:
    await keep(store)

    def fill(work: UnitOfWork) -> None:
        for number, end in ((1, HOUR), (2, 2 * HOUR)):
            work.sessions.open(a_session(number, expires_at=NOW + end))
            work.plugin_store.put("totp", str(number), b"v", NOW + end)
        work.refresh.add(a_refresh_token(1, 2, expires_at=NOW + HOUR, used_at=NOW))
        work.refresh.add(a_refresh_token(2, 2, expires_at=NOW + 2 * HOUR, used_at=NOW))
        work.challenges.issue(a_challenge(purpose=Purpose.SIGN_IN, expires_at=NOW + HOUR))
        work.challenges.issue(a_challenge(purpose=Purpose.RESET_PASSWORD, expires_at=NOW + 2 * HOUR))
        work.plugin_store.put("totp", "for ever", b"v", None)

    await store.transact(fill)

    assert await _prune(store, NOW + HOUR) == 4

    def left(work: UnitOfWork) -> list[bool]:
        return [
            work.sessions.by_id(a_session(2).id) is not None,
            work.refresh.find(a_refresh_token(2).digest) is not None,
            work.challenges.pending(an_account().id, Purpose.RESET_PASSWORD, NOW) is not None,
            work.plugin_store.get("totp", "2", NOW) is not None,
            work.plugin_store.get("totp", "for ever", NOW) is not None,
        ]

    assert await store.read(left) == [True] * 5
    assert await _prune(store, NOW + HOUR) == 0


async def test_what_is_over_at_the_openid_provider_goes(store: Store) -> None:
    await begin(store, a_grant(1, expires_at=NOW + HOUR), a_grant(2, scope=OFFLINE, expires_at=NOW + 2 * HOUR))

    def fill(work: UnitOfWork) -> None:
        oauth = work.oauth
        for number, end in ((1, NOW + HOUR), (2, NOW + 2 * HOUR)):
            oauth.codes.add(a_code(number, grant=number))
            oauth.tokens.add(a_token(number, grant=2, expires_at=end))
            oauth.interactions.begin(an_interaction(number, expires_at=end))
            oauth.pushed.add(a_pushed_request(number, expires_at=end))
            oauth.replays.remember("dpop", Digest(f"{number}".encode()), end, NOW)
            oauth.initial_tokens.add(an_initial_token(number, expires_at=end))

    await store.transact(fill)

    assert await _prune(store, NOW + HOUR) == 7  # one of each, and the session

    def left(work: UnitOfWork) -> list[list[bool]]:
        oauth = work.oauth
        listed = [token.digest for token in oauth.initial_tokens.all()]
        return [
            [
                oauth.grants.by_id(a_grant(number).id) is not None,
                oauth.codes.find(a_code(number).digest) is not None,
                oauth.tokens.find(a_token(number).digest) is not None,
                oauth.interactions.find(an_interaction(number).digest, BROWSER, NOW) is not None,
                oauth.pushed.find(a_pushed_request(number).digest, NOW) is not None,
                oauth.replays.knows("dpop", Digest(f"{number}".encode()), NOW),
                an_initial_token(number).digest in listed,
            ]
            for number in (1, 2)
        ]

    assert await store.read(left) == [[False] * 7, [True] * 7]


async def test_a_used_refresh_token_stays_as_long_as_its_replay_can_be_noticed(store: Store) -> None:
    await keep(store)
    token = a_refresh_token(used_at=NOW, expires_at=NOW + HOUR)
    await store.transact(lambda work: work.sessions.open(a_session(expires_at=NOW + DAY)))
    await store.transact(lambda work: work.refresh.add(token))

    await _prune(store, NOW + HOUR - timedelta(microseconds=1))

    assert await store.read(lambda work: work.refresh.find(token.digest)) == token


async def test_a_counter_goes_when_its_locks_would_start_over(store: Store) -> None:
    await store.transact(lambda work: work.attempts.charge("source", "192.0.2.1", THROTTLE, NOW))

    assert await _prune(store, NOW + 2 * MINUTE - timedelta(microseconds=1)) == 0
    assert await _prune(store, NOW + 2 * MINUTE) == 1


async def test_a_counter_with_a_ceiling_is_kept_for_long(store: Store) -> None:
    """NIST SP 800-63B §5.2.2 counts failures whatever the pauses; strangers' names may not fill the table for ever."""
    await store.transact(lambda work: work.attempts.charge("password", "ada@example.com", FIVE, NOW))

    assert await _prune(store, NOW + CEILING_MEMORY - DAY) == 0
    assert await _prune(store, NOW + CEILING_MEMORY) == 1


async def test_devices_go_when_no_browser_can_have_their_cookie_any_more(store: Store) -> None:
    await keep(store)
    await store.transact(lambda work: work.devices.add(Digest(b"old"), an_account().id, NOW))
    await store.transact(lambda work: work.devices.add(Digest(b"new"), an_account().id, NOW + DAY))

    assert await _prune(store, NOW + DEVICE_MEMORY) == 1
    assert await store.read(lambda work: work.devices.knows(Digest(b"new"), an_account().id))


async def test_the_audit_trail_is_cut_only_where_that_was_asked_for(store: Store) -> None:
    def record(work: UnitOfWork) -> None:
        for number in range(4):
            work.record(Event(name=EventName.LOGIN_OK), source=DESK, now=NOW + number * DAY)

    await store.transact(record)

    assert await _prune(store, NOW + 100 * DAY) == 0
    assert await _prune(store, NOW + 100 * DAY, audit_before=NOW + 2 * DAY) == 2

    left = await store.read(lambda work: work.audit.page())
    assert [entry.at for entry in left] == [NOW + 2 * DAY, NOW + 3 * DAY]


async def test_a_number_of_the_trail_is_never_given_twice(store: Store) -> None:
    event = Event(name=EventName.LOGIN_OK)
    await store.transact(lambda work: work.record(event, source=DESK, now=NOW))
    [old] = await store.read(lambda work: work.audit.page())
    await _prune(store, NOW, audit_before=NOW + DAY)

    await store.transact(lambda work: work.record(event, source=DESK, now=NOW))

    [new] = await store.read(lambda work: work.audit.page())
    assert new.number > old.number


async def test_one_round_sweeps_no_more_than_it_was_told(store: Store) -> None:
    def fill(work: UnitOfWork) -> None:
        for number in range(5):
            work.plugin_store.put("totp", str(number), b"v", NOW - number * DAY)
            work.record(Event(name=EventName.LOGIN_OK), source=DESK, now=NOW)

    await store.transact(fill)

    assert await _prune(store, NOW, audit_before=NOW + DAY, limit=2) == 4
    assert await store.read(lambda work: len(work.audit.page())) == 3


async def test_requests_on_their_way_that_are_too_many_push_out_the_first(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(housekeeping, "MOST_BEGUN", 2)

    def fill(work: UnitOfWork) -> None:
        for number in range(1, 5):
            work.oauth.interactions.begin(an_interaction(number, expires_at=NOW + number * HOUR))
            work.oauth.pushed.add(a_pushed_request(number, expires_at=NOW + number * HOUR))

    await store.transact(fill)

    assert await _prune(store, NOW) == 4

    def kept(work: UnitOfWork) -> list[int]:
        numbers = range(1, 5)
        return [n for n in numbers if work.oauth.interactions.find(an_interaction(n).digest, BROWSER, NOW)]

    assert await store.read(kept) == [3, 4]
    assert await _prune(store, NOW) == 0


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_half_a_million_requests_may_be_on_their_way(store: Store, sqlite_url: str) -> None:
    """Row 140: as many as the threat model says."""
    last = microseconds(NOW + DAY - EPOCH)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))) as database, database:
        database.execute(HALF_A_MILLION, {"last": last})
    assert await _prune(store, NOW) == 0

    await store.transact(lambda work: work.oauth.pushed.add(a_pushed_request(1, expires_at=NOW + HOUR)))

    assert await _prune(store, NOW) == 1
    assert not await store.read(lambda work: work.oauth.pushed.find(a_pushed_request(1).digest, NOW))
