"""The `sid` that a client knows a session by (OIDC Back-Channel Logout §2.1)."""

import base64
from dataclasses import dataclass

from idp.core.ids import ClientId, SessionId
from idp.ports.crypto import Digester

LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIds:
    """Another one for every client: two who compare notes do not learn that their users share a browser, and none
    learns the id that our cookies name.
    """

    digester: Digester

    def of(self, client_id: ClientId, session_id: SessionId) -> str:
        digest = self.digester.digest("client-session", client_id, session_id)[:LENGTH]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
