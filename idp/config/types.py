"""Values as an operator writes them: text, durations, sizes, rates."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BeforeValidator,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    StringConstraints,
    WithJsonSchema,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema
from pydantic_core.core_schema import no_info_after_validator_function

from idp.config.refusal import refused

LONGEST_TEXT = 2048
_UNPRINTABLE = frozenset({"Cc", "Cs", "Zl", "Zp"})

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
    "ms": timedelta(milliseconds=1),
}
_SPAN = re.compile(r"(\d{1,9})(ms|s|m|h|d)", re.ASCII)
_SPAN_MEND = 'Write a whole number and a unit: "500ms", "30s", "15m", "1h" or "7d".'

_SIZES = {"MiB": 1024 * 1024, "KiB": 1024, "B": 1}
_SIZE = re.compile(r"(\d{1,9})(B|KiB|MiB)", re.ASCII)
_SIZE_MEND = 'Write a number of bytes, or "64KiB", "1MiB".'

_RATE = re.compile(r"(\d{1,9})/(\d{1,9}(?:ms|s|m|h|d))", re.ASCII)
_RATE_MEND = 'Write how many in how long: "5/10m", "1000/1h".'


def has_control_characters(text: str) -> bool:
    """Whether `text` could break a header, a mail or a line of the log (row 109; CVE-2020-7695)."""
    return any(unicodedata.category(char) in _UNPRINTABLE for char in text)


def printable(text: str) -> str:
    if has_control_characters(text):
        raise refused("contains a control character or a line break", "Write it in one line of printable characters.")
    return text


def _paragraphs(text: str) -> str:
    printable(text.replace("\n", " ").replace("\t", " "))
    return text


def _printable_path(path: Path) -> Path:
    printable(str(path))
    return path


@dataclass(frozen=True, slots=True)
class Called:
    """What the manual calls such a value."""

    noun: str


Text = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_TEXT), AfterValidator(printable), Called("text")
]
"""One line: control characters would reach headers, mails and logs."""

Paragraphs = Annotated[
    str, StringConstraints(min_length=1, max_length=65536), AfterValidator(_paragraphs), Called("text")
]
"""Text that is only ever shown as JSON; the one kind that may have several lines."""

FilePath = Annotated[Path, AfterValidator(_printable_path), Called("path")]
"""A path. The loader makes it absolute (`idp.config.paths`)."""


class NotEmpty:
    """A list that names at least one."""

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {**handler(schema), "minItems": 1}

    @staticmethod
    def _check(values: tuple[Any, ...]) -> tuple[Any, ...]:
        if not values:
            raise refused("is empty", "Name at least one.")
        return values


def parse_span(value: object) -> timedelta:
    match value:
        case timedelta():
            return value
        case str() if found := _SPAN.fullmatch(value):
            return int(found[1]) * _UNITS[found[2]]
    raise refused("is not a duration", _SPAN_MEND)


def render_span(span: timedelta) -> str:
    """The spelling in the largest unit that fits; a single day is "24h"."""
    if not span:
        return "0s"
    units = [(name, unit) for name, unit in _UNITS.items() if name != "d" or span > unit]
    return next(f"{span // unit}{name}" for name, unit in units if span % unit == timedelta(0))


@dataclass(frozen=True, slots=True)
class Within:
    """The least and the most that a duration or a size may be."""

    least: timedelta | int
    most: timedelta | int

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: Any) -> Any:
        if value < self.least:
            raise refused("is too small", f"At least {self.shown(self.least)}.")
        if value > self.most:
            raise refused("is too large", f"At most {self.shown(self.most)}.")
        return value

    @staticmethod
    def shown(bound: timedelta | int) -> str:
        return render_span(bound) if isinstance(bound, timedelta) else render_size(bound)


Span = Annotated[
    timedelta,
    BeforeValidator(parse_span),
    PlainSerializer(render_span, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[0-9]{1,9}(ms|s|m|h|d)$"}),
    Called("duration"),
]
"""A duration, written `"15m"`."""


def parse_size(value: object) -> int:
    match value:
        case bool():
            pass
        case int() if value >= 0:
            return value
        case str() if found := _SIZE.fullmatch(value):
            return int(found[1]) * _SIZES[found[2]]
    raise refused("is not a size", _SIZE_MEND)


def render_size(size: int) -> str:
    return next(f"{size // factor}{name}" for name, factor in _SIZES.items() if size % factor == 0)


Size = Annotated[
    int,
    BeforeValidator(parse_size),
    PlainSerializer(render_size, return_type=str, when_used="json"),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": "^[0-9]{1,9}(B|KiB|MiB)$"}, {"type": "integer", "minimum": 0}]}
    ),
    Called("size"),
]
"""A number of bytes, written `"64KiB"`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequency:
    """`count` times in `period`, then nothing until `period` has passed since the last one."""

    count: int
    period: timedelta

    def __str__(self) -> str:
        return f"{self.count}/{render_span(self.period)}"


def parse_rate(value: object) -> Frequency:
    match value:
        case Frequency():
            return value
        case str() if found := _RATE.fullmatch(value):
            rate = Frequency(count=int(found[1]), period=parse_span(found[2]))
            if rate.count and rate.period:
                return rate
            raise refused("allows nothing", _RATE_MEND)
    raise refused("is not a rate", _RATE_MEND)


Rate = Annotated[
    Frequency,
    BeforeValidator(parse_rate),
    PlainSerializer(str, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^[1-9][0-9]{0,8}/[1-9][0-9]{0,8}(ms|s|m|h|d)$"}),
    Called("rate"),
]
"""How often something may happen, written `"5/10m"`."""
