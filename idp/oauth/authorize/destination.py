"""Where the answer to an authorization request may go. Until that is proved there is an error page, never a redirect.

Threat rows 91 to 94; Authlib 1.6.10 and 1.7.1 redirected before they had checked.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.client import Client
from idp.oauth.authorize.parameters import Parameters
from idp.oauth.errors import InvalidRequest, OAuthRefusal

MODES: Mapping[str, str] = {
    "query": "query",
    "fragment": "fragment",
    "form_post": "form_post",
    "jwt": "query.jwt",
    "query.jwt": "query.jwt",
    "fragment.jwt": "fragment.jwt",
    "form_post.jwt": "form_post.jwt",
}
"""OAuth 2.0 Multiple Response Type Encoding Practices, Form Post Response Mode, and JARM §2.3, to what each means."""
DEFAULT_MODE = "query"

# what stands behind the port begins with / or ?, so that no user name hides in it: http://localhost:80@attacker
_LOOPBACK = re.compile(r"(http://(?:127\.0\.0\.1|\[::1\]|localhost))(?::([1-9][0-9]{0,4}))?((?:[/?].*)?)", re.ASCII)
LAST_PORT = 65535
_NEVER = ("javascript:", "data:", "vbscript:", "file:", "blob:", "about:")


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Proved: the client registered it. `named` is what the request said, None when it left it out."""

    client: Client
    redirect_uri: str
    named: str | None
    response_mode: str = DEFAULT_MODE
    state: str | None = None


class Answerable(Exception):
    """A refusal that the client may be told by redirect, for its address is proved."""

    def __init__(self, destination: Destination, refusal: OAuthRefusal) -> None:
        super().__init__(str(refusal))
        self.destination = destination
        self.refusal = refusal


def prove(client: Client, parameters: Parameters, *, must_be_named: bool) -> Destination:
    """Raises InvalidRequest: for the error page.

    A response mode that we do not know is answered in the usual one; that it is unknown is told later.
    """
    parameters.require_sound("client_id", "redirect_uri")
    named = parameters.get("redirect_uri")
    return Destination(
        client=client,
        redirect_uri=_proved(client, named, must_be_named=must_be_named),
        named=named,
        response_mode=MODES.get(parameters.get("response_mode") or DEFAULT_MODE, DEFAULT_MODE),
        state=parameters.get("state"),
    )


def _proved(client: Client, named: str | None, *, must_be_named: bool) -> str:
    registered = client.metadata.redirect_uris
    if named is None:
        # OIDC Core §3.1.2.1 always wants it; RFC 6749 §3.1.2.3 unless there is but one
        if must_be_named or len(registered) != 1:
            raise InvalidRequest("redirect_uri is missing")
        named = registered[0]
    if not is_registered(client, named):
        raise InvalidRequest("redirect_uri is not registered for this client")
    return named


def is_registered(client: Client, redirect_uri: str) -> bool:
    """Byte by byte. The port of a loopback address is free for native applications (RFC 8252 §7.3, RFC 9700 §2.1)."""
    if redirect_uri.lower().startswith(_NEVER):
        return False
    if redirect_uri in client.metadata.redirect_uris:
        return True
    if not (client.is_public or client.metadata.application_type == "native"):
        return False
    asked = _without_port(redirect_uri)
    return asked is not None and asked in map(_without_port, client.metadata.redirect_uris)


def _without_port(uri: str) -> tuple[str, str] | None:
    """A loopback address in front of its port and behind it. None for any other, and for a port that is none."""
    found = _LOOPBACK.fullmatch(uri)
    if found is None or int(found[2] or 0) > LAST_PORT:
        return None
    return found[1], found[3]
