"""Accounts of another system, with the hashes of their passwords, in batches that each are a transaction.

Nothing remembers how far an import came: each account has an id of its own, so whoever is there is passed over. An
import that was killed at any moment and is run again ends as if it had never been killed, whatever it reads from.
"""

import itertools
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import EmailTaken, UnknownTenant
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.password import PASSWORD
from idp.core.session import Source
from idp.core.tenant import Tenant, TenantKind
from idp.ports.ambient import Clock
from idp.ports.crypto import Digester, PasswordHasher
from idp.ports.storage import Store, UnitOfWork
from idp.sdk import CodeChannel
from idp.usecases.accounts.import_line import LONGEST_LINE, ImportedAccount, LineRefused, Place, read_line
from idp.usecases.extensions import Extensions
from idp.usecases.named import USUAL_ROLE, named_tenant
from idp.usecases.occasion import Occasion

BATCH = 100
"""Lines in one transaction: short enough that no request of a running server waits behind it."""
FUTURE = timedelta(days=1)
BLOOM_METHODS = frozenset({"email", "sms"})


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    line: int
    reason: str


@dataclass(slots=True, kw_only=True)
class Tally:
    """How far it came. `skipped` are the accounts that were there already, by id."""

    lines: int = 0
    imported: int = 0
    skipped: int = 0
    refused: list[RefusedLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidate:
    """An account that could be written down. `places` are (kind, name, role)."""

    line: int
    account: Account
    encoded: bytes | None
    places: tuple[tuple[TenantKind, str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportAccounts:
    """Raises nothing for a bad line: it is refused with its number and the reason, and the others go on."""

    store: Store
    clock: Clock
    digester: Digester
    hasher: PasswordHasher
    extensions: Extensions

    async def __call__(
        self, lines: Iterable[tuple[int, bytes | None]], source: Source, told: Callable[[Tally], None]
    ) -> Tally:
        """`lines` come with their numbers, None standing for one that is too long. `told` hears of each batch."""
        tally = Tally()
        for batch in _batches(lines):
            occasion = Occasion(source=source, now=self.clock.now())
            refused: list[RefusedLine] = []
            candidates = [found for line in batch if (found := self._judge(line, occasion.now, refused))]
            added, taken = await self.store.transact(lambda work: _write(work, candidates, occasion))  # noqa: B023 - awaited within the round
            tally.lines += len(batch)
            tally.imported += added
            tally.skipped += len(candidates) - added - len(taken)
            tally.refused += sorted((*refused, *taken), key=lambda one: one.line)
            told(tally)
        return tally

    def _judge(self, line: tuple[int, bytes | None], now: datetime, refused: list[RefusedLine]) -> _Candidate | None:
        number, text = line
        try:
            if text is None:
                raise LineRefused(f"is longer than {LONGEST_LINE} bytes")
            return self._candidate(number, read_line(text), now)
        except LineRefused as objection:
            refused.append(RefusedLine(line=number, reason=objection.reason))
            return None

    def _candidate(self, number: int, read: ImportedAccount, now: datetime) -> _Candidate:
        for name, moment in read.moments():
            if moment > now + FUTURE:
                raise LineRefused(f"{name}: lies in the future")
        if read.password_hash is not None and (objection := self.hasher.objection(read.password_hash)):
            raise LineRefused(f"passwordHash: {objection}")
        if read.phone_number_verified and not read.phone_number:
            raise LineRefused("phoneNumberVerified: there is no phoneNumber")
        return _Candidate(
            line=number,
            account=self._account(read, now),
            encoded=read.password_hash.encode() if read.password_hash is not None else None,
            places=tuple(_places(read)),
        )

    def _account(self, read: ImportedAccount, now: datetime) -> Account:
        created = read.created_at or now
        return Account(
            id=AccountId(read.id or self._id_from(read.email)),
            email=EmailAddress(read.email),
            first_name=read.first_name,
            last_name=read.last_name,
            middle_name=read.middle_name,
            phone_number=read.phone_number,
            phone_verified_at=now if read.phone_number_verified else None,
            date_of_birth=read.dob,
            language=read.language,
            roles=frozenset(read.roles or ()) | (read.user_roles.everywhere() if read.user_roles else frozenset()),
            mfa_methods=self._methods(read),
            confirmed_at=read.confirmed_at,
            disabled_at=now if read.disabled else None,
            agreed_to_terms=bool(read.agreed_to_terms_of_service),
            password_changed_at=(read.password_updated_at or created) if read.password_hash is not None else None,
            last_sign_in_at=read.last_login_at,
            created_at=created,
            updated_at=now,
        )

    def _methods(self, read: ImportedAccount) -> frozenset[str]:
        """Only codes that we send: an app's secret stays where it was made, so such an account could never sign in."""
        channels = {name for name, way in self.extensions.second_factors.items() if isinstance(way, CodeChannel)}
        wanted = set(read.mfa_methods or ())
        if strange := wanted - channels:
            raise LineRefused(f"mfaMethods: no enabled plugin sends codes by {', '.join(sorted(strange))}")
        if not read.mfa_enabled or wanted:
            return frozenset(wanted)
        if not channels & BLOOM_METHODS:
            raise LineRefused("mfaEnabled: no enabled plugin sends codes by email or sms")
        return frozenset(channels & BLOOM_METHODS)

    def _id_from(self, email: str) -> str:
        """Always the same for an address, and telling nothing of it to those who see the id."""
        return str(uuid.UUID(bytes=self.digester.digest("imported-account", email)[:16], version=4))


def _batches(lines: Iterable[tuple[int, bytes | None]]) -> Iterator[list[tuple[int, bytes | None]]]:
    rest = iter(lines)
    while batch := list(itertools.islice(rest, BATCH)):
        yield batch


def _places(read: ImportedAccount) -> Iterator[tuple[TenantKind, str, str]]:
    in_jurisdictions = read.user_roles.in_jurisdictions() if read.user_roles else None
    for kind, places, usual in (
        (TenantKind.JURISDICTION, read.jurisdictions, in_jurisdictions),
        (TenantKind.TEAM, read.teams, None),
    ):
        for place in places or ():
            role = place.role if isinstance(place, Place) else None
            name = place.name if isinstance(place, Place) else place
            yield kind, name, role or usual or USUAL_ROLE[kind]


def _write(work: UnitOfWork, candidates: Sequence[_Candidate], occasion: Occasion) -> tuple[int, list[RefusedLine]]:
    """How many were new, and who could not be written down after all."""
    added = 0
    refused = []
    tenants: dict[tuple[TenantKind, str], Tenant] = {}
    for candidate in candidates:
        if work.accounts.by_id(candidate.account.id) is not None:
            continue
        try:
            joins = [(_tenant(work, tenants, kind, name), role) for kind, name, role in candidate.places]
            work.accounts.add(candidate.account)
        except UnknownTenant as unknown:
            refused.append(
                RefusedLine(line=candidate.line, reason=f"there is no jurisdiction or team {unknown.name!r}")
            )
            continue
        except EmailTaken:
            refused.append(RefusedLine(line=candidate.line, reason="email: another account has this address"))
            continue
        _add(work, candidate, joins, occasion)
        added += 1
    return added, refused


def _add(work: UnitOfWork, candidate: _Candidate, joins: Sequence[tuple[Tenant, str]], occasion: Occasion) -> None:
    account_id, now = candidate.account.id, occasion.now
    if candidate.encoded is not None:
        work.credentials.put(account_id, PASSWORD, candidate.encoded, now)
    for tenant, role in joins:
        work.tenants.join(account_id, tenant.id, role, now)
    event = Event(name=EventName.ACCOUNT_CREATED, account_id=account_id, detail={"imported": True})
    work.record(event, source=occasion.source, now=now)


def _tenant(work: UnitOfWork, known: dict[tuple[TenantKind, str], Tenant], kind: TenantKind, name: str) -> Tenant:
    if (kind, name) not in known:
        known[kind, name] = named_tenant(work, kind, name)
    return known[kind, name]
