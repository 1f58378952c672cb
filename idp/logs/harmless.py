"""What may stand in a log: no secrets, no objects' own words, nothing that a terminal would obey."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import Enum

from idp.logs.faults import name_of

HIDDEN = "[hidden]"
LONGEST_TEXT = 1024
MOST_ITEMS = 64
DEEPEST = 4

_SECRET = re.compile(
    r"(?:^|[_.-])(?:pass(?:word|wd|phrase|key)?|pwd|secret|token|cookie|authorization|credential|otp|pin|body|link)s?"
    r"(?:$|[_.-])",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?:^|[_.-])codes?(?:$|[_.-])", re.IGNORECASE)
_STABLE_CODE = re.compile(r"[a-z][a-z_]{2,40}", re.ASCII)
"""A code of ours for a refusal (`account_locked`); a one-time code has digits, a link's token more than words."""

# what a terminal obeys or shows in another order: C0, DEL and C1, line and paragraph separators, bidirectional controls
_DANGEROUS = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_MOST_NAMES = 4096
_SCALARS = frozenset({str, int, float, bool, type(None)})
_kinds: dict[str, int] = {}
_harmless: set[str] = set()


def are_harmless(fields: Mapping[str, object]) -> bool:
    """Whether each may be shown as it is, unless its text is long: no name of a secret, no value with parts.

    Of names that were not shown yet the answer is no.
    """
    return fields.keys() <= _harmless and _SCALARS.issuperset(map(type, fields.values()))


def shown(name: str, value: object) -> object:
    """The value as JSON may hold it; a secret by its name is replaced, in depth as well (threat rows 63, 133)."""
    kind = _kinds.get(name)
    if kind is None:
        kind = _kind_of(name)
    if kind and _hides(kind, value):
        return HIDDEN
    return _plain(value, DEEPEST)


def escaped(text: str) -> str:
    """Without control characters, each written as `\\u001b` (uvicorn CVE-2020-7694, threat row 108)."""
    return _DANGEROUS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _kind_of(name: str) -> int:
    kind = 1 if _SECRET.search(name) else 2 if _CODE.search(name) else 0
    if len(_kinds) < _MOST_NAMES:  # names are written in code; a plugin may think otherwise
        _kinds[name] = kind
        if not kind:
            _harmless.add(name)
    return kind


def _hides(kind: int, value: object) -> bool:
    if value is None or isinstance(value, bool):
        return False
    if kind == 1:
        return True
    is_number_of_a_status = isinstance(value, int) and 0 <= value < 1000
    return not (is_number_of_a_status or (isinstance(value, str) and _STABLE_CODE.fullmatch(value)))


def _plain(value: object, depth: int) -> object:
    if type(value) is str:
        return value if len(value) <= LONGEST_TEXT else value[:LONGEST_TEXT] + "…"
    if type(value) is int:
        return value if -(1 << 63) <= value < 1 << 63 else "[large]"
    if value is None or type(value) is bool or type(value) is float:
        return value
    return _unfolded(value, depth)


def _unfolded(value: object, depth: int) -> object:
    match value:
        case Mapping() if depth:
            items = [*value.items()][:MOST_ITEMS]
            return {str(name)[:LONGEST_TEXT]: _inner(str(name), one, depth) for name, one in items}
        case list() | tuple() | set() | frozenset() if depth:
            return [_plain(one, depth - 1) for one in [*value][:MOST_ITEMS]]
        case _:
            return _in_a_word(value)


def _inner(name: str, value: object, depth: int) -> object:
    kind = _kind_of(name)
    return HIDDEN if kind and _hides(kind, value) else _plain(value, depth - 1)


def _in_a_word(value: object) -> object:
    match value:
        case BaseException():
            return name_of(value)
        case datetime():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Enum():
            return _plain(value.value, DEEPEST)
        case str():  # a subclass may have words of its own
            return _plain(str.__str__(value), 0)
        case _:
            return f"[{type(value).__qualname__}]"  # so may any object
