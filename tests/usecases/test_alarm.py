"""Sign-ins that fail everywhere are told of once a minute, by one of all processes (threat row 43)."""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from idp.core.events import Event, EventName, Outcome
from idp.core.session import Source
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.housekeeping.alarm import FailureAlarm

SECOND = timedelta(seconds=1)
SOMEWHERE = Source(address="192.0.2.7")
LIMIT = 5


class Heard:
    """A log that is listened to."""

    def __init__(self) -> None:
        self.warnings: list[dict[str, Any]] = []

    def info(self, event: str, **fields: Any) -> None: ...

    def warning(self, event: str, **fields: Any) -> None:
        self.warnings.append({"event": event, **fields})

    def error(self, event: str, **fields: Any) -> None: ...


@pytest.fixture
def log() -> Heard:
    return Heard()


def an_alarm(idp: TestProvider, log: Heard, limit: int = LIMIT) -> FailureAlarm:
    return FailureAlarm(store=idp.provider.store, clock=idp.clock, limit=limit, log=log)


@pytest.fixture
async def alarm(idp: TestProvider, log: Heard) -> FailureAlarm:
    """One that has begun to count."""
    alarm = an_alarm(idp, log)
    await alarm.look()
    return alarm


async def fail(idp: TestProvider, times: int, name: EventName = EventName.LOGIN_FAIL) -> None:
    now = idp.clock.now()

    def record(work: UnitOfWork) -> None:
        for _ in range(times):
            work.record(Event(name=name, outcome=Outcome.FAILURE), source=SOMEWHERE, now=now)

    await idp.provider.store.transact(record)


async def told(idp: TestProvider) -> list[Event]:
    entries = await idp.provider.store.read(lambda work: work.audit.page(name=EventName.LOGIN_ALARM))
    return [entry.event for entry in entries]


async def test_more_than_the_limit_within_a_minute_is_told(idp: TestProvider, log: Heard, alarm: FailureAlarm) -> None:
    await fail(idp, 3, EventName.LOGIN_FAIL)
    idp.clock.advance(30 * SECOND)
    await fail(idp, 2, EventName.LOGIN_LOCKED)
    await fail(idp, 1, EventName.MFA_FAIL)

    assert await alarm.look() == 6

    seen = {"failures": 6, "limit": LIMIT}
    assert log.warnings == [{"event": "login.alarm", **seen}]
    assert [(event.outcome, event.detail) for event in await told(idp)] == [(Outcome.FAILURE, seen)]


async def test_as_many_as_the_limit_and_sign_ins_that_succeed_are_not(
    idp: TestProvider, log: Heard, alarm: FailureAlarm
) -> None:
    await fail(idp, LIMIT)
    await fail(idp, 100, EventName.LOGIN_OK)

    assert await alarm.look() == LIMIT
    assert (log.warnings, await told(idp)) == ([], [])


async def test_a_slow_trickle_is_not(idp: TestProvider, log: Heard, alarm: FailureAlarm) -> None:
    for _ in range(60):
        idp.clock.advance(15 * SECOND)
        await fail(idp, 1)
        assert await alarm.look() <= LIMIT

    assert log.warnings == []


async def test_a_storm_is_told_once_a_minute_as_long_as_it_lasts(
    idp: TestProvider, log: Heard, alarm: FailureAlarm
) -> None:
    for _ in range(18):
        idp.clock.advance(10 * SECOND)
        await fail(idp, 10)
        await alarm.look()

    assert len(log.warnings) == len(await told(idp)) == 3
    assert log.warnings[-1]["failures"] <= 70


async def test_of_many_processes_one_tells(idp: TestProvider, log: Heard) -> None:
    processes = [an_alarm(idp, log) for _ in range(6)]
    await asyncio.gather(*(each.look() for each in processes))
    await fail(idp, 10)

    await asyncio.gather(*(each.look() for each in processes))

    assert len(log.warnings) == len(await told(idp)) == 1


async def test_what_failed_before_it_began_to_look_is_not_told(idp: TestProvider, log: Heard) -> None:
    """A restart after a storm is no storm."""
    await fail(idp, 100)

    assert await an_alarm(idp, log).look() == 0


async def test_nobody_looks_where_the_operator_wants_none(idp: TestProvider, log: Heard) -> None:
    silent = an_alarm(idp, log, limit=0)
    await silent.look()
    await fail(idp, 100)

    assert await silent.look() == 0
    assert log.warnings == []


async def test_a_server_looks_by_itself_and_counts_what_came_in_by_any_contract(tmp_path: Path, template: Path) -> None:
    async with provider_at(tmp_path, template=template, throttle={"alarm": 2}) as idp, idp.browser() as browser:
        (look,) = [duty.round for duty in idp.provider.duties._duties if duty.name == "alarm"]
        await look()
        for path, name in (("/auth/login", "a"), ("/auth/login", "b"), ("/api/auth/login", "c")):
            body = {"email": f"{name}@example.com", "password": "Spring2026!"}
            assert (await browser.post(path, json=body)).status_code == 401
        await look()

        assert [event.detail for event in await told(idp)] == [{"failures": 3, "limit": 2}]
