"""Durations, sizes and rates, as an operator writes them."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some
from pydantic_core import PydanticCustomError

from idp.config.types import (
    Frequency,
    parse_rate,
    parse_size,
    parse_span,
    render_size,
    render_span,
)


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("500ms", timedelta(milliseconds=500)),
        ("30s", timedelta(seconds=30)),
        ("15m", timedelta(minutes=15)),
        ("1h", timedelta(hours=1)),
        ("7d", timedelta(days=7)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_a_number_and_a_unit(text: str, span: timedelta) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "value",
    ["15", "15 m", "15M", "1.5h", "-1s", "1h30m", "", "١٥m", "15m\n", "9999999999d", 900, 1.5, True, None, ["1h"]],
)
def test_nothing_else_is_a_duration(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a duration"):
        parse_span(value)


@given(some.integers(min_value=0, max_value=10**8))
def test_a_duration_is_written_as_it_is_read(milliseconds: int) -> None:
    span = timedelta(milliseconds=milliseconds)

    assert parse_span(render_span(span)) == span


def test_a_single_day_is_written_in_hours() -> None:
    assert [render_span(timedelta(days=days)) for days in (1, 2)] == ["24h", "2d"]


@pytest.mark.parametrize(("value", "size"), [("64KiB", 65536), ("1MiB", 1048576), ("10B", 10), (65536, 65536)])
def test_a_size_is_bytes_or_has_a_unit(value: object, size: int) -> None:
    assert parse_size(value) == size


@pytest.mark.parametrize("value", ["64", "64KB", "64 KiB", "-1B", -1, True, 1.0, None])
def test_nothing_else_is_a_size(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a size"):
        parse_size(value)


@given(some.integers(min_value=0, max_value=10**8))
def test_a_size_is_written_as_it_is_read(size: int) -> None:
    assert parse_size(render_size(size)) == size


def test_a_rate_is_so_many_in_so_long() -> None:
    rate = parse_rate("5/10m")

    assert rate == Frequency(count=5, period=timedelta(minutes=10))
    assert str(rate) == "5/10m"


@pytest.mark.parametrize("value", ["5", "5/10", "5 / 10m", "/10m", "-5/10m", "5/m", 5, None])
def test_nothing_else_is_a_rate(value: object) -> None:
    with pytest.raises(PydanticCustomError, match="is not a rate"):
        parse_rate(value)


@pytest.mark.parametrize("text", ["0/10m", "5/0s"])
def test_a_rate_that_allows_nothing_is_refused(text: str) -> None:
    with pytest.raises(PydanticCustomError, match="allows nothing"):
        parse_rate(text)
