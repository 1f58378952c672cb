"""Bytes that strangers wrote, read in the one way that every reader of them must agree on."""

import base64
import json
from collections.abc import Iterable
from typing import NoReturn

DEEPEST = 32
"""Levels of JSON. Near Python's own limit, what could be read here could not be written again elsewhere."""


def base64url(part: str) -> bytes:
    """The bytes behind unpadded base64url, of which there is one spelling only (row 23, ZITADEL CVE-2026-27840).

    Raises ValueError.
    """
    data = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    if base64.urlsafe_b64encode(data).rstrip(b"=").decode() != part:
        raise ValueError("no canonical base64url")
    return data


def json_object(text: str | bytes) -> dict[str, object]:
    """One object, not too deep, without duplicate members, NaN or infinities (rows 114, 121). Raises ValueError."""
    written = text if isinstance(text, str) else text.decode()
    try:
        value = json.loads(written, object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None
    if not isinstance(value, dict):
        raise ValueError("no object")
    if written.count("{") + written.count("[") > DEEPEST:
        _check_depth(value)
    return value


def _check_depth(value: object) -> None:
    level = [value]
    for _ in range(DEEPEST):
        level = [item for one in level for item in _items(one)]
    if any(isinstance(one, dict | list) for one in level):
        raise ValueError("nested too deep")


def _items(value: object) -> Iterable[object]:
    match value:
        case dict():
            return value.values()
        case list():
            return value
    return ()


def _without_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON")
