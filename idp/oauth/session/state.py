"""What an app's page compares to notice that somebody signed out (OIDC Session Management 1.0 §2, §3)."""

import base64
import hashlib
from dataclasses import dataclass

from idp.core.ids import SessionId
from idp.ports.crypto import Digester

BROWSER_STATE = "idp-browser-state"
"""The cookie that the script of `check_session_iframe` reads. It says which session, to nobody who has not its id."""

LENGTH = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserStates:
    digester: Digester

    def of(self, session_id: SessionId) -> str:
        """The cookie's value while this session is the browser's. Without one there is no cookie."""
        digest = self.digester.digest("browser-state", session_id)[:LENGTH]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def session_state(client_id: str, origin: str, browser_state: str, salt: str) -> str:
    """The parameter of the authorization response. `origin` is of the redirect URI; `salt` is new for each answer.

    The script in `check_session.js` makes the same of what it is sent: change both or neither.
    """
    text = f"{client_id} {origin} {browser_state} {salt}"
    return f"{hashlib.sha256(text.encode()).hexdigest()}.{salt}"
