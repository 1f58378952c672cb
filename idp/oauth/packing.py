"""What was signed for a client, encrypted if it registered that."""

from idp.core.client import Client
from idp.oauth.algorithms import DEFAULT_CONTENT_ENCRYPTION
from idp.oauth.errors import InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.oauth.referee.jose import TokenRefused
from idp.oauth.referee.jwe import encrypt


async def packed(signed: str, client: Client, clients: KnownClients, *, alg: str | None, enc: str | None) -> str:
    """`alg` and `enc` are the client's metadata for this kind of token; without `alg` it stays as it is.

    Raises InvalidRequest when the client has no key to encrypt for.
    """
    if alg is None:
        return signed
    try:
        return encrypt(signed, await clients.keys(client), alg, enc or DEFAULT_CONTENT_ENCRYPTION)
    except TokenRefused:
        raise InvalidRequest("the client has no key to encrypt for") from None
