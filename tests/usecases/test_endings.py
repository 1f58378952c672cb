"""The end of a session, whoever ends it, and what ends with it (rows 16, 17, 21; OIDC Core §11)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.core.client import Client, ClientMetadata
from idp.core.grant import Grant
from idp.core.ids import ClientId, GrantId, SessionId
from idp.core.session import Session
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider
from idp.usecases.post import LOGOUT
from idp.usecases.sessions.ending import Endings

TOLD, SILENT, DOCUMENT = ClientId("told"), ClientId("silent"), ClientId("https://app.example/client.json")
HERE, THERE = SessionId("here"), SessionId("there")


@pytest.fixture
async def account(idp: TestProvider) -> Account:
    """With two sessions: each signed in to three clients, one of them offline as well."""
    account, now = await idp.add_account("jane@example.com"), idp.clock.now()

    def fill(work: UnitOfWork) -> None:
        for client_id, uri in ((TOLD, "https://told.example/logout"), (SILENT, None)):
            metadata = ClientMetadata(backchannel_logout_uri=uri)
            work.oauth.clients.add(Client(id=client_id, metadata=metadata, created_at=now, updated_at=now))
        for session_id in (HERE, THERE):
            session = Session(
                id=session_id,
                account_id=account.id,
                contract="bloom",
                methods=("pwd",),
                authenticated_at=now,
                last_seen_at=now,
                expires_at=now + timedelta(days=1),
                ends_at=now + timedelta(days=1),
            )
            work.sessions.open(session)
            for client_id in (TOLD, SILENT, DOCUMENT):
                work.oauth.grants.open(_grant(idp, account, session_id, client_id))
            offline = _grant(idp, account, session_id, TOLD)
            work.oauth.grants.open(
                replace(offline, id=GrantId(f"offline {session_id}"), scope=("openid", "offline_access"))
            )

    await idp.provider.store.transact(fill)
    return account


def _grant(idp: TestProvider, account: Account, session_id: SessionId, client_id: ClientId) -> Grant:
    now = idp.clock.now()
    return Grant(
        id=GrantId(f"{client_id} {session_id}"),
        client_id=client_id,
        account_id=account.id,
        subject=account.id,
        session_id=session_id,
        scope=("openid",),
        authenticated_at=now,
        created_at=now,
        expires_at=now + timedelta(days=1),
    )


@pytest.fixture
def endings(idp: TestProvider) -> Endings:
    return idp.provider.verbs.endings


async def alive(idp: TestProvider, account: Account) -> tuple[set[str], set[str]]:
    """Sessions and unrevoked grants."""

    def look(work: UnitOfWork) -> tuple[set[str], set[str]]:
        sessions = {session.id for session in work.sessions.of(account.id, idp.clock.now())}
        ids = [
            GrantId(f"{name} {session}") for name in (TOLD, SILENT, DOCUMENT, "offline") for session in (HERE, THERE)
        ]
        grants = {grant.id for one in ids if (grant := work.oauth.grants.by_id(one)) and not grant.revoked_at}
        return set(sessions), set(grants)

    return await idp.provider.store.read(look)


async def told(idp: TestProvider) -> list[str]:
    now = idp.clock.now()
    parcels = await idp.provider.store.transact(
        lambda work: work.outbox.lease(now=now, until=now + timedelta(seconds=1), limit=99)
    )
    return sorted(parcel.target for parcel in parcels if parcel.kind == LOGOUT)


async def test_one_session_ends_with_its_grants_and_word_to_its_apps(
    idp: TestProvider, account: Account, endings: Endings
) -> None:
    """A client that a document describes is told as well: who knows whether it wants to be."""
    now = idp.clock.now()

    assert await idp.provider.store.transact(lambda work: endings.one(work, HERE, now))

    offline = {f"offline {HERE}", f"offline {THERE}"}
    online = {f"{client} {THERE}" for client in (TOLD, SILENT, DOCUMENT)}
    assert await alive(idp, account) == ({THERE}, offline | online)
    assert await told(idp) == [DOCUMENT, TOLD]


async def test_what_is_over_ends_no_more(idp: TestProvider, account: Account, endings: Endings) -> None:
    now = idp.clock.now()
    await idp.provider.store.transact(lambda work: endings.one(work, HERE, now))
    await told(idp)

    assert not await idp.provider.store.transact(lambda work: endings.one(work, HERE, now))
    assert await idp.provider.store.transact(lambda work: endings.told(work, HERE, now)) is None


async def test_all_sessions_but_one_end(idp: TestProvider, account: Account, endings: Endings) -> None:
    now = idp.clock.now()

    ended = await idp.provider.store.transact(lambda work: endings.all_of(work, account.id, now, keep=HERE))

    assert ended == 1
    sessions, grants = await alive(idp, account)
    assert sessions == {HERE}
    assert {f"offline {THERE}", f"{TOLD} {HERE}"} <= grants
    assert await told(idp) == [DOCUMENT, TOLD]


async def test_who_is_locked_out_loses_what_apps_were_granted_for_the_time_away(
    idp: TestProvider, account: Account, endings: Endings
) -> None:
    """Whoever had the password may have connected an app of their own."""
    now = idp.clock.now()

    ended = await idp.provider.store.transact(lambda work: endings.lock_out(work, account.id, now, keep=HERE))

    kept = {f"{name} {HERE}" for name in (TOLD, SILENT, DOCUMENT, "offline")}
    assert (ended, await alive(idp, account)) == (1, ({HERE}, kept))

    assert await idp.provider.store.transact(lambda work: endings.lock_out(work, account.id, now)) == 1
    assert await alive(idp, account) == (set(), set())


async def test_everybody_is_signed_out_everywhere(idp: TestProvider, account: Account, endings: Endings) -> None:
    now = idp.clock.now()

    assert await idp.provider.store.transact(lambda work: endings.every(work, now)) == 2

    assert await alive(idp, account) == (set(), set())
    assert await told(idp) == [DOCUMENT, DOCUMENT, TOLD, TOLD]
