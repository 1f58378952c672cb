"""Dataclasses as JSON documents: what has its default is left out, what a newer version wrote is passed over."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from idp.core.client import Profile
from idp.storage.columns import EPOCH, microseconds

V = TypeVar("V")
_Convert = Callable[[Any], Any]

_OUTGOING: Mapping[Any, _Convert] = {
    timedelta | None: microseconds,
    datetime | None: lambda moment: microseconds(moment - EPOCH),
}
_INCOMING: Mapping[Any, _Convert] = {
    tuple[str, ...]: tuple,
    timedelta | None: lambda number: timedelta(microseconds=number),
    datetime | None: lambda number: EPOCH + timedelta(microseconds=number),
    Profile | None: Profile,
}


def to_document(value: Any) -> dict[str, Any]:
    """`value`, a dataclass, as `from_document` wants it."""
    document = {}
    kind: Any = type(value)
    for name, default, convert in _outgoing(kind):
        if (part := getattr(value, name)) != default:
            document[name] = convert(part) if convert else part
    return document


def from_document(kind: type[V], document: Mapping[str, Any]) -> V:
    key: Any = kind
    converters = _incoming(key)
    return kind(
        **{
            name: convert(part) if (convert := converters[name]) else part
            for name, part in document.items()
            if name in converters
        }
    )


@cache
def _outgoing(kind: Any) -> tuple[tuple[str, object, _Convert | None], ...]:
    return tuple(
        (
            field.name,
            field.default if field.default_factory is MISSING else field.default_factory(),
            _OUTGOING.get(field.type),
        )
        for field in fields(kind)
    )


@cache
def _incoming(kind: Any) -> dict[str, _Convert | None]:
    return {field.name: _INCOMING.get(field.type) for field in fields(kind)}
