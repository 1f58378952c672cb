"""What operators do about clients: in effect at once, in every process."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from idp.core.client import Client, ClientMetadata, ClientSecret, ClientTerms, Origin
from idp.core.errors import Forbidden, MalformedRequest, NotFound
from idp.core.events import Event, EventName
from idp.core.ids import ClientId
from idp.core.session import Source
from idp.oauth.clients.metadata import MetadataTerms, metadata_to_json, parse_metadata, usual_auth_method
from idp.oauth.clients.secrets import ClientSecrets, needs_secret
from idp.oauth.clients.sectors import CheckSector
from idp.oauth.clients.vocabulary import AUTHORIZATION_CODE, REFRESH_TOKEN
from idp.oauth.rules import SCOPES, OAuthRules
from idp.ports.ambient import Clock, Entropy
from idp.ports.storage import Store, UnitOfWork

LONGEST_ID = 128
LONGEST_SECRET = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class NewClient:
    """`document` is metadata by RFC 7591's names. An id is made where none is given, a secret where one is needed."""

    document: Mapping[str, object]
    terms: ClientTerms
    id: str | None = None
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """`secret` is there when it was given or made just now, and never again."""

    client: Client
    secret: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdministerClients:
    """A client of the configuration is changed there: here that is Forbidden. NotFound for one that is not there."""

    store: Store
    clock: Clock
    entropy: Entropy
    rules: OAuthRules
    secrets: ClientSecrets
    check_sector: CheckSector

    async def create(self, wanted: NewClient, source: Source) -> Shown:
        """Raises InvalidRedirectUri, InvalidClientMetadata, MalformedRequest."""
        now = self.clock.now()
        client_id = ClientId(_checked_id(wanted.id) if wanted.id is not None else self.entropy.id())
        document = {
            "grant_types": [AUTHORIZATION_CODE, REFRESH_TOKEN],
            "token_endpoint_auth_method": usual_auth_method(wanted.document, has_secret=wanted.secret is not None),
            **wanted.document,
        }
        metadata = await self._judged(document, wanted.terms)
        secret = self._secret(metadata, wanted.secret)
        client = Client(
            id=client_id,
            metadata=metadata,
            terms=wanted.terms,
            secrets=(self.secrets.keep(client_id, metadata, secret),) if secret else (),
            created_at=now,
            updated_at=now,
        )

        def add(work: UnitOfWork) -> None:
            if not work.oauth.clients.add(client):
                raise MalformedRequest("there is a client of this id already")
            work.record(_event(EventName.CLIENT_CREATED, client), source=source, now=now)

        await self.store.transact(add)
        return Shown(client=client, secret=secret)

    async def page(self, *, after: ClientId | None, limit: int) -> Sequence[Client]:
        return await self.store.read(lambda work: work.oauth.clients.page(after=after, limit=limit))

    async def show(self, client_id: str) -> Client:
        return await self.store.read(lambda work: _found(work, client_id))

    async def update(
        self, client_id: str, changes: Mapping[str, object], terms: Mapping[str, Any], source: Source
    ) -> Shown:
        """`changes` are members of the metadata, None taking one back; `terms` are fields of ClientTerms."""
        before, now = await self.show(client_id), self.clock.now()
        new_terms = replace(before.terms, **terms)
        metadata = await self._judged({**metadata_to_json(before.metadata), **changes}, new_terms)

        def update(work: UnitOfWork) -> Shown:
            client = _own(work, client_id)
            kept, secret = self._kept(client, metadata)
            changed = replace(client, metadata=metadata, terms=new_terms, secrets=kept, updated_at=now)
            return self._write(work, Shown(client=changed, secret=secret), source)

        return await self.store.transact(update)

    async def enable(self, client_id: str, source: Source, *, enabled: bool) -> Shown:
        """A disabled client is unknown at every endpoint; what it was allowed stays."""
        now = self.clock.now()

        def update(work: UnitOfWork) -> Shown:
            client = _own(work, client_id)
            changed = replace(client, disabled_at=None if enabled else client.disabled_at or now, updated_at=now)
            return self._write(work, Shown(client=changed), source)

        return await self.store.transact(update)

    async def rotate_secret(
        self, client_id: str, source: Source, *, given: str | None = None, overlap: timedelta = timedelta(0)
    ) -> Shown:
        """The newest secret so far still counts for `overlap`. Raises MalformedRequest for a client that has none."""
        now = self.clock.now()

        def rotate(work: UnitOfWork) -> Shown:
            client = _own(work, client_id)
            secret = self._secret(client.metadata, given)
            if secret is None:
                raise MalformedRequest("the client has no secret: token_endpoint_auth_method takes none")
            new = self.secrets.keep(client.id, client.metadata, secret)
            changed = replace(client, secrets=(new, *_ending(client.secrets[:1], now, overlap)), updated_at=now)
            work.oauth.clients.update(changed)
            work.record(_event(EventName.CLIENT_SECRET_ROTATED, changed), source=source, now=now)
            return Shown(client=changed, secret=secret)

        return await self.store.transact(rotate)

    async def delete(self, client_id: str, source: Source) -> Client:
        """With its grants: every token it holds is dead."""
        now = self.clock.now()

        def remove(work: UnitOfWork) -> Client:
            client = _own(work, client_id)
            work.oauth.clients.remove(client.id)
            work.record(_event(EventName.CLIENT_DELETED, client), source=source, now=now)
            return client

        return await self.store.transact(remove)

    async def _judged(self, document: Mapping[str, object], terms: ClientTerms) -> ClientMetadata:
        profile, rules = terms.profile or self.rules.profile, self.rules
        known = MetadataTerms(
            profile=profile,
            default_scope=rules.default_scope or SCOPES,
            encrypted_requests=rules.encrypted_requests,
            smallest_rsa=rules.smallest_rsa,
        )
        metadata = parse_metadata(document, known)
        await self.check_sector(metadata)
        return metadata

    def _secret(self, metadata: ClientMetadata, given: str | None) -> str | None:
        if given is None:
            return self.secrets.make() if needs_secret(metadata) else None
        if not needs_secret(metadata):
            raise MalformedRequest("token_endpoint_auth_method takes no secret")
        if not 0 < len(given) <= LONGEST_SECRET or not given.isascii() or not given.isprintable():
            raise MalformedRequest(f"a secret has 1 to {LONGEST_SECRET} printable ASCII characters")
        return given

    def _kept(self, client: Client, metadata: ClientMetadata) -> tuple[tuple[ClientSecret, ...], str | None]:
        """The secrets that go on, and one that had to be made: an HMAC needs it sealed, the others never do."""
        if not needs_secret(metadata):
            return (), None
        seals = metadata.token_endpoint_auth_method == "client_secret_jwt"
        if client.secrets and all((kept.sealed is not None) == seals for kept in client.secrets):
            return client.secrets, None
        secret = self.secrets.make()
        return (self.secrets.keep(client.id, metadata, secret),), secret

    def _write(self, work: UnitOfWork, shown: Shown, source: Source) -> Shown:
        work.oauth.clients.update(shown.client)
        work.record(_event(EventName.CLIENT_UPDATED, shown.client), source=source, now=shown.client.updated_at)
        return shown


def _checked_id(client_id: str) -> str:
    """RFC 6749 Appendix A.1, without blanks. It may be an address: that of an API, which then asks about the tokens for
    it (RFC 7662), or that of a document whose client is to be kept out.
    """
    if not 0 < len(client_id) <= LONGEST_ID or not client_id.isascii() or not client_id.isprintable():
        raise MalformedRequest(f"a client's id has 1 to {LONGEST_ID} printable ASCII characters")
    if " " in client_id:
        raise MalformedRequest("a client's id has no blanks")
    return client_id


def _found(work: UnitOfWork, client_id: str) -> Client:
    client = work.oauth.clients.by_id(ClientId(client_id))
    if client is None:
        raise NotFound("there is no such client")
    return client


def _own(work: UnitOfWork, client_id: str) -> Client:
    client = _found(work, client_id)
    if client.origin is Origin.CONFIG:
        raise Forbidden("the client is the configuration's: change it there")
    return client


def _ending(secrets: Sequence[ClientSecret], now: datetime, overlap: timedelta) -> tuple[ClientSecret, ...]:
    if not overlap:
        return ()
    end = now + overlap
    return tuple(replace(kept, expires_at=min(end, kept.expires_at or end)) for kept in secrets if kept.is_live(now))


def _event(name: EventName, client: Client) -> Event:
    return Event(name=name, detail={"client": client.id, "origin": client.origin.value})
