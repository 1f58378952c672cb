"""OAuth's refusals on the wire (RFC 6749 §5.2, RFC 6750 §3.1)."""

import re
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import Accident, MalformedRequest, Overloaded, TooManyRequests
from idp.oauth.errors import InvalidRequest, OAuthRefusal
from idp.web.answers import json_answer
from idp.web.routing import Endpoint

NO_STORE = {"cache-control": "no-store", "pragma": "no-cache"}
"""RFC 6749 §5.1."""
CHALLENGE = "www-authenticate"
_END_OF_CHALLENGE = re.compile(r"$|(?=, DPoP )")
"""Of each: a client that reads one scheme reads nothing of the others."""
_PLAIN = str.maketrans({"§": "section ", "…": "...", '"': "'", "\\": "/"})
"""What a description must not hold (RFC 6749 §5.2; RFC 7591 §3.2.2: ASCII), and the same words may on a terminal."""


def oauth_error(refusal: OAuthRefusal) -> Response:
    """The code, and words that are fixed: nothing that was sent comes back (row 103)."""
    body = {"error": refusal.code}
    if refusal.description:
        body["error_description"] = refusal.description.translate(_PLAIN)
    return json_answer(body, refusal.status, headers={**NO_STORE, **refusal.headers})


def refusing(endpoint: Callable[[Request], Awaitable[Response]]) -> Endpoint:
    """The endpoint with its refusals worded. What is no OAuth refusal has OAuth's nearest word (RFC 6749 §4.1.2.1)."""

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuthRefusal as refusal:
            return oauth_error(refusal)
        except MalformedRequest:
            # text that no database holds, out of JSON that a client signed: half a character, or NUL
            return oauth_error(InvalidRequest("a text holds a character that cannot be kept"))
        except TooManyRequests as refusal:
            return _come_back(429, refusal.retry_after_seconds)
        except Overloaded as accident:
            return _come_back(503, accident.retry_after_seconds)
        except Accident:
            return _come_back(503, 1)

    return answer


def naming(metadata: str, endpoint: Callable[[Request], Awaitable[Response]]) -> Endpoint:
    """The endpoint of an API, whose challenges say where it is described (RFC 9728 §5.1)."""
    parameter = f', resource_metadata="{metadata}"'

    async def answer(request: Request) -> Response:
        try:
            return await endpoint(request)
        except OAuthRefusal as refusal:
            if challenge := refusal.headers.get(CHALLENGE):
                told = _END_OF_CHALLENGE.sub(parameter, challenge)
                refusal.headers = {**refusal.headers, CHALLENGE: told}
            raise

    return answer


def _come_back(status: int, seconds: int) -> Response:
    headers = {**NO_STORE, "retry-after": str(seconds)}
    return json_answer({"error": "temporarily_unavailable"}, status, headers=headers)
