"""What an access token is bound by, so that it is worth nothing to who steals it (RFC 9449 §6, RFC 8705 §3)."""

from collections.abc import Mapping

from idp.oauth.errors import InvalidDpopProof, InvalidRequest
from idp.oauth.rules import OAuthRules
from idp.oauth.token.client_auth import AuthenticatedClient

JKT, THUMBPRINT = "jkt", "x5t#S256"


def confirmation(known: AuthenticatedClient, jkt: str | None, rules: OAuthRules) -> Mapping[str, str] | None:
    """The `cnf` (RFC 7800), of all that was proved and asked for. None: a bearer token.

    Who sends a proof gets a bound token, registered or not. Raises InvalidDpopProof or InvalidRequest for a client that
    promised one and sent none.
    """
    metadata = known.client.metadata
    bound: dict[str, str] = {}
    if jkt is not None:
        bound[JKT] = jkt
    elif metadata.dpop_bound_access_tokens:
        raise InvalidDpopProof("this client's tokens are bound by DPoP: the proof is missing")
    if metadata.tls_client_certificate_bound_access_tokens:
        if known.thumbprint is None:
            raise InvalidRequest("this client's tokens are bound to its certificate: none was shown")
        bound[THUMBPRINT] = known.thumbprint
    if not bound and rules.is_fapi2(known.client):
        raise InvalidRequest("tokens are bound to a key: send a DPoP proof, or use mTLS")
    return bound or None
