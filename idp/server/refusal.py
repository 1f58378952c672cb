"""The answer to what never became a request."""

from collections.abc import Mapping
from http import HTTPStatus

import orjson

from idp.web.middleware.envelope import HEADERS


def refusal_bytes(status: int, headers: Mapping[bytes, bytes]) -> bytes:
    """In the words of the faces, with the security headers of every answer; the connection is over with it."""
    phrase = HTTPStatus(status).phrase
    body = orjson.dumps({"message": phrase, "error": phrase, "statusCode": status})
    fields = {
        **headers,
        **HEADERS,
        b"content-type": b"application/json; charset=utf-8",
        b"content-length": str(len(body)).encode(),
        b"connection": b"close",
    }
    lines = [f"HTTP/1.1 {status} {phrase}".encode(), *(name + b": " + value for name, value in fields.items())]
    return b"\r\n".join([*lines, b"", body])
