"""The person with the browser looks at what a device asks for, and decides (RFC 8628 §3.3)."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.authorization import DeviceAuthorization, DeviceState
from idp.core.client import Client
from idp.core.errors import CodeRejected, SessionExpired, TooManyRequests
from idp.core.events import Event, EventName, Outcome
from idp.core.grant import Grant
from idp.core.ids import GrantId
from idp.core.lockout import Exhausted
from idp.core.session import Session, Source
from idp.oauth.authorize.assurance import reached
from idp.oauth.devices.user_code import canonical, digest_of_user_code, shown
from idp.oauth.neighbours import KnownClients, SubjectOf
from idp.oauth.rules import OAuthRules
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.sessions.identify import Principal
from idp.usecases.signin.guesses import Counter, Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """What a person is shown before they allow it. `user_code` as the device shows it."""

    client: Client
    scope: tuple[str, ...]
    resources: tuple[str, ...]
    user_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideDevice:
    """A code that is typed can be guessed: each try is charged to the source's budget for guesses, and to the account's
    when there is one, and given back when it was right (§5.1).
    """

    store: Store
    clock: Clock
    entropy: Entropy
    digester: Digester
    guesses: Guesses
    clients: KnownClients
    subjects: SubjectOf
    rules: OAuthRules

    async def look(self, typed: str, principal: Principal | None, source: Source) -> DeviceView:
        """Raises CodeRejected, or TooManyRequests."""
        letters = canonical(typed)
        device = await self.store.transact(lambda work: self._find(work, letters, principal, source))
        client = await self._client(device)
        return DeviceView(client=client, scope=device.scope, resources=device.resources, user_code=shown(letters))

    async def allow(self, typed: str, principal: Principal, source: Source) -> None:
        """Opens the grant that the device waits for. Raises CodeRejected, TooManyRequests or SessionExpired."""
        letters = canonical(typed)
        found = await self.store.transact(lambda work: self._find(work, letters, principal, source))
        client = await self._client(found)
        await self.store.transact(lambda work: self._allow(work, found, client, principal, source))

    async def deny(self, typed: str, principal: Principal, source: Source) -> None:
        """Raises CodeRejected or TooManyRequests."""
        letters = canonical(typed)

        def deny(work: UnitOfWork) -> None:
            device = self._find(work, letters, principal, source)
            self._decide(work, device, principal.session, None)
            self._record(work, EventName.AUTHORIZATION_DENIED, device, principal.session, source)

        await self.store.transact(deny)

    def _find(self, work: UnitOfWork, letters: str, principal: Principal | None, source: Source) -> DeviceAuthorization:
        now = self.clock.now()
        self.guesses.charge_source(work, source, now)
        counters = [self.guesses.device_code(principal.account.id)] if principal else []
        left = min((self._charge(work, counter, now) for counter in counters), default=0)
        device = work.oauth.devices.by_user_code(digest_of_user_code(self.digester, letters), now) if letters else None
        if device is None:
            raise CodeRejected(left)
        self.guesses.give_back(work, *counters, source=source)
        return device

    def _charge(self, work: UnitOfWork, counter: Counter, now: datetime) -> int:
        granted = self.guesses.charge(work, counter, now)
        if isinstance(granted, Exhausted):
            raise TooManyRequests(max(1, int((granted.until - now).total_seconds())))
        return granted.attempts_left

    async def _client(self, device: DeviceAuthorization) -> Client:
        client = await self.clients.find(device.client_id)
        if client is None:
            raise CodeRejected(0)
        return client

    def _allow(
        self, work: UnitOfWork, device: DeviceAuthorization, client: Client, principal: Principal, source: Source
    ) -> None:
        """By the session as this transaction reads it: one that ended a moment ago allows nothing (row 22)."""
        now = self.clock.now()
        found = work.sessions.principal(principal.session.id, held=True)
        if found is None or not found[0].is_live(now) or found[1].is_disabled:
            raise SessionExpired
        grant = self._grant(device, client, found[0], now)
        self._decide(work, device, found[0], grant.id)
        work.oauth.grants.open(grant)
        self._record(work, EventName.AUTHORIZATION_GRANTED, device, found[0], source)

    def _decide(
        self, work: UnitOfWork, device: DeviceAuthorization, session: Session, grant_id: GrantId | None
    ) -> None:
        """Raises CodeRejected for all but one who race."""
        state = DeviceState.DENIED if grant_id is None else DeviceState.APPROVED
        if not work.oauth.devices.decide(device.digest, state, session.account_id, grant_id, self.clock.now()):
            raise CodeRejected(0)

    def _grant(self, device: DeviceAuthorization, client: Client, session: Session, now: datetime) -> Grant:
        """Kept until the device has come for it, and for an access token's life after that."""
        life = client.terms.access_life or self.rules.access_life
        return Grant(
            id=GrantId(self.entropy.id()),
            client_id=client.id,
            account_id=session.account_id,
            subject=self.subjects.of(client, session.account_id),
            session_id=session.id,
            scope=device.scope,
            resources=device.resources,
            acr=next(iter(reached(session.methods)), None),
            methods=session.methods,
            authenticated_at=session.authenticated_at,
            created_at=now,
            expires_at=device.expires_at + life,
        )

    def _record(
        self, work: UnitOfWork, name: EventName, device: DeviceAuthorization, session: Session, source: Source
    ) -> None:
        event = Event(
            name=name,
            outcome=Outcome.FAILURE if name is EventName.AUTHORIZATION_DENIED else Outcome.SUCCESS,
            account_id=session.account_id,
            session_id=session.id,
            methods=session.methods,
            detail={"client": device.client_id, "device": True},
        )
        work.record(event, source=source, now=self.clock.now())
