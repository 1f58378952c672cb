"""Bytes out."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import orjson
from starlette.responses import Response

from idp.web.cookies import put_cookies

JSON = (b"content-type", b"application/json; charset=utf-8")


class Plain(Response):
    """Of bytes and of fields that are written already, as ASGI has them; what it adds is their length."""

    def __init__(self, body: bytes, status: int, fields: Sequence[tuple[bytes, bytes]]) -> None:
        self.status_code = status
        self.background = None
        self.body = body
        self.raw_headers = [(b"content-length", b"%d" % len(body)), *fields]


@lru_cache(maxsize=256)
def _field(item: tuple[str, str]) -> tuple[bytes, bytes]:
    """As ASGI has it; most are the same in every answer."""
    name, value = item
    return name.lower().encode("latin-1"), value.encode("latin-1")


def json_answer(
    body: object, status: int = 200, *, cookies: Iterable[str] = (), headers: dict[str, str] | None = None
) -> Response:
    """A JSON answer; `headers` name other fields than its own. Each cookie is a Set-Cookie header of its own."""
    response = Plain(orjson.dumps(body), status, [JSON])
    if headers:
        response.raw_headers += [_field(item) for item in headers.items()]
    return put_cookies(response, cookies)
