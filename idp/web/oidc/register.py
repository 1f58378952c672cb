"""/oauth2/register: clients register themselves, and look after what they registered (RFC 7591, RFC 7592)."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import MalformedRequest
from idp.oauth.clients.discovery import REGISTER
from idp.oauth.clients.metadata import metadata_to_json
from idp.oauth.clients.register import ManageRegistration, RegisterClient, Registered
from idp.oauth.clients.secrets import needs_secret
from idp.oauth.errors import InvalidClientMetadata
from idp.oauth.rules import OAuthRules, Registration
from idp.web.answers import json_answer
from idp.web.body import read_object
from idp.web.middleware.client import source_of
from idp.web.oidc.refuse import NO_STORE, refusing
from idp.web.routing import Route

CONTRACT = "oidc"


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationDesk:
    """Where registration is closed, those who registered before may still look after themselves."""

    rules: OAuthRules
    register: RegisterClient
    manage: ManageRegistration

    def routes(self) -> list[Route]:
        one = REGISTER + "/{client_id}"
        routes = [
            Route(method="GET", path=one, endpoint=refusing(self.show)),
            Route(method="PUT", path=one, endpoint=refusing(self.change)),
            Route(method="DELETE", path=one, endpoint=refusing(self.remove)),
        ]
        if self.rules.registration is not Registration.CLOSED:
            routes.append(Route(method="POST", path=REGISTER, endpoint=refusing(self.add)))
        return routes

    async def add(self, request: Request) -> Response:
        """RFC 7591 §3.2.1."""
        document = await _document(request)
        registered = await self.register(document, _bearer(request), source_of(request.scope, CONTRACT))
        return json_answer(self._told(registered), 201, headers=NO_STORE)

    async def show(self, request: Request) -> Response:
        return json_answer(
            self._told(await self.manage.show(request.path_params["client_id"], _bearer(request))), headers=NO_STORE
        )

    async def change(self, request: Request) -> Response:
        registered = await self.manage.change(
            request.path_params["client_id"],
            _bearer(request),
            await _document(request),
            source_of(request.scope, CONTRACT),
        )
        return json_answer(self._told(registered), headers=NO_STORE)

    async def remove(self, request: Request) -> Response:
        source = source_of(request.scope, CONTRACT)
        await self.manage.remove(request.path_params["client_id"], _bearer(request), source)
        return Response(status_code=204, headers=NO_STORE)

    def _told(self, registered: Registered) -> dict[str, object]:
        """A secret is told when it is made; it never expires by itself (`client_secret_expires_at` 0)."""
        client = registered.client
        secret: dict[str, object] = {"client_secret": registered.secret} if registered.secret else {}
        if needs_secret(client.metadata):
            secret["client_secret_expires_at"] = 0
        return {
            "client_id": client.id,
            **secret,
            "client_id_issued_at": int(client.created_at.timestamp()),
            "registration_access_token": registered.token,
            "registration_client_uri": f"{self.rules.issuer}{REGISTER}/{client.id}",
            **metadata_to_json(client.metadata),
        }


async def _document(request: Request) -> Mapping[str, object]:
    try:
        return await read_object(request)
    except MalformedRequest:
        raise InvalidClientMetadata("the body is not one JSON object of media type application/json") from None


def _bearer(request: Request) -> str | None:
    """RFC 6750 §2.1. None where there is none, or more than one."""
    given = request.headers.getlist("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return token.strip() or None if scheme.lower() == "bearer" else None
