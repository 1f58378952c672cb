"""Guessing budgets."""

from datetime import timedelta

from idp.core.lockout import Budget, Charge

MINUTES = timedelta(minutes=1)


def test_locks_double_up_to_the_longest() -> None:
    budget = Budget(limit=5, cooldown=15 * MINUTES, longest_cooldown=100 * MINUTES)

    assert budget.cooldowns() == (15 * MINUTES, 30 * MINUTES, 60 * MINUTES, 100 * MINUTES)


def test_a_longest_that_is_no_longer_keeps_one_step() -> None:
    budget = Budget(limit=5, cooldown=15 * MINUTES, longest_cooldown=15 * MINUTES)

    assert budget.cooldowns() == (15 * MINUTES,)


def test_what_is_left_reads_as_blooms_front_end_expects() -> None:
    """bloom.md §7.1: 5, 4, 3, 2, 1 and then the lock."""
    assert [Charge(failures=n, limit=5).attempts_left for n in range(1, 6)] == [5, 4, 3, 2, 1]
