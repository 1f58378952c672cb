"""The frames in which apps forget a session, in the browser that it was in (OIDC Front-Channel Logout 1.0)."""

from urllib.parse import urlencode, urlsplit

from idp.core.client import Client


def frame_of(client: Client, issuer: str, sid: str) -> str | None:
    """The address with `iss` and `sid` (§3). A query of its own is kept. None: the client wants no frame."""
    address = client.metadata.frontchannel_logout_uri
    if address is None:
        return None
    told = urlencode({"iss": issuer, "sid": sid})
    return f"{address}{'&' if urlsplit(address).query else '?'}{told}"
