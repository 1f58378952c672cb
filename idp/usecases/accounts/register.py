"""A new account, by the person it belongs to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from idp.core.account import LONGEST_NAME, Account
from idp.core.address import EmailAddress
from idp.core.errors import NameRejected, NotFound
from idp.core.events import Event, EventName
from idp.core.ids import AccountId, TenantId
from idp.core.password import PASSWORD, PasswordPolicy
from idp.core.session import Source
from idp.core.tenant import Tenant, TenantKind
from idp.ports.ambient import Clock, Entropy
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.links import require_url
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.occasion import Occasion
from idp.usecases.post import SIGN_UP_CODE, Target
from idp.usecases.signin.guesses import SIGN_UP, Guesses
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.tenants.jurisdictions import named_jurisdiction
from idp.usecases.view import view_of

SIGN_UP_BY_CODE = "sign_up_by_code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What a person says of themselves. `jurisdiction` is named by the request, `jurisdiction_ids` by its body."""

    email: EmailAddress
    password: str
    first_name: str
    last_name: str
    middle_name: str | None = None
    date_of_birth: date | None = None
    phone_number: str | None = None
    language: str | None = None
    agreed_to_terms: bool = False
    jurisdiction: str | None = None
    jurisdiction_ids: tuple[str, ...] = ()
    app_url: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """An account about to be written down, with the tenants it joins. `encoded` is the password's hash."""

    account: Account
    tenants: tuple[Tenant, ...]
    encoded: bytes
    app_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterAccount:
    """Raises NameRejected, PasswordRejected, UnknownTenant, EmailTaken.

    EmailTaken tells that an address is known: the contract's front end wants it, and it is a documented deviation
    (ASVS 6.3.8). Sign-up is throttled by source for that.
    """

    store: Store
    clock: Clock
    entropy: Entropy
    policy: Policy
    guesses: Guesses
    passwords: NewPasswords
    errands: Errands

    async def __call__(self, wanted: Registration, source: Source) -> tuple[Account, Standing]:
        check_name(wanted.first_name, wanted.middle_name, wanted.last_name)
        require_url(wanted.app_url)
        now = self.clock.now()
        tenants = await self.store.transact(lambda work: self._begin(work, wanted, source, now))
        account = self._account(wanted, now)
        await self.passwords.check(wanted.password, account, tuple(tenant.name for tenant in tenants))
        encoded = await self.passwords.hash(wanted.password)
        newcomer = Newcomer(account=account, tenants=tenants, encoded=encoded, app_url=wanted.app_url)
        occasion = Occasion(source=source, now=now)
        return account, await self.store.transact(lambda work: self._add(work, newcomer, occasion))

    def demands(self, jurisdiction: str | None) -> PasswordPolicy:
        """Of the password of who registers there."""
        name = jurisdiction or self.passwords.rules.default_jurisdiction
        return self.passwords.demands((name,) if name else ())

    def _begin(self, work: UnitOfWork, wanted: Registration, source: Source, now: datetime) -> tuple[Tenant, ...]:
        """Charged before anything is hashed (row 87)."""
        self.guesses.charge_source(work, source, now, scope=SIGN_UP)
        return self._tenants(work, wanted)

    def _tenants(self, work: UnitOfWork, wanted: Registration) -> tuple[Tenant, ...]:
        if wanted.jurisdiction_ids:
            found = [work.tenants.by_id(TenantId(tenant_id)) for tenant_id in wanted.jurisdiction_ids]
            tenants = tuple(tenant for tenant in found if tenant and tenant.kind is TenantKind.JURISDICTION)
            if len(tenants) != len(found):
                raise NotFound
            return tenants
        name = wanted.jurisdiction or self.passwords.rules.default_jurisdiction
        named = named_jurisdiction(work, name)
        return (named,) if named else ()

    def _account(self, wanted: Registration, now: datetime) -> Account:
        return Account(
            id=AccountId(self.entropy.id()),
            email=wanted.email,
            first_name=wanted.first_name,
            last_name=wanted.last_name,
            middle_name=wanted.middle_name,
            date_of_birth=wanted.date_of_birth,
            phone_number=wanted.phone_number,
            language=wanted.language,
            agreed_to_terms=wanted.agreed_to_terms,
            password_changed_at=now,
            created_at=now,
            updated_at=now,
            extra=wanted.extra,
        )

    def _add(self, work: UnitOfWork, newcomer: Newcomer, occasion: Occasion) -> Standing:
        account, now = newcomer.account, occasion.now
        work.accounts.add(account)
        work.credentials.put(account.id, PASSWORD, newcomer.encoded, now)
        for tenant in newcomer.tenants:
            work.tenants.join(account.id, tenant.id, "user", now)
        work.record(Event(name=EventName.ACCOUNT_CREATED, account_id=account.id), source=occasion.source, now=now)
        standing = self.policy.standing(work, account)
        if self.guesses.may_send(work, SIGN_UP, account.email, now):
            self._welcome(work, standing, newcomer, occasion)
        return standing

    def _welcome(self, work: UnitOfWork, standing: Standing, newcomer: Newcomer, occasion: Occasion) -> None:
        """A code where the jurisdiction signs people up without passwords, else a link."""
        named = newcomer.tenants[0] if newcomer.tenants else None
        if named is not None and named.settings.get(SIGN_UP_BY_CODE) is True:
            for name, way_in in self.policy.extensions.code_sign_ins.items():
                address = way_in.address(view_of(standing.account))
                if address is not None and self.policy.allows(standing, name, named):
                    target = Target(method=way_in.channel, address=address, kept_as=SIGN_UP_CODE)
                    self.errands.send_sign_in_code(work, standing, target, named, occasion)
                    return
        self.errands.send_confirmation(work, standing, {"app_url": newcomer.app_url}, occasion)


def check_name(*parts: str | None) -> None:
    """Raises NameRejected for what turns our own mails into somebody's advertisement, or breaks a header (row 107)."""
    for part in parts:
        if part is None:
            continue
        if "." in part or "http" in part.lower() or len(part) > LONGEST_NAME or not part.isprintable():
            raise NameRejected
