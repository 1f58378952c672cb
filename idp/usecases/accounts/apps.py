"""The apps that a person signed in to with us: which they are, and how to part with one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from idp.core.client import Client, ClientMetadata, Origin
from idp.core.errors import NotFound
from idp.core.events import Event, EventName
from idp.core.ids import AccountId, ClientId
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.occasion import Occasion


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedApp:
    """`since` is the first of what it still holds; `offline`: it may come back while the person is away."""

    client: Client
    scope: tuple[str, ...]
    since: datetime
    offline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectedApps:
    """Revoking takes consent, codes and tokens back in one transaction (row 98). Raises NotFound."""

    store: Store
    clock: Clock

    async def of(self, account_id: AccountId) -> Sequence[ConnectedApp]:
        """By name."""
        now = self.clock.now()
        return await self.store.read(lambda work: _connected(work, account_id, now))

    async def revoke(self, account_id: AccountId, client_id: ClientId, source: Source) -> None:
        occasion = Occasion(source=source, now=self.clock.now())
        await self.store.transact(lambda work: _revoke(work, account_id, client_id, occasion))


def _connected(work: UnitOfWork, account_id: AccountId, now: datetime) -> Sequence[ConnectedApp]:
    scopes: dict[ClientId, dict[str, None]] = {}
    since: dict[ClientId, datetime] = {}
    held = [(grant.client_id, grant.scope, grant.created_at) for grant in work.oauth.grants.of(account_id, now)]
    given = [(consent.client_id, consent.scope, consent.given_at) for consent in work.oauth.consents.of(account_id)]
    for client_id, scope, at in (*held, *given):
        scopes.setdefault(client_id, {}).update(dict.fromkeys(scope))
        since[client_id] = min(at, since.get(client_id, at))
    found = [
        ConnectedApp(
            client=work.oauth.clients.by_id(client_id) or _without_row(client_id, since[client_id]),
            scope=tuple(scope),
            since=since[client_id],
            offline="offline_access" in scope,
        )
        for client_id, scope in scopes.items()
    ]
    return sorted(found, key=lambda app: app.client.name.lower())


def _without_row(client_id: ClientId, since: datetime) -> Client:
    """A client that a document describes: what it holds can be taken back, whether the document is there or not."""
    return Client(id=client_id, metadata=ClientMetadata(), origin=Origin.DOCUMENT, created_at=since, updated_at=since)


def _revoke(work: UnitOfWork, account_id: AccountId, client_id: ClientId, occasion: Occasion) -> None:
    # whoever was about to give by this consent is through with it, or finds it gone (row 98)
    work.accounts.by_id(account_id)
    work.sessions.hold_all(account_id)
    had_consent = work.oauth.consents.remove(account_id, client_id)
    ended = work.oauth.grants.revoke_of(account_id, occasion.now, client_id=client_id)
    if not had_consent and not ended:
        raise NotFound
    event = Event(name=EventName.CONSENT_REVOKED, account_id=account_id, detail={"client": client_id, "grants": ended})
    work.record(event, source=occasion.source, now=occasion.now)
