"""Dynamic registration (RFC 7591, OIDC Registration) and its management (RFC 7592).

```
POST /oauth2/register ── may anybody? ── metadata ── sector ──▶ client + secret + registration token, each shown once
GET, PUT, DELETE /oauth2/register/{client_id} ── its own registration token, nobody else's ──▶ …
```
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from idp.core.client import Client, ClientMetadata, ClientSecret, Origin
from idp.core.events import Event, EventName
from idp.core.ids import ClientId
from idp.core.secret import Digest
from idp.core.session import Source
from idp.oauth.clients.metadata import parse_metadata
from idp.oauth.clients.secrets import ClientSecrets, knows_secret, needs_secret
from idp.oauth.clients.sectors import CheckSector
from idp.oauth.clients.strangers import strangers_terms
from idp.oauth.errors import InvalidClientMetadata, InvalidSoftwareStatement, InvalidToken
from idp.oauth.rules import OAuthRules, Registration
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.signin.guesses import Guesses

COUNTER = "client_registration"
CHALLENGE = {"www-authenticate": 'Bearer error="invalid_token"'}

_OURS = ("registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """`secret` and `token` are shown now and never again; `secret` is None where none was made."""

    client: Client
    token: str
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationTokens:
    """Bearer tokens at the registration endpoint, kept as digests."""

    digester: Digester
    entropy: Entropy

    def make(self) -> str:
        return self.entropy.token()

    def initial(self, token: str) -> Digest:
        """Of an initial access token (RFC 7591 §3)."""
        return self.digester.digest("initial-access-token", token)

    def own(self, client_id: ClientId, token: str) -> Digest:
        """Of a registration access token, bound to its client (Canaille's was not; row 72)."""
        return self.digester.digest("registration-access-token", client_id, token)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterClient:
    """Budgeted by source: whoever registers makes rows, and may make us fetch."""

    store: Store
    clock: Clock
    entropy: Entropy
    rules: OAuthRules
    guesses: Guesses
    secrets: ClientSecrets
    tokens: RegistrationTokens
    check_sector: CheckSector

    async def __call__(self, document: Mapping[str, object], token: str | None, source: Source) -> Registered:
        """Raises InvalidToken, InvalidRedirectUri, InvalidClientMetadata, InvalidSoftwareStatement, TooManyRequests."""
        now = self.clock.now()
        initial = await self._admit(token, source, now)
        metadata = await self.judge(document)
        client, secret, own = self._made(metadata, now)

        def add(work: UnitOfWork) -> None:
            if initial is not None and not work.oauth.initial_tokens.spend(initial, now):
                raise InvalidToken("the initial access token is not valid", headers=CHALLENGE)
            work.oauth.clients.add(client)
            work.record(_event(EventName.CLIENT_CREATED, client), source=source, now=now)

        await self.store.transact(add)
        return Registered(client=client, secret=secret, token=own)

    async def judge(self, document: Mapping[str, object]) -> ClientMetadata:
        """The same for registering and for changing."""
        if document.get("software_statement") is not None:
            raise InvalidSoftwareStatement("software statements are not taken here: send the metadata itself")
        resources = await self.store.read(lambda work: work.oauth.resources.all())
        metadata = parse_metadata(document, strangers_terms(self.rules, resources))
        await self.check_sector(metadata, fresh=True)
        return metadata

    async def _admit(self, token: str | None, source: Source, now: datetime) -> Digest | None:
        """Before anything else is looked at. The initial token's digest, where one is needed."""
        needed = self.rules.registration is not Registration.OPEN
        digest = self.tokens.initial(token) if needed and token else None

        def charge(work: UnitOfWork) -> bool:
            self.guesses.charge_source(work, source, now, scope=COUNTER)
            return not needed or (digest is not None and work.oauth.initial_tokens.is_live(digest, now))

        if self.rules.registration is Registration.CLOSED or not await self.store.transact(charge):
            raise InvalidToken("an initial access token is needed", headers=CHALLENGE)
        return digest

    def _made(self, metadata: ClientMetadata, now: datetime) -> tuple[Client, str | None, str]:
        client_id, own = ClientId(self.entropy.id()), self.tokens.make()
        secret = self.secrets.make() if needs_secret(metadata) else None
        client = Client(
            id=client_id,
            metadata=metadata,
            secrets=(self.secrets.keep(client_id, metadata, secret),) if secret else (),
            origin=Origin.REGISTRATION,
            registration_digest=self.tokens.own(client_id, own),
            created_at=now,
            updated_at=now,
        )
        return client, secret, own


@dataclass(frozen=True, slots=True, kw_only=True)
class ManageRegistration:
    """RFC 7592. Changes are budgeted like registrations.

    Raises InvalidToken, in the same words for a client that is not there (§2.1, §2.2, §2.3), and TooManyRequests.
    """

    store: Store
    clock: Clock
    secrets: ClientSecrets
    tokens: RegistrationTokens
    register: RegisterClient

    async def show(self, client_id: str, token: str | None) -> Registered:
        client = await self.store.read(lambda work: self._own(work, client_id, token))
        return Registered(client=client, token=token or "")

    async def change(
        self, client_id: str, token: str | None, document: Mapping[str, object], source: Source
    ) -> Registered:
        """Replaces everything: a member that is left out is taken back (§2.2)."""
        now = self.clock.now()
        before = await self.store.read(lambda work: self._own(work, client_id, token))
        _check_restated(document, before, now)
        # a list that it names is fetched anew each time
        await self.store.transact(lambda work: self.register.guesses.charge_source(work, source, now, scope=COUNTER))
        metadata = await self.register.judge(document)

        def update(work: UnitOfWork) -> Registered:
            client = self._own(work, client_id, token)
            kept, secret = self._secrets(client, metadata, document)
            changed = replace(client, metadata=metadata, secrets=kept, updated_at=now)
            work.oauth.clients.update(changed)
            work.record(_event(EventName.CLIENT_UPDATED, changed), source=source, now=now)
            return Registered(client=changed, token=token or "", secret=secret)

        return await self.store.transact(update)

    async def remove(self, client_id: str, token: str | None, source: Source) -> None:
        """With its grants: every token it holds is dead (§2.3)."""
        now = self.clock.now()

        def remove(work: UnitOfWork) -> None:
            client = self._own(work, client_id, token)
            work.oauth.clients.remove(client.id)
            work.record(_event(EventName.CLIENT_DELETED, client), source=source, now=now)

        await self.store.transact(remove)

    def _own(self, work: UnitOfWork, client_id: str, token: str | None) -> Client:
        client = work.oauth.clients.by_id(ClientId(client_id)) if token else None
        digest = self.tokens.own(ClientId(client_id), token or "")
        held = client.registration_digest if client is not None and client.disabled_at is None else None
        if client is None or held is None or not hmac.compare_digest(held, digest):
            raise InvalidToken("the registration access token is not this client's", headers=CHALLENGE)
        return client

    def _secrets(
        self, client: Client, metadata: ClientMetadata, document: Mapping[str, object]
    ) -> tuple[tuple[ClientSecret, ...], str | None]:
        """What is kept, and a secret that had to be made. The way in may have changed from keys to a secret."""
        if not needs_secret(metadata):
            return (), None
        is_sealed = any(kept.sealed for kept in client.secrets)
        if client.secrets and is_sealed == (metadata.token_endpoint_auth_method == "client_secret_jwt"):
            return client.secrets, None
        told = document.get("client_secret")
        secret = told if isinstance(told, str) else self.secrets.make()
        return (self.secrets.keep(client.id, metadata, secret),), secret


def _check_restated(document: Mapping[str, object], client: Client, now: datetime) -> None:
    """RFC 7592 §2.2: its id must be there, its secret must be right if it is there, what is ours must not."""
    if document.get("client_id") != client.id:
        raise InvalidClientMetadata("client_id: is missing or another's.")
    secret = document.get("client_secret")
    if secret is not None and not (isinstance(secret, str) and knows_secret(client, secret, now)):
        raise InvalidClientMetadata("client_secret: is not the one that was issued.")
    for member in _OURS:
        if member in document:
            raise InvalidClientMetadata(f"{member}: must be left out (RFC 7592 §2.2).")


def _event(name: EventName, client: Client) -> Event:
    return Event(name=name, detail={"client": client.id, "origin": client.origin.value})
