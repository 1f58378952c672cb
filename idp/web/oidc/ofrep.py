"""POST /ofrep/v1/evaluate/flags…: tenants' flags for an app's OpenFeature SDK (OFREP 0.3)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import orjson
from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import MalformedRequest, NotFound
from idp.core.ids import AccountId
from idp.oauth.access.evaluate import EvaluateFlags, Evaluation
from idp.oauth.own_api import FLAGS, described_at
from idp.oauth.token.access_tokens import userinfo_audience
from idp.oauth.token.verify import AccessTokenVerifier
from idp.web.answers import json_answer
from idp.web.body import read_object
from idp.web.oidc.read import ReadForm
from idp.web.oidc.refuse import NO_STORE, naming, refusing
from idp.web.routing import Route

SCOPE = "features"


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagDoor:
    """For holders of an access token with the scope `features`: the values are those of whom the token is about.

    The request's `context` is read for its shape alone: it is the caller's claim and selects nothing.
    """

    read: ReadForm
    verify: AccessTokenVerifier
    evaluate: EvaluateFlags

    def routes(self) -> list[Route]:
        described = described_at(FLAGS, self.read.issuer)
        return [
            Route(method="POST", path=FLAGS, endpoint=refusing(naming(described, self.all))),
            Route(method="POST", path=f"{FLAGS}/{{key}}", endpoint=refusing(naming(described, self.one))),
        ]

    async def one(self, request: Request) -> Response:
        key = str(request.path_params["key"])
        account_id = await self._who(request)
        try:
            await _context(request)
            return json_answer(_flag(await self.evaluate.one(key, account_id)), headers=NO_STORE)
        except MalformedRequest:
            return _failed(400, {"key": key, "errorCode": "PARSE_ERROR"})
        except NotFound:
            return _failed(404, {"key": key, "errorCode": "FLAG_NOT_FOUND"})

    async def all(self, request: Request) -> Response:
        """With an ETag over the values: a poll that finds nothing new costs 304 and no body."""
        account_id = await self._who(request)
        try:
            await _context(request)
        except MalformedRequest:
            return _failed(400, {"errorCode": "PARSE_ERROR"})
        body = orjson.dumps({"flags": [_flag(one) for one in await self.evaluate.all(account_id)]})
        etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"etag": etag, "cache-control": "private, no-cache"}
        if request.headers.get("if-none-match") == etag:
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    async def _who(self, request: Request) -> AccountId:
        access = await self.verify.verify(self.read.head(request), audience=userinfo_audience(self.read.issuer))
        return access.granted(SCOPE).grant.account_id


async def _context(request: Request) -> None:
    """Raises MalformedRequest. No body is an empty context."""
    if await request.body() and not isinstance((await read_object(request)).get("context", {}), dict):
        raise MalformedRequest("context is no object")


def _flag(one: Evaluation) -> Mapping[str, object]:
    return {"key": one.key, "reason": one.reason, "variant": one.variant, "value": one.value, "metadata": {}}


def _failed(status: int, body: Mapping[str, str]) -> Response:
    return json_answer(body, status, headers=NO_STORE)
