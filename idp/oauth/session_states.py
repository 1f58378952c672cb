"""What an app's page compares to notice that somebody signed out (OIDC Session Management 1.0 §2, §3)."""

import base64
import hashlib
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from urllib.parse import urlsplit

from idp.core.ids import ClientId, SessionId
from idp.ports.ambient import Entropy
from idp.ports.crypto import Digester

BROWSER_STATE = "idp-browser-state"
"""The cookie that the script of `check_session_iframe` reads. It says which session, to nobody who has not its id."""

BROWSER_STATE_LIFE = timedelta(days=30)
LENGTH = 16
SALT_LENGTH = 22
PORTS = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserStates:
    entropy: Entropy
    digester: Digester

    def of(self, session_id: SessionId) -> str:
        """The cookie's value while this session is the browser's. Without one there is no cookie."""
        digest = self.digester.digest("browser-state", session_id)[:LENGTH]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def parameter(self, client_id: ClientId, redirect_uri: str, browser_state: str) -> str:
        """`session_state` of the authorization response, by what `of` said."""
        salt = self.entropy.token()[:SALT_LENGTH]
        return session_state(client_id, origin_of(redirect_uri), browser_state, salt)


def session_state(client_id: str, origin: str, browser_state: str, salt: str) -> str:
    """Made new for each answer, by its salt.

    The script in `check_session.js` makes the same of what it is sent: change both or neither.
    """
    text = f"{client_id} {origin} {browser_state} {salt}"
    return f"{hashlib.sha256(text.encode()).hexdigest()}.{salt}"


@lru_cache(maxsize=1024)
def origin_of(address: str) -> str:
    """As a browser tells it: in lower case, without the port that the scheme implies (RFC 6454 §6.2)."""
    parts = urlsplit(address)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    named = f"[{host}]" if ":" in host else host
    port = parts.port
    return f"{scheme}://{named}" + ("" if port in (None, PORTS.get(scheme)) else f":{port}")
