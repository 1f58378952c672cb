"""From an event to a line, as JSON or as text."""

import os
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TextIO

import orjson

from idp.logs.faults import fields_of
from idp.logs.harmless import LONGEST_TEXT, are_harmless, escaped, shown

OURS = frozenset({"ts", "level", "event", "subject"})
"""Names that no field can take: a line is not to be forged from inside."""

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LineMaker = Callable[[datetime, str, str, str, Mapping[str, Any]], bytes]
"""Takes time, level, subject, event and fields."""

_BARE = re.compile(r"[!#-&(-<>-\[\]-~]+", re.ASCII)
_COLOURS = {"debug": "2", "info": "32", "warning": "33", "error": "31;1"}


def as_json(at: datetime, level: str, subject: str, event: str, fields: Mapping[str, Any]) -> bytes:
    if are_harmless(fields) and OURS.isdisjoint(fields):
        short = _short({"ts": _stamp(at), "level": level, "event": event, "subject": subject, **fields})
        if short is not None:
            return short + b"\n"
    line: dict[str, object] = {"ts": _stamp(at), "level": level, "event": shown("event", event), "subject": subject}
    for name, value in (_told(fields) if "exc_info" in fields else fields).items():
        line[name if name not in OURS else name + "_"] = shown(name, value)
    return _dumped(line) + b"\n"


def as_text(at: datetime, level: str, subject: str, event: str, fields: Mapping[str, Any]) -> bytes:
    told = " ".join(f"{_word(name)}={_value(shown(name, value))}" for name, value in _told(fields).items())
    return (
        f"{_stamp(at)} {level:<7} {subject:<9} {escaped(str(shown('event', event)))} {told}".rstrip().encode() + b"\n"
    )


def as_coloured_text(at: datetime, level: str, subject: str, event: str, fields: Mapping[str, Any]) -> bytes:
    plain = as_text(at, level, subject, event, fields)
    return plain.replace(level.encode(), f"\x1b[{_COLOURS[level]}m{level}\x1b[0m".encode(), 1)


def maker_of(style: str, stream: TextIO) -> LineMaker:
    """Colours only on a terminal, and only where NO_COLOR is not set (no-color.org)."""
    if style == "json":
        return as_json
    wants_colours = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return as_coloured_text if wants_colours else as_text


def _stamp(at: datetime) -> str:
    return f"{_second(int(at.timestamp()))}.{at.microsecond // 1000:03d}Z"


@lru_cache(maxsize=4)
def _second(since_1970: int) -> str:
    """Of a thousand lines within a second the first writes it out."""
    return (EPOCH + timedelta(seconds=since_1970)).isoformat()[:19]


def _told(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    """`exc_info`, as the standard library's callers write it, becomes type and place."""
    if "exc_info" not in fields:
        return fields
    error = fields["exc_info"]
    if isinstance(error, tuple):
        error = error[1]
    rest = {name: value for name, value in fields.items() if name != "exc_info"}
    return {**rest, **fields_of(error)} if isinstance(error, BaseException) else rest


def _short(line: dict[str, object]) -> bytes | None:
    """The line, if it is as most are: none of its texts can be too long, and there is nothing to escape."""
    try:
        dumped = orjson.dumps(line)
    except TypeError:  # a lone surrogate, or a number that is too large
        return None
    return dumped if len(dumped) <= LONGEST_TEXT and dumped.isascii() and b"\x7f" not in dumped else None


def _dumped(line: dict[str, object]) -> bytes:
    """orjson escapes C0 only; a terminal obeys more than that (threat row 108)."""
    try:
        dumped = orjson.dumps(line)
    except TypeError:  # a lone surrogate
        return orjson.dumps({escaped(name): _without_surrogates(value) for name, value in line.items()})
    if dumped.isascii() and b"\x7f" not in dumped:
        return dumped
    return escaped(dumped.decode()).encode()


def _without_surrogates(value: object) -> object:
    return value if isinstance(value, int | float | None) else escaped(str(value))


def _word(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else orjson.dumps(escaped(name)).decode()


def _value(value: object) -> str:
    if type(value) is int or (isinstance(value, str) and _BARE.fullmatch(value)):
        return str(value)
    return _dumped({"": value}).decode()[4:-1]
