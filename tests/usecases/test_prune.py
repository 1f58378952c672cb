"""What is over is deleted, in bites, until nothing is left that is over (threat row 140)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.events import Event, EventName
from idp.core.session import Source
from idp.ports.storage import UnitOfWork
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.housekeeping import prune
from idp.usecases.housekeeping.prune import Prune

DAY = timedelta(days=1)
SOURCE = Source(address="192.0.2.1")


def sweeper(idp: TestProvider) -> Prune:
    world = idp.provider.verbs.world
    return Prune(store=world.store, clock=world.clock, rules=world.rules)


async def happen(idp: TestProvider, times: int) -> None:
    now = idp.clock.now()

    def record(work: UnitOfWork) -> None:
        for _ in range(times):
            work.record(Event(name=EventName.LOGIN_OK), source=SOURCE, now=now)

    await idp.provider.store.transact(record)


async def test_bite_after_bite_until_none_is_left(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, template: Path
) -> None:
    monkeypatch.setattr(prune, "BATCH", 3)
    async with provider_at(tmp_path, template=template, audit={"keep": "30d"}) as idp:
        await happen(idp, 7)
        idp.clock.advance(31 * DAY)
        await happen(idp, 2)

        assert await sweeper(idp)() == 7
        assert await sweeper(idp)() == 0
        assert len(await idp.provider.store.read(lambda work: work.audit.page())) == 2


async def test_a_trail_that_is_kept_for_ever_is(idp: TestProvider) -> None:
    world = idp.provider.verbs.world
    for_ever = Prune(store=world.store, clock=world.clock, rules=replace(world.rules, audit_life=None))
    await happen(idp, 1)
    idp.clock.advance(10_000 * DAY)

    assert await for_ever() == 0
    assert len(await idp.provider.store.read(lambda work: work.audit.page())) == 1
