"""Who asks: the one way in which a client proves itself, at every endpoint that clients speak to.

| registered method | what the request brings | source |
|---|---|---|
| none | `client_id` | RFC 6749 §2.1 |
| client_secret_basic | `Authorization: Basic` | RFC 6749 §2.3.1 |
| client_secret_post | `client_secret` | RFC 6749 §2.3.1 |
| client_secret_jwt, private_key_jwt | `client_assertion` | RFC 7523 §2.2 |
| tls_client_auth, self_signed_tls_client_auth | a certificate, and `client_id` | RFC 8705 §2 |

A client may use the one that it registered; two at a time are an error (RFC 6749 §2.3).
"""

import base64
import binascii
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import unquote_plus

from idp.core.client import Client
from idp.core.errors import TooManyRequests
from idp.core.events import Event, EventName, Outcome
from idp.core.lockout import Exhausted
from idp.oauth.clients.secrets import knows_secret
from idp.oauth.errors import InvalidClient, InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.oauth.referee.certificates import ClientCertificate, read_certificate
from idp.oauth.request import OAuthRequest
from idp.oauth.token.assertions import ASSERTION_TYPE, PRIVATE_KEY_JWT, SECRET_JWT, ClientAssertions
from idp.oauth.token.once import Once
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.guesses import Guesses

CHALLENGE = {"www-authenticate": 'Basic realm="oauth2", charset="UTF-8"'}
NONE, BASIC, POST = "none", "client_secret_basic", "client_secret_post"
CA_SIGNED, SELF_SIGNED = "tls_client_auth", "self_signed_tls_client_auth"
FAILED = "client authentication failed"
SCOPE = "client"
"""The counter of failures, by client and source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedClient:
    """`method` is as registered (RFC 7591 §2). `thumbprint` is of the certificate shown (`x5t#S256`), used or not."""

    client: Client
    method: str
    thumbprint: str | None = None
    assertion: Once | None = None

    def claim(self, work: UnitOfWork, now: datetime) -> None:
        """Uses the assertion up, if that is what it came with. Raises InvalidClient for one seen before."""
        if self.assertion is not None and not self.assertion.claim(work, now):
            raise InvalidClient("the client assertion was used before")


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientAuthentication:
    """Raises InvalidClient, with one wording for unknown clients and wrong secrets, or InvalidRequest for two ways.

    A failure is charged to client and source and recorded, once it was looked at: a secret has 256 bits, so the budget
    is against noise and not against luck, and a client whose name is abused is not locked out.
    """

    store: Store
    clock: Clock
    clients: KnownClients
    assertions: ClientAssertions
    guesses: Guesses

    async def __call__(self, request: OAuthRequest) -> AuthenticatedClient:
        """The client behind a request, its assertion used up."""
        known, now = await self.examine(request), self.clock.now()
        if known.assertion is not None:
            await self.store.transact(lambda work: known.claim(work, now))
        return known

    async def examine(self, request: OAuthRequest) -> AuthenticatedClient:
        """The same, for who claims the assertion in a unit of work of its own."""
        try:
            return await self._examine(request)
        except InvalidClient:
            await self._charge(request)
            raise

    async def _examine(self, request: OAuthRequest) -> AuthenticatedClient:
        form, basic = request.form, _basic(request.headers.get("authorization"))
        ways = [basic is not None, "client_secret" in form, "client_assertion" in form]
        if sum(ways) > 1:
            raise InvalidRequest("more than one way of client authentication")
        if basic is not None:
            if form.get("client_id", basic[0]) != basic[0]:
                raise InvalidRequest("client_id is not the client that authenticates")
            return await self._by_secret(*basic, BASIC, request)
        if "client_secret" in form:
            return await self._by_secret(form.get("client_id", ""), {form["client_secret"]}, POST, request)
        if "client_assertion" in form or "client_assertion_type" in form:
            return await self._by_assertion(request)
        return await self._by_name(request)

    async def _by_secret(
        self, client_id: str, readings: Set[str], method: str, request: OAuthRequest
    ) -> AuthenticatedClient:
        client, now = await self.clients.find(client_id, request.source), self.clock.now()
        is_right = client is not None and any(knows_secret(client, secret, now) for secret in readings)
        if client is None or not is_right or client.metadata.token_endpoint_auth_method != method:
            raise InvalidClient(FAILED, headers=CHALLENGE if method == BASIC else None)
        return AuthenticatedClient(client=client, method=method, thumbprint=_thumbprint(request))

    async def _by_assertion(self, request: OAuthRequest) -> AuthenticatedClient:
        form, now = request.form, self.clock.now()
        if form.get("client_assertion_type") != ASSERTION_TYPE:
            raise InvalidClient("client_assertion_type is not the one of JWTs")
        parsed = self.assertions.parse(form.get("client_assertion", ""))
        named = parsed.claims.get("sub")
        client = await self.clients.find(named, request.source) if isinstance(named, str) else None
        if client is None or form.get("client_id", client.id) != client.id:
            raise InvalidClient(FAILED)
        method = client.metadata.token_endpoint_auth_method
        if method not in (PRIVATE_KEY_JWT, SECRET_JWT):
            raise InvalidClient(FAILED)
        once = await self.assertions.verify(parsed, client, request, now)
        return AuthenticatedClient(client=client, method=method, thumbprint=_thumbprint(request), assertion=once)

    async def _by_name(self, request: OAuthRequest) -> AuthenticatedClient:
        """A public client, or one whose proof is the connection itself."""
        client = await self.clients.find(request.form.get("client_id", ""), request.source)
        certificate = _certificate(request)
        method = client.metadata.token_endpoint_auth_method if client else ""
        if client is None or not (method == NONE or await self._is_shown(client, certificate)):
            raise InvalidClient(FAILED)
        thumbprint = certificate.thumbprint if certificate else None
        return AuthenticatedClient(client=client, method=method, thumbprint=thumbprint)

    async def _is_shown(self, client: Client, certificate: ClientCertificate | None) -> bool:
        if certificate is None or not certificate.is_valid(self.clock.now()):
            return False
        match client.metadata.token_endpoint_auth_method:
            case "tls_client_auth":
                authorities = self.assertions.rules.certificate_authorities
                is_issued = authorities is None or certificate.is_issued_by(authorities, self.clock.now())
                return is_issued and certificate.is_of(client.metadata)
            case "self_signed_tls_client_auth":
                keys = await self.clients.keys(client)
                return certificate.is_listed(keys) or certificate.is_listed(await self.clients.keys(client, fresh=True))
        return False

    async def _charge(self, request: OAuthRequest) -> None:
        """Counts and records a failure. Raises TooManyRequests past the budget: then nothing is recorded any more."""
        basic, form, now = _basic(request.headers.get("authorization"), quietly=True), request.form, self.clock.now()
        named = basic[0] if basic else form.get("client_id", "")
        # names that are nobody's share one budget: else whoever thinks up names has one for each
        client_id = named if await self.clients.find(named, request.source) is not None else ""
        exhausted = await self.store.transact(lambda work: self._record(work, client_id, request, now))
        if exhausted is not None:
            raise TooManyRequests(max(1, int((exhausted.until - now).total_seconds())))

    def _record(self, work: UnitOfWork, client_id: str, request: OAuthRequest, now: datetime) -> Exhausted | None:
        digester = self.guesses.digester
        key = digester.digest("client-guess", client_id, request.source.address).hex()
        granted = work.attempts.charge(SCOPE, key, self.guesses.rules.source_budget, now)
        if isinstance(granted, Exhausted):
            return granted
        event = Event(
            name=EventName.CLIENT_REFUSED, outcome=Outcome.FAILURE, subject_hash=digester.pseudonym(client_id)
        )
        work.record(event, source=request.source, now=now)
        return None


def _basic(header: str | None, *, quietly: bool = False) -> tuple[str, Set[str]] | None:
    """Id, and what the secret may be. None: no Basic was tried.

    Both are form-urlencoded before they are joined (RFC 6749 §2.3.1), says the specification; curl, Authlib and others
    send a secret as it is (RFC 7617), with its `+` and `%`.
    """
    scheme, _, value = (header or "").partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        text = base64.b64decode(value.strip(), validate=True).decode()
        client_id, _, secret = text.partition(":")
        return unquote_plus(client_id, errors="strict"), {unquote_plus(secret), secret}
    except (binascii.Error, ValueError):
        if quietly:
            return None
        raise InvalidClient(FAILED, headers=CHALLENGE) from None


def _certificate(request: OAuthRequest) -> ClientCertificate | None:
    return read_certificate(request.certificate) if request.certificate else None


def _thumbprint(request: OAuthRequest) -> str | None:
    certificate = _certificate(request)
    return certificate.thumbprint if certificate else None
