"""Moments on the account's pages: near ones by how long ago, the rest in UTC, for we know nobody's time zone."""

from datetime import UTC, datetime, timedelta

import pytest

from idp.web.pages import times

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "english", "spanish"),
    [
        (timedelta(0), "1 minute ago", "hace 1 minuto"),
        (timedelta(minutes=5, seconds=20), "5 minutes ago", "hace 5 minutos"),
        (timedelta(hours=3), "3 hours ago", "hace 3 horas"),
    ],
)
def test_what_is_near_is_told_by_how_long_ago(passed: timedelta, english: str, spanish: str) -> None:
    assert times.ago(NOON - passed, NOON, "en") == english
    assert times.ago(NOON - passed, NOON, "es") == spanish


@pytest.mark.parametrize("passed", [timedelta(days=1), timedelta(days=400), timedelta(seconds=-1)])
def test_the_rest_has_a_date_and_a_time(passed: timedelta) -> None:
    assert times.ago(NOON - passed, NOON, "es") == times.moment(NOON - passed, "es")


def test_a_moment_has_no_seconds_and_says_that_it_is_utc() -> None:
    assert times.moment(NOON, "en").replace("\u202f", " ") == "Mar 2, 2026, 12:00 PM UTC"
    assert times.moment(NOON, "es") == "2 mar 2026, 12:00 UTC"
    assert times.day(NOON, "es") == "2 mar 2026"


def test_a_language_that_nobody_wrote_down_has_english_dates() -> None:
    assert times.day(NOON, "tlh") == times.day(NOON, "en")
