"""A new account, by an operator."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from idp.core.account import LONGEST_NAME, Account
from idp.core.address import EmailAddress
from idp.core.errors import MalformedRequest
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.password import PASSWORD
from idp.core.session import Source
from idp.core.tenant import Tenant, TenantKind
from idp.ports.ambient import Clock, Entropy
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.accounts.self_told import read_self_told
from idp.usecases.factors.manage import SMS, Factored, ManageFactors
from idp.usecases.named import named_place
from idp.usecases.occasion import Occasion
from idp.usecases.signin.policy import Policy

Places = tuple[tuple[Tenant, str], ...]
"""Tenants, and the role in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an operator says of a person.

    `mfa` is the second factor to begin with. `claims` are what apps may read of it beside (OIDC Core §5.1).
    `jurisdictions` and `teams` are `NAME` or `NAME:ROLE`. Without a
    `password` the person sets one by a reset link. A `confirmed` address is one that the operator vouches for.
    """

    email: EmailAddress
    first_name: str
    last_name: str
    middle_name: str | None = None
    password: str | None = field(default=None, repr=False)
    phone_number: str | None = None
    language: str | None = None
    roles: frozenset[str] = frozenset()
    mfa: str | None = None
    jurisdictions: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    date_of_birth: date | None = None
    claims: Mapping[str, object] = field(default_factory=dict)
    confirmed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateAccount:
    """Raises EmailTaken, PasswordRejected, MalformedRequest, UnknownTenant, FactorUnavailable, PhoneNumberMissing."""

    store: Store
    clock: Clock
    entropy: Entropy
    policy: Policy
    passwords: NewPasswords
    factors: ManageFactors
    errands: Errands

    async def __call__(self, wanted: NewAccount, source: Source) -> Factored:
        """The account; with `mfa`, what the person needs to set the factor up. An unconfirmed one is sent the link."""
        check_names(wanted.first_name, wanted.middle_name, wanted.last_name)
        if wanted.mfa is not None:
            self.factors.check(wanted.mfa, wanted.phone_number)
        occasion = Occasion(source=source, now=self.clock.now())
        account = self.account(wanted, occasion)
        places = await self.store.read(lambda work: places_of(work, wanted))
        encoded = await self._encoded(wanted, account, places)
        await self.store.transact(lambda work: self.add(work, account, places, encoded, occasion))
        if wanted.mfa is None:
            return Factored(account=account, enrolment=None, counts=False)
        return await self._enrolled(account, wanted.mfa, occasion)

    def account(self, wanted: NewAccount, occasion: Occasion) -> Account:
        """The account as it is to begin with.

        It demands its second factor from the first moment on: should setting it up be interrupted, nobody gets in.
        """
        now = occasion.now
        return Account(
            id=AccountId(self.entropy.id()),
            email=wanted.email,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            middle_name=wanted.middle_name,
            phone_number=wanted.phone_number,
            phone_verified_at=now if wanted.mfa == SMS else None,
            language=wanted.language,
            roles=wanted.roles,
            mfa_methods=frozenset({wanted.mfa}) if wanted.mfa else frozenset(),
            confirmed_at=now if wanted.confirmed else None,
            date_of_birth=wanted.date_of_birth,
            claims=read_self_told(wanted.claims),
            password_changed_at=now if wanted.password is not None else None,
            created_at=now,
            updated_at=now,
        )

    def add(
        self, work: UnitOfWork, account: Account, places: Places, encoded: bytes | None, occasion: Occasion
    ) -> None:
        """Writes the account down with all that belongs to it."""
        work.accounts.add(account)
        if encoded is not None:
            work.credentials.put(account.id, PASSWORD, encoded, occasion.now)
        for tenant, role in places:
            work.tenants.join(account.id, tenant.id, role, occasion.now)
        event = Event(name=EventName.ACCOUNT_CREATED, account_id=account.id, methods=tuple(account.mfa_methods))
        work.record(event, source=occasion.source, now=occasion.now)
        self.errands.send_confirmation(work, self.policy.standing(work, account), {}, occasion)

    async def _encoded(self, wanted: NewAccount, account: Account, places: Places) -> bytes | None:
        if wanted.password is None:
            return None
        jurisdictions = tuple(tenant.name for tenant, _ in places if tenant.kind is TenantKind.JURISDICTION)
        await self.passwords.check(wanted.password, account, jurisdictions)
        return await self.passwords.hash(wanted.password)

    async def _enrolled(self, account: Account, method: str, occasion: Occasion) -> Factored:
        """With the factor's secret, or without an account: half of what was asked for would be none of it."""
        try:
            enrolment, counts = await self.factors.hand_over(account, method)
        except BaseException:
            await self.store.transact(lambda work: _take_back(work, account, occasion))
            raise
        return Factored(account=account, enrolment=enrolment, counts=counts)


def _take_back(work: UnitOfWork, account: Account, occasion: Occasion) -> None:
    work.accounts.remove(account.id)
    event = Event(name=EventName.ACCOUNT_DELETED, account_id=account.id, reason="factor_failed")
    work.record(event, source=occasion.source, now=occasion.now)


def places_of(work: UnitOfWork, wanted: NewAccount) -> Places:
    """Raises UnknownTenant."""
    return (
        *(named_place(work, TenantKind.JURISDICTION, text) for text in wanted.jurisdictions),
        *(named_place(work, TenantKind.TEAM, text) for text in wanted.teams),
    )


def check_names(*parts: str | None) -> None:
    """Raises MalformedRequest for a name that is too long or breaks a line (threat row 107).

    Dots are for operators to judge: `Jr.` is a name.
    """
    for part in parts:
        if part is not None and (not part.strip() or len(part) > LONGEST_NAME or not part.isprintable()):
            raise MalformedRequest(f"a name has 1 to {LONGEST_NAME} printable characters")
