"""What fails half-way leaves nothing half done (section 3.2 of the security demands)."""

import asyncio
import itertools
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from idp.core.errors import StorageUnavailable
from idp.core.events import Event, EventName
from idp.ports.storage import Store, UnitOfWork
from idp.storage.drivers import PostgresqlDriver, SqliteDriver
from tests.storage.dump import everything
from tests.storage.samples import (
    DESK,
    FIVE,
    HOUR,
    NOW,
    a_challenge,
    a_parcel,
    a_refresh_token,
    a_session,
    an_account,
    keep,
)

ADA = an_account()


class Fault(Exception):
    """Not ours, and not the driver's."""


@contextmanager
def fault_at(turn: int) -> Iterator[None]:
    """The `turn`-th statement is not run; from then on all is well again."""
    turns = itertools.count(1)

    def failing(method: Any) -> Any:
        def run(driver: Any, statement: Any, values: Any) -> Any:
            if next(turns) == turn:
                raise Fault
            return method(driver, statement, values)

        return run

    with pytest.MonkeyPatch.context() as patch:
        for driver in (SqliteDriver, PostgresqlDriver):
            for name in ("rows", "count"):
                patch.setattr(driver, name, failing(getattr(driver, name)))
        yield


def _sign_in(work: UnitOfWork) -> None:
    """Something of everything that a sign-in may touch."""
    account = work.accounts.by_email(ADA.email)
    assert account
    work.attempts.charge("code", account.id, FIVE, NOW)
    assert work.challenges.claim(account.id, a_challenge().purpose, a_challenge().digest, NOW)
    work.attempts.clear("code", account.id)
    work.credentials.put(account.id, "password", b"renewed", NOW)
    work.accounts.record_sign_in(account.id, NOW)
    work.sessions.revoke_all(account.id, NOW)
    work.sessions.open(a_session(2))
    work.refresh.add(a_refresh_token(2, 2))
    assert work.refresh.rotate(a_refresh_token(2).digest, a_refresh_token(3, 2), None, NOW)
    work.outbox.put(a_parcel())
    work.record(Event(name=EventName.LOGIN_OK, account_id=account.id), source=DESK, now=NOW)


async def _prepare(store: Store) -> None:
    def prepare(work: UnitOfWork) -> None:
        work.challenges.issue(a_challenge())
        work.sessions.open(a_session(1))

    await keep(store)
    await store.transact(prepare)


async def test_a_fault_in_any_statement_leaves_nothing_half_done(store: Store) -> None:
    """As SQLite tests itself: fail the n-th call, for every n."""
    await _prepare(store)
    before, turns = await everything(store), 0

    for turn in itertools.count(1):
        try:
            with fault_at(turn):
                await store.transact(_sign_in)
        except Fault:
            turns += 1
            assert await everything(store) == before
        else:
            break

    assert turns >= 13
    assert await everything(store) != before


async def test_a_fault_in_one_unit_does_not_touch_those_beside_it(store: Store) -> None:
    await _prepare(store)

    with fault_at(5):
        results = await asyncio.gather(
            *(keep(store, an_account(number)) for number in range(10, 20)), return_exceptions=True
        )

    assert [type(result) for result in results].count(Fault) == 1
    assert await store.read(lambda work: work.accounts.count()) == 10


async def test_no_value_of_a_row_is_in_an_errors_text(store: Store) -> None:
    """Threat row 133: an error that nobody expected goes into the log."""
    await keep(store)
    await store.transact(lambda work: work.sessions.open(a_session()))

    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await store.transact(lambda work: work.sessions.open(a_session()))

    assert a_session().id not in "".join(traceback.format_exception(raised.value))


async def test_a_statement_that_the_database_refuses_leaves_nothing_half_done(store: Store) -> None:
    await _prepare(store)
    before = await everything(store)

    def add_twice(work: UnitOfWork) -> None:
        work.sessions.touch(a_session(1).id, expires_at=NOW + 2 * HOUR, now=NOW)
        work.outbox.put(a_parcel())
        work.outbox.put(a_parcel())

    with pytest.raises(Exception, match=r"(?i)unique") as raised:
        await store.transact(add_twice)

    assert not isinstance(raised.value, StorageUnavailable)
    assert await everything(store) == before
