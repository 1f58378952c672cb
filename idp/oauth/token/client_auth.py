"""Who asks: the one way in which a client proves itself, at every endpoint that clients speak to (RFC 6749 §2.3)."""

import base64
import binascii
import hmac
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from idp.core.client import Client, ClientSecret
from idp.core.secret import Digest
from idp.oauth.errors import InvalidClient, InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.oauth.request import OAuthRequest
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork

REALM = 'Basic realm="oauth2", charset="UTF-8"'
NOBODYS = ClientSecret(digest=Digest(bytes(32)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Once:
    """Something that may be seen once: to be claimed in the unit of work that uses it."""

    purpose: str
    digest: Digest
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedClient:
    """`method` is as registered (RFC 7591 §2). `thumbprint` is of the certificate shown (`x5t#S256`), used or not."""

    client: Client
    method: str
    thumbprint: str | None = None
    assertion: Once | None = None

    def claim(self, work: UnitOfWork, now: datetime) -> None:
        """Uses the assertion up, if that is what it came with. Raises InvalidClient for one seen before."""
        once = self.assertion
        if once is not None and not work.oauth.replays.remember(once.purpose, once.digest, once.expires_at, now):
            raise InvalidClient("the client assertion was used before")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuthentication:
    """Raises InvalidClient, with one wording for all that is wrong, or InvalidRequest where two ways are tried."""

    store: Store
    clock: Clock
    clients: KnownClients

    async def __call__(self, request: OAuthRequest) -> AuthenticatedClient:
        """The client behind a request, its assertion used up."""
        known, now = await self.examine(request), self.clock.now()
        if known.assertion is not None:
            await self.store.transact(lambda work: known.claim(work, now))
        return known

    async def examine(self, request: OAuthRequest) -> AuthenticatedClient:
        """The same, for who claims the assertion in a unit of work of its own."""
        basic, form = _basic(request.headers.get("authorization")), request.form
        if basic is not None and "client_secret" in form:
            raise InvalidRequest("more than one way of client authentication")
        if basic is not None:
            if form.get("client_id", basic[0]) != basic[0]:
                raise InvalidRequest("client_id is not the client that authenticates")
            return await self._by_secret(*basic, "client_secret_basic")
        client_id = form.get("client_id", "")
        if "client_secret" in form:
            return await self._by_secret(client_id, form["client_secret"], "client_secret_post")
        client = await self.clients.find(client_id) if client_id else None
        if client is None or not client.is_public:
            raise InvalidClient("client authentication failed")
        return AuthenticatedClient(client=client, method="none")

    async def _by_secret(self, client_id: str, secret: str, method: str) -> AuthenticatedClient:
        client, now = await self.clients.find(client_id) if client_id else None, self.clock.now()
        known = [one for one in client.secrets if one.is_live(now)] if client else []
        digest = ClientSecret.digest_of(secret)
        is_right = any(hmac.compare_digest(one.digest, digest) for one in known or [NOBODYS])
        if client is None or not is_right or client.metadata.token_endpoint_auth_method != method:
            challenge = {"www-authenticate": REALM} if method == "client_secret_basic" else None
            raise InvalidClient("client authentication failed", headers=challenge)
        return AuthenticatedClient(client=client, method=method)


def _basic(header: str | None) -> tuple[str, str] | None:
    """Id and secret, each form-urlencoded before they were joined (RFC 6749 §2.3.1). None: no Basic was tried."""
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
        client_id, _, secret = text.partition(":")
        return unquote_plus(client_id, errors="strict"), unquote_plus(secret, errors="strict")
    except (binascii.Error, ValueError):
        raise InvalidClient("client authentication failed", headers={"www-authenticate": REALM}) from None
