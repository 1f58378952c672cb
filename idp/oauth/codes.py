"""What stands in the database for a code that a client carries from one endpoint to another."""

from idp.core.secret import Digest
from idp.ports.crypto import Digester

REQUEST_URI = "urn:ietf:params:oauth:request_uri:"
"""RFC 9126 §2.2: what a pushed request is called, before its token."""


def digest_of_code(digester: Digester, code: str) -> Digest:
    """An authorization code (RFC 6749 §4.1.2)."""
    return digester.digest("oauth-code", code)


def digest_of_pushed(digester: Digester, token: str) -> Digest:
    """A pushed request, by what follows `REQUEST_URI`."""
    return digester.digest("oauth-pushed", token)


def digest_of_interaction(digester: Digester, interaction: str) -> Digest:
    """An interaction, by the id in the addresses of its pages."""
    return digester.digest("oauth-interaction", interaction)


def digest_of_refresh(digester: Digester, token: str) -> Digest:
    """A refresh token (RFC 6749 §1.5)."""
    return digester.digest("oauth-refresh", token)


REVOKED = "revoked"
"""The purpose, in `replays`, of access tokens that were revoked by themselves (RFC 7009)."""


def digest_of_token_id(digester: Digester, token_id: str) -> Digest:
    """An access token, by its `jti`."""
    return digester.digest("oauth-jti", token_id)
