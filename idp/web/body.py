"""Reading JSON that a stranger sent."""

import orjson
from starlette.requests import Request

from idp.core.errors import MalformedRequest

DEEPEST = 8


class UnsupportedMediaType(MalformedRequest):
    """Anything but `application/json`: a form post in disguise (ASVS 3.5.2)."""

    code = "unsupported_media_type"


class BodyTooLarge(MalformedRequest):
    """Past the limit, counted while it arrived."""

    code = "body_too_large"


class Malformed(MalformedRequest):
    """No JSON, JSON too deep, or no object."""


async def read_object(request: Request) -> dict[str, object]:
    """The body as a JSON object. Raises UnsupportedMediaType, BodyTooLarge or Malformed.

    orjson refuses NaN, Infinity and invalid Unicode; depth is bounded here (row 114, 121).
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
    if _is_deeper(parsed, DEEPEST):
        raise Malformed(f"JSON is nested deeper than {DEEPEST}")
    return parsed


def _is_deeper(value: object, left: int) -> bool:
    if isinstance(value, dict):
        return left == 0 or any(_is_deeper(item, left - 1) for item in value.values())
    if isinstance(value, list):
        return left == 0 or any(_is_deeper(item, left - 1) for item in value)
    return False
