"""Grants, and who hears of a session's end."""

from dataclasses import replace
from datetime import datetime

import pytest

from idp.core.errors import NotFound
from idp.core.grant import Grant
from idp.core.ids import ClientId
from idp.ports.oauth_storage import LiveGrant
from idp.ports.storage import Store, UnitOfWork
from tests.storage.oauth_samples import (
    APP,
    OFFLINE,
    a_code,
    a_consent,
    a_device,
    a_grant,
    a_token,
    begin,
)
from tests.storage.samples import DAY, HOUR, MINUTE, NOW, a_session, an_account, keep

OTHER = ClientId("other")
FULL = a_grant(
    resources=("https://api.example",),
    claims={"id_token": {"email": None}},
    nonce="n",
    acr="https://refeds.org/profile/sfa",
    methods=("pwd", "otp"),
    confirmation={"jkt": "thumbprint"},
    actor={"sub": "gateway"},
    revoked_at=NOW + HOUR,
)


async def _find(store: Store, grant: Grant) -> Grant | None:
    return await store.read(lambda work: work.oauth.grants.by_id(grant.id))


async def _live(store: Store, now: datetime = NOW) -> LiveGrant:
    live = await store.read(lambda work: work.oauth.grants.live(a_grant().id, now))
    assert live
    return live


async def _revoked(store: Store, *grants: Grant) -> list[bool]:
    found = [await _find(store, grant) for grant in grants]
    return [grant is not None and grant.revoked_at == NOW + MINUTE for grant in found]


@pytest.mark.parametrize("grant", [a_grant(), FULL, a_grant(session=None)], ids=["plain", "full", "no session"])
async def test_a_grant_comes_back_as_it_was_opened(store: Store, grant: Grant) -> None:
    await begin(store, grant)

    assert await _find(store, grant) == grant
    assert (await _live(store)).grant == grant
    assert await _find(store, a_grant(9)) is None
    assert await store.read(lambda work: work.oauth.grants.live(a_grant(9).id, NOW)) is None


async def test_a_grant_lives_with_its_session(store: Store) -> None:
    await begin(store)

    assert await _live(store) == LiveGrant(grant=a_grant(), session_is_live=True, account_is_enabled=True)
    assert not (await _live(store, a_session().expires_at)).session_is_live

    await store.transact(lambda work: work.sessions.revoke(a_session().id, NOW))
    assert not (await _live(store)).session_is_live


async def test_a_grant_does_not_outlive_a_session_that_was_swept_out(store: Store) -> None:
    """A session that is not there is over, not one that was never needed."""
    await begin(store, a_grant(expires_at=NOW + 9 * DAY))
    later = a_session().expires_at

    assert await store.transact(lambda work: work.housekeeping.prune(later, audit_before=None)) == 1

    assert not (await _live(store, NOW)).session_is_live


@pytest.mark.parametrize("grant", [a_grant(scope=OFFLINE), a_grant(session=None)], ids=["offline", "no session"])
async def test_a_grant_that_hangs_on_no_session_outlives_it(store: Store, grant: Grant) -> None:
    """OIDC Core §11."""
    await begin(store, grant)
    await store.transact(lambda work: work.sessions.revoke(a_session().id, NOW))

    assert (await _live(store)).session_is_live


async def test_a_grant_of_a_disabled_account_is_told_apart(store: Store) -> None:
    await begin(store)

    await store.transact(lambda work: work.accounts.update(an_account(disabled_at=NOW)))

    assert not (await _live(store)).account_is_enabled


async def test_a_grant_is_revoked_once(store: Store) -> None:
    await begin(store)

    assert await store.transact(lambda work: work.oauth.grants.revoke(a_grant().id, NOW))
    assert not await store.transact(lambda work: work.oauth.grants.revoke(a_grant().id, NOW + MINUTE))

    assert await _find(store, a_grant()) == a_grant(revoked_at=NOW)


async def _begin_four(store: Store) -> tuple[Grant, Grant, Grant, Grant]:
    """Of the app online, of the app offline, of another client, of another account."""
    grants = (
        a_grant(1),
        a_grant(2, scope=OFFLINE),
        a_grant(3, client_id=OTHER),
        a_grant(4, account=2, session=None),
    )
    await keep(store, an_account(2))
    await begin(store, *grants)
    return grants


@pytest.mark.parametrize(
    ("client_id", "online_only", "revoked"),
    [
        (None, False, [True, True, True, False]),
        (APP, False, [True, True, False, False]),
        (None, True, [True, False, True, False]),
        (APP, True, [True, False, False, False]),
    ],
)
async def test_the_grants_of_an_account_are_revoked_for_one_client_or_all(
    store: Store, client_id: ClientId | None, online_only: bool, revoked: list[bool]
) -> None:
    grants = await _begin_four(store)

    count = await store.transact(
        lambda work: work.oauth.grants.revoke_of(
            an_account().id, NOW + MINUTE, client_id=client_id, online_only=online_only
        )
    )

    assert count == sum(revoked)
    assert await _revoked(store, *grants) == revoked


async def test_the_end_of_a_session_revokes_what_hangs_on_it(store: Store) -> None:
    grants = await _begin_four(store)

    assert await store.transact(lambda work: work.oauth.grants.revoke_session(a_session().id, NOW + MINUTE)) == 2

    assert await _revoked(store, *grants) == [True, False, True, False]


async def test_all_grants_of_everybody_are_revoked_at_once(store: Store) -> None:
    grants = await _begin_four(store)

    assert await store.transact(lambda work: work.oauth.grants.revoke_every(NOW + MINUTE)) == 4

    assert await _revoked(store, *grants) == [True] * 4


async def test_a_grant_is_prolonged_and_never_shortened(store: Store) -> None:
    await begin(store)

    await store.transact(lambda work: work.oauth.grants.prolong(a_grant().id, NOW + 2 * DAY))
    await store.transact(lambda work: work.oauth.grants.prolong(a_grant().id, NOW + DAY))

    assert await _find(store, a_grant()) == a_grant(expires_at=NOW + 2 * DAY)


async def test_the_live_grants_of_an_account_come_newest_first(store: Store) -> None:
    await keep(store, an_account(2))
    grants = [
        a_grant(1),
        a_grant(2, created_at=NOW + MINUTE),
        a_grant(3, revoked_at=NOW),
        a_grant(4, expires_at=NOW + MINUTE),
        a_grant(5, account=2),
    ]
    await begin(store, *grants)

    assert await store.read(lambda work: work.oauth.grants.of(an_account().id, NOW + MINUTE)) == [grants[1], grants[0]]


async def test_clients_of_a_session_are_remembered_as_long_as_it_is(store: Store) -> None:
    """Whoever signed in through it hears of its end (OIDC Back-Channel Logout §2.3), however short its tokens lived."""
    await begin(store, a_grant(1), a_grant(2), a_grant(3, client_id=OTHER), a_grant(4, session=None))

    def clients(work: UnitOfWork) -> list[tuple[ClientId, str]]:
        return list(work.oauth.grants.clients_of(a_session().id))

    known = [(APP, "subject of 1"), (OTHER, "subject of 1")]
    assert await store.read(clients) == known

    await store.transact(lambda work: work.oauth.grants.revoke_session(a_session().id, NOW))
    assert await store.read(clients) == known


async def test_sessions_are_found_by_who_a_client_knows_in_them(store: Store) -> None:
    """For a hint that outlived its cookie (OIDC RP-Initiated Logout §2)."""
    await begin(store, a_grant(1), a_grant(2, client_id=OTHER))

    def open_more(work: UnitOfWork) -> None:
        work.sessions.open(a_session(2, revoked_at=NOW))
        work.sessions.open(a_session(3, expires_at=NOW + MINUTE))
        work.oauth.grants.open(a_grant(3, session=2))
        work.oauth.grants.open(a_grant(4, session=3))

    await store.transact(open_more)

    async def found(client_id: ClientId, subject: str, now: datetime = NOW) -> list[str]:
        return list(await store.read(lambda work: work.oauth.grants.sessions_of(client_id, subject, now)))

    assert await found(APP, "subject of 1") == [a_session(1).id, a_session(3).id]
    assert await found(APP, "subject of 1", NOW + MINUTE) == [a_session(1).id]
    assert await found(APP, "subject of 2") == []
    told = await store.read(lambda work: work.oauth.grants.signed_in(NOW + MINUTE))
    assert told == [(a_session(1).id, APP, "subject of 1"), (a_session(1).id, OTHER, "subject of 1")]


async def test_a_grant_is_bound_to_a_key(store: Store) -> None:
    """RFC 9449 §5."""
    await begin(store)

    await store.transact(lambda work: work.oauth.grants.bind(a_grant().id, {"jkt": "thumbprint"}))

    assert await _find(store, a_grant()) == a_grant(confirmation={"jkt": "thumbprint"})


async def test_a_grant_needs_an_account(store: Store) -> None:
    with pytest.raises(NotFound):
        await store.transact(lambda work: work.oauth.grants.open(a_grant(session=None)))


async def test_all_that_is_an_accounts_goes_with_it(store: Store) -> None:
    await begin(store, replace(a_grant(), scope=OFFLINE))

    def fill(work: UnitOfWork) -> None:
        work.oauth.codes.add(a_code())
        work.oauth.tokens.add(a_token())
        work.oauth.consents.put(a_consent())
        work.oauth.devices.add(a_device(account_id=an_account().id, grant_id=a_grant().id))

    await store.transact(fill)

    await store.transact(lambda work: work.accounts.remove(an_account().id))

    def left(work: UnitOfWork) -> list[object]:
        return [
            work.oauth.grants.by_id(a_grant().id),
            work.oauth.codes.find(a_code().digest),
            work.oauth.tokens.find(a_token().digest),
            work.oauth.consents.get(an_account().id, APP),
            work.oauth.devices.by_device_code(a_device().digest),
        ]

    assert await store.read(left) == [None] * 5
