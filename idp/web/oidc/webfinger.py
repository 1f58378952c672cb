"""GET /.well-known/webfinger (RFC 7033, OIDC Discovery §2)."""

from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from idp.oauth.errors import InvalidRequest
from idp.oauth.webfinger import PATH, WebFinger
from idp.web.answers import json_answer
from idp.web.oidc.fields import fields_of
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

JRD = "application/jrd+json"
LARGEST, MOST_FIELDS = 4096, 16
AGE_SECONDS = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class WebFingerDoor:
    finger: WebFinger

    def routes(self) -> list[Route]:
        route = Route(method="GET", path=PATH, endpoint=refusing(self.answer))
        return [route] if self.finger.rules.webfinger_domains is not None else []

    async def answer(self, request: Request) -> Response:
        """400 without one well-formed resource, 404 for somebody else's (RFC 7033 §4.2)."""
        fields = _fields(request.scope["query_string"])
        resources = [value for name, value in fields if name == "resource"]
        if len(resources) != 1:
            raise InvalidRequest("resource is missing, or is given more than once")
        found = self.finger(resources[0], [value for name, value in fields if name == "rel"])
        if found is None:
            return json_answer({"error": "not_found"}, 404, headers=NO_STORE)
        headers = {"cache-control": f"public, max-age={AGE_SECONDS}", "cross-origin-resource-policy": "cross-origin"}
        return Response(orjson.dumps(found), headers=headers, media_type=JRD)


def _fields(query: bytes) -> list[tuple[str, str]]:
    if len(query) > LARGEST:
        raise InvalidRequest("the request is too large")
    try:
        return fields_of(query.decode("ascii"), most=MOST_FIELDS)
    except ValueError:
        raise InvalidRequest("the request is malformed") from None
