"""Bloom's public reads of jurisdictions."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from idp.core.errors import NotFound
from idp.usecases.tenants.show import ShowJurisdictions
from idp.web.answers import json_answer
from idp.web.bloom import refuse
from idp.web.bloom.face import BloomFace
from idp.web.bloom.user_json import jurisdiction, public_jurisdiction
from idp.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class BloomJurisdictions:
    face: BloomFace
    show: ShowJurisdictions

    def routes(self) -> list[Route]:
        route = self.face.route
        return [
            route("GET", "/jurisdictions", self.all, guarded=False),
            route("GET", "/jurisdictions/byName/{name}", self.by_name),
        ]

    async def all(self, _request: Request) -> Response:
        return json_answer([jurisdiction(shown) for shown in await self.show.all()])

    async def by_name(self, request: Request) -> Response:
        name = request.path_params["name"]
        try:
            shown = await self.show.by_name(name)
        except NotFound:
            return refuse.full(404, f"jurisdiction {name} was requested but not found")
        return json_answer(public_jurisdiction(shown))
