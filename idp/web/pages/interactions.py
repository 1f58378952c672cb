"""What the pages ask of the authorization endpoint. They report what happened; it decides what comes next (row 55)."""

from collections.abc import Callable
from typing import Protocol

from starlette.requests import Request
from starlette.responses import Response

from idp.core.ids import SessionId
from idp.core.secret import Digest
from idp.oauth.authorize.steps import AuthorizationResponse, PageView
from idp.usecases.sessions.identify import Principal

Respond = Callable[[Request, AuthorizationResponse], Response]
"""Carries an answer to the client."""


class Interactions(Protocol):
    """Each raises an OAuthRefusal for an interaction that is unknown, over, or another browser's."""

    async def view(self, interaction: str, browser: Digest, principal: Principal | None) -> PageView: ...

    async def signed_in(self, interaction: str, browser: Digest, session_id: SessionId) -> None: ...

    async def consented(self, interaction: str, browser: Digest, principal: Principal) -> None: ...

    async def deny(self, interaction: str, browser: Digest) -> AuthorizationResponse: ...
