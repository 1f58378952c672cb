"""How values lie in columns: instants as numbers, everything with parts as JSON."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.engine import Dialect

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(span: timedelta) -> int:
    """A span in the unit that instants are stored in."""
    return span // _MICROSECOND


class Instant(sa.TypeDecorator[datetime]):
    """A moment, as microseconds since 1970 in UTC: the same order and arithmetic in any database, and no time zone."""

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], int | None]:  # noqa: ARG002 - SQLAlchemy's
        return _number

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[int | None], datetime | None]:  # noqa: ARG002 - SQLAlchemy's
        return _moment


def _number(moment: datetime | None) -> int | None:
    return None if moment is None else (moment - EPOCH) // _MICROSECOND


def _moment(number: int | None) -> datetime | None:
    return None if number is None else EPOCH + timedelta(0, 0, number)


class Json(sa.TypeDecorator[Any]):
    """JSON as text. Sets are written as sorted lists; the reader makes of a list what the noun wants."""

    impl = sa.Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[object], str]:  # noqa: ARG002 - SQLAlchemy's
        return _text

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[str], Any]:  # noqa: ARG002 - SQLAlchemy's
        return orjson.loads


def _text(value: object) -> str:
    return orjson.dumps(value, default=_plain).decode()


def _plain(value: object) -> object:
    match value:
        case Mapping():
            return dict(value)
        case frozenset():
            return sorted(value)
    raise TypeError(f"{type(value).__name__} has no place in a JSON column")
