"""The breaker: when a plugin is not asked, and when it is asked again."""

from datetime import timedelta

import pytest

from idp.registry.breaker import Breaker
from idp.testing.clock import MovableClock

PAUSE = timedelta(seconds=30)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def opened(clock: MovableClock) -> Breaker:
    breaker = Breaker(clock, limit=5, pause=PAUSE)
    assert [breaker.failed() for _ in range(5)] == [False] * 4 + [True]
    return breaker


def test_four_failures_in_a_row_are_borne(clock: MovableClock) -> None:
    breaker = Breaker(clock, limit=5, pause=PAUSE)

    for _ in range(3):
        for _ in range(4):
            breaker.failed()
        assert breaker.admits()
        assert breaker.answered() is False, "it was not open"


def test_open_it_admits_nobody_until_the_pause_is_over(opened: Breaker, clock: MovableClock) -> None:
    assert not opened.admits()
    clock.advance(PAUSE - timedelta(milliseconds=1))
    assert not opened.admits()
    clock.advance(timedelta(milliseconds=1))
    assert opened.admits()


def test_half_open_it_admits_one(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(PAUSE)

    assert [opened.admits() for _ in range(3)] == [True, False, False]


def test_a_probe_that_is_answered_closes_it(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(PAUSE)
    opened.admits()

    assert opened.answered() is True
    assert all(opened.admits() for _ in range(3))
    assert opened.failed() is False, "it counts from nought"


def test_a_probe_that_fails_opens_it_for_another_pause(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(PAUSE)
    opened.admits()

    assert opened.failed() is False, "it was open"
    clock.advance(PAUSE - timedelta(seconds=1))
    assert not opened.admits()
    clock.advance(timedelta(seconds=1))
    assert opened.admits()


def test_a_probe_whose_caller_left_is_made_by_the_next(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(PAUSE)
    opened.admits()
    opened.abandoned()

    assert opened.admits()


def test_failures_that_come_in_late_do_not_prolong_the_pause(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(PAUSE - timedelta(seconds=1))
    opened.failed()
    clock.advance(timedelta(seconds=1))

    assert opened.admits()


def test_it_opens_at_once_where_once_was_too_often(clock: MovableClock) -> None:
    breaker = Breaker(clock, limit=5, pause=PAUSE)

    assert breaker.failed(at_once=True) is True
    assert not breaker.admits()


def test_a_clock_set_back_does_not_keep_it_open_for_ever(opened: Breaker, clock: MovableClock) -> None:
    clock.advance(timedelta(hours=-1))

    assert opened.admits()
