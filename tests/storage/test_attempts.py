"""Guessing budgets (threat rows 26 to 34; NIST SP 800-63B §5.2.2)."""

from datetime import datetime, timedelta

import pytest

from idp.core.lockout import Budget, Charge, Exhausted
from idp.ports.storage import Store
from idp.testing.clock import MovableClock
from tests.storage.samples import DAY, FIVE, HOUR, MINUTE

SCOPE, ADA = "password", "ada@example.com"


class Guesser:
    """Somebody who tries again and again."""

    def __init__(self, store: Store, clock: MovableClock, budget: Budget = FIVE, key: str = ADA) -> None:
        self._store, self._clock, self._budget, self._key = store, clock, budget, key

    async def guess(self) -> Charge | Exhausted:
        now = self._clock.now()
        return await self._store.transact(lambda work: work.attempts.charge(SCOPE, self._key, self._budget, now))

    async def guess_until_locked(self) -> int:
        """How many guesses were granted."""
        granted = 0
        while isinstance(await self.guess(), Charge):
            granted += 1
        return granted

    async def take_back(self) -> None:
        await self._store.transact(lambda work: work.attempts.give_back(SCOPE, self._key))

    async def succeed(self) -> None:
        await self._store.transact(lambda work: work.attempts.clear(SCOPE, self._key))

    async def locked_until(self) -> datetime | None:
        now = self._clock.now()
        return await self._store.read(lambda work: work.attempts.locked_until(SCOPE, self._key, self._budget, now))

    async def lock(self) -> timedelta:
        """Guesses until locked; how long the lock lasts."""
        assert await self.guess_until_locked() == self._budget.limit
        until = await self.locked_until()
        assert until is not None
        return until - self._clock.now()


@pytest.fixture
def guesser(store: Store, clock: MovableClock) -> Guesser:
    return Guesser(store, clock)


async def test_exactly_as_many_guesses_are_granted_as_the_limit_says(guesser: Guesser, clock: MovableClock) -> None:
    granted = [await guesser.guess() for _ in range(5)]

    assert granted == [Charge(failures=number, limit=5) for number in (1, 2, 3, 4, 5)]
    assert await guesser.guess() == Exhausted(until=clock.now() + 15 * MINUTE)


async def test_the_lock_counts_from_the_last_failure_and_refused_guesses_do_not_prolong_it(
    guesser: Guesser, clock: MovableClock
) -> None:
    until = clock.now() + await guesser.lock()

    clock.advance(14 * MINUTE)

    assert await guesser.guess() == Exhausted(until=until)
    assert await guesser.locked_until() == until


async def test_after_the_lock_a_whole_round_of_guesses_is_granted(guesser: Guesser, clock: MovableClock) -> None:
    await guesser.lock()

    clock.advance(15 * MINUTE)

    assert await guesser.locked_until() is None
    assert await guesser.guess_until_locked() == 5


async def test_a_lock_that_was_served_stays_served_when_the_operator_lengthens_the_cooldown(
    guesser: Guesser, store: Store, clock: MovableClock
) -> None:
    clock.advance(await guesser.lock())

    stricter = Guesser(store, clock, Budget(limit=5, cooldown=HOUR, longest_cooldown=HOUR))

    assert await stricter.guess_until_locked() == 5


async def test_each_lock_lasts_twice_as_long_as_the_last_up_to_the_longest(
    guesser: Guesser, clock: MovableClock
) -> None:
    lengths = []
    for _ in range(5):
        lengths.append(await guesser.lock())
        clock.advance(lengths[-1])

    assert lengths == [15 * MINUTE, 30 * MINUTE, HOUR, HOUR, HOUR]


async def test_locks_start_over_after_twice_the_longest_cooldown(guesser: Guesser, clock: MovableClock) -> None:
    for _ in range(2):
        clock.advance(await guesser.lock())

    clock.advance(2 * HOUR)

    assert await guesser.lock() == 15 * MINUTE


async def test_failures_are_forgotten_after_a_pause_as_long_as_the_cooldown(
    guesser: Guesser, clock: MovableClock
) -> None:
    for _ in range(4):
        await guesser.guess()

    clock.advance(15 * MINUTE)

    assert await guesser.guess() == Charge(failures=1, limit=5)


async def test_failures_close_together_add_up_however_long_they_last(guesser: Guesser, clock: MovableClock) -> None:
    for _ in range(5):
        assert isinstance(await guesser.guess(), Charge)
        clock.advance(14 * MINUTE)

    assert isinstance(await guesser.guess(), Exhausted)


async def test_a_ceiling_bounds_failures_whatever_the_pauses(store: Store, clock: MovableClock) -> None:
    """NIST SP 800-63B §5.2.2."""
    guesser = Guesser(store, clock, Budget(limit=5, cooldown=MINUTE, longest_cooldown=HOUR, ceiling=12))
    granted = 0
    for _ in range(5):
        granted += await guesser.guess_until_locked()
        clock.advance(DAY)

    assert granted == 12
    assert await guesser.guess() == Exhausted(until=clock.now() + HOUR)
    assert await guesser.locked_until() == clock.now() + HOUR


async def test_success_clears_everything(guesser: Guesser, clock: MovableClock) -> None:
    clock.advance(await guesser.lock())
    await guesser.lock()

    await guesser.succeed()

    assert await guesser.locked_until() is None
    assert await guesser.lock() == 15 * MINUTE


async def test_an_attempt_given_back_was_never_made(guesser: Guesser) -> None:
    for _ in range(3):
        await guesser.guess()

    await guesser.take_back()

    assert await guesser.guess() == Charge(failures=3, limit=5)


async def test_the_attempt_that_locked_unlocks_when_it_is_given_back(guesser: Guesser, clock: MovableClock) -> None:
    await guesser.lock()

    await guesser.take_back()

    assert await guesser.locked_until() is None
    assert await guesser.guess() == Charge(failures=5, limit=5)
    assert await guesser.locked_until() == clock.now() + 15 * MINUTE


async def test_one_given_back_leaves_the_failures_of_others(guesser: Guesser) -> None:
    """Five in parallel, one of them right: one guess is free again, not five."""
    for _ in range(5):
        await guesser.guess()

    await guesser.take_back()

    assert isinstance(await guesser.guess(), Charge)
    assert isinstance(await guesser.guess(), Exhausted)


async def test_giving_back_what_was_never_taken_earns_nothing(guesser: Guesser) -> None:
    await guesser.take_back()
    assert await guesser.guess() == Charge(failures=1, limit=5)

    for _ in range(3):
        await guesser.take_back()

    assert await guesser.guess_until_locked() == 5


async def test_an_attempt_given_back_does_not_count_against_the_ceiling(store: Store, clock: MovableClock) -> None:
    guesser = Guesser(store, clock, Budget(limit=5, cooldown=MINUTE, longest_cooldown=HOUR, ceiling=5))
    for _ in range(20):
        assert isinstance(await guesser.guess(), Charge)
        await guesser.take_back()

    assert await guesser.guess_until_locked() == 5


async def test_names_and_scopes_are_counted_apart(store: Store, clock: MovableClock, guesser: Guesser) -> None:
    """Threat row 65."""
    await guesser.lock()

    other = await Guesser(store, clock, key="bob@example.com").guess()
    code = await store.transact(lambda work: work.attempts.charge("code", ADA, FIVE, clock.now()))

    assert other == code == Charge(failures=1, limit=5)


async def test_a_limit_of_one_locks_with_the_first_guess(store: Store, clock: MovableClock) -> None:
    guesser = Guesser(store, clock, Budget(limit=1, cooldown=MINUTE, longest_cooldown=2 * MINUTE))

    lengths = []
    for _ in range(3):
        lengths.append(await guesser.lock())
        clock.advance(lengths[-1])

    assert lengths == [MINUTE, 2 * MINUTE, 2 * MINUTE]


async def test_a_budget_without_growing_locks_is_a_plain_throttle(store: Store, clock: MovableClock) -> None:
    guesser = Guesser(store, clock, Budget(limit=3, cooldown=10 * MINUTE, longest_cooldown=10 * MINUTE))

    for _ in range(4):
        assert await guesser.lock() == 10 * MINUTE
        clock.advance(10 * MINUTE)


@pytest.mark.parametrize("step", [HOUR, 365 * DAY])
async def test_a_clock_set_back_makes_a_lock_at_most_one_cooldown_longer(
    guesser: Guesser, clock: MovableClock, step: timedelta
) -> None:
    """Section 3.2 of the security demands: clock steps."""
    await guesser.lock()

    clock.advance(-step)

    assert await guesser.locked_until() == clock.now() + 15 * MINUTE
    assert await guesser.guess() == Exhausted(until=clock.now() + 15 * MINUTE)
    clock.advance(15 * MINUTE)
    assert await guesser.guess_until_locked() == 5


async def test_a_counter_kept_for_a_stranger_is_no_lock(store: Store, clock: MovableClock) -> None:
    assert await Guesser(store, clock, key="nobody@example.com").locked_until() is None
