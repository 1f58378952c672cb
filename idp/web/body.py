"""Reading JSON that a stranger sent."""

import json

import orjson
from starlette.requests import Request

from idp.core.errors import MalformedRequest

DEEPEST = 8


class UnsupportedMediaType(MalformedRequest):
    """Anything but `application/json`: a form post in disguise (ASVS 3.5.2)."""

    code = "unsupported_media_type"


class Malformed(MalformedRequest):
    """No JSON, JSON too deep or ambiguous, or no object."""


async def read_object(request: Request) -> dict[str, object]:
    """The body as a JSON object. Raises UnsupportedMediaType or Malformed.

    orjson refuses NaN, Infinity and invalid Unicode; the rest is refused here (rows 114, 120, 121).
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType("Content-Type must be application/json")
    body = await request.body()
    if not body:
        raise Malformed("Unexpected end of JSON input")
    try:
        parsed = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise Malformed("Body is not valid JSON") from None
    if not isinstance(parsed, dict):
        raise Malformed("Body must be a JSON object")
    _judge(parsed, DEEPEST)
    # whoever looked at the body before us may have taken the other of two members of one name (RFC 8259 §4)
    json.loads(body, object_pairs_hook=_once, parse_int=str, parse_float=str)
    return parsed


def _judge(value: object, levels_left: int) -> None:
    """Bounded depth, and no NUL: C libraries end a text there, and PostgreSQL takes none."""
    match value:
        case str():
            if "\x00" in value:
                raise Malformed("Text must not contain NUL")
        case dict() | list():
            if not levels_left:
                raise Malformed(f"JSON is nested deeper than {DEEPEST}")
            for item in (*value, *value.values()) if isinstance(value, dict) else value:
                _judge(item, levels_left - 1)


def _once(members: list[tuple[str, object]]) -> None:
    if len({name for name, _ in members}) < len(members):
        raise Malformed("Body names a member twice")
