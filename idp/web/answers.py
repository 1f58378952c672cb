"""Bytes out."""

from collections.abc import Iterable

import orjson
from starlette.responses import Response

from idp.web.cookies import put_cookies

JSON = (b"content-type", b"application/json; charset=utf-8")


def json_answer(
    body: object, status: int = 200, *, cookies: Iterable[str] = (), headers: dict[str, str] | None = None
) -> Response:
    """A JSON answer; each cookie is a Set-Cookie header of its own."""
    response = Response(orjson.dumps(body), status, headers=headers, media_type=None)
    response.raw_headers.append(JSON)
    return put_cookies(response, cookies)
