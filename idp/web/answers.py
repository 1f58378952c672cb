"""Bytes out."""

from collections.abc import Iterable, Sequence

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


def json_answer(
    body: object, status: int = 200, *, cookies: Iterable[str] = (), headers: dict[str, str] | None = None
) -> Response:
    """A JSON answer; each cookie is a Set-Cookie header of its own."""
    response = Plain(orjson.dumps(body), status, [JSON])
    if headers:
        response.headers.update(headers)
    return put_cookies(response, cookies)
