"""Reading and changing an account, by its owner or by those who administer it."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, TypedDict

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import BadCredentials, Forbidden, NotFound, PasswordNeeded, SessionExpired, WrongPassword
from idp.core.events import Event, EventName
from idp.core.ids import AccountId
from idp.core.message import Template
from idp.core.password import PasswordPolicy
from idp.core.session import Source
from idp.core.tenant import Membership, TenantKind
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.accounts.register import check_name
from idp.usecases.accounts.reset import jurisdictions_of
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.sessions.identify import Identify, Principal
from idp.usecases.signin.first_factor import PasswordClaim, ProvePassword
from idp.usecases.signin.guesses import SMS, Guesses
from idp.usecases.signin.policy import Policy, Standing

NAMES: tuple[Literal["first_name", "middle_name", "last_name"], ...] = ("first_name", "middle_name", "last_name")
ADMINS = frozenset({"admin", "super_admin"})
SUPER_ADMIN = "super_admin"
JURISDICTION_ADMIN = "jurisdictional_admin"
ADMINISTER = frozenset({JURISDICTION_ADMIN, "limited_jurisdictional_admin"})


class Fields(TypedDict, total=False):
    """What the owner may set; nothing else of a body is looked at (mass assignment, row 122)."""

    first_name: str
    last_name: str
    middle_name: str | None
    date_of_birth: date | None
    phone_number: str | None
    language: str | None
    agreed_to_terms: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """`fields` holds what was sent; what was not stays as it is."""

    fields: Fields
    password: str | None = None
    current_password: str | None = None
    new_email: EmailAddress | None = None
    app_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Changes that may be made: by whom, and to an account as it stood when that was judged.

    `encoded` is the new password's hash, if there is one.
    """

    principal: Principal
    standing: Standing
    changes: Changes
    encoded: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowAccount:
    """Raises Forbidden for a stranger's id, whether it exists or not."""

    store: Store
    policy: Policy

    async def __call__(self, principal: Principal, account_id: AccountId) -> Standing:
        standing = await self.store.read(lambda work: self._show(work, principal, account_id))
        return await self.policy.settle(standing)

    def _show(self, work: UnitOfWork, principal: Principal, account_id: AccountId) -> Standing:
        require_authority(work, principal.account, account_id)
        account = work.accounts.by_id(account_id)
        if account is None:
            raise NotFound
        return self.policy.standing(work, account)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShowOwnAccount:
    """The account behind a token. The hottest read of all: raises what Identify raises, and asks the database once."""

    identify: Identify
    policy: Policy

    async def __call__(self, token: str | None, contract: str) -> Standing:
        return await self.identify.and_read(token, contract, self._show)

    def _show(self, work: UnitOfWork, principal: Principal) -> Standing:
        return self.policy.standing(work, principal.account)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeAccount:
    """Raises Forbidden, NameRejected, PasswordNeeded, PasswordRejected, WrongPassword, AccountLocked."""

    store: Store
    clock: Clock
    policy: Policy
    guesses: Guesses
    post: Post
    passwords: NewPasswords
    prove_password: ProvePassword
    errands: Errands

    async def __call__(self, principal: Principal, account_id: AccountId, changes: Changes, source: Source) -> Standing:
        show = ShowAccount(store=self.store, policy=self.policy)
        standing = await show(principal, account_id)
        check_name(*(changes.fields.get(name) for name in NAMES))
        encoded = await self._new_password(standing, changes, source)
        order = Order(principal=principal, standing=standing, changes=changes, encoded=encoded)
        occasion = Occasion(source=source, now=self.clock.now())
        return await self.store.transact(lambda work: self._change(work, order, occasion))

    async def demands(self, principal: Principal) -> PasswordPolicy:
        """Of one's own next password."""
        standing = await self.store.read(lambda work: self.policy.standing(work, principal.account))
        return self.passwords.demands(jurisdictions_of(standing))

    async def _new_password(self, standing: Standing, changes: Changes, source: Source) -> bytes | None:
        """The new hash, if there is one. Raises where the current password is needed and missing or wrong."""
        if changes.password is None and not self._touches_a_factor(standing, changes):
            return None
        await self._prove_current(standing, changes, source)
        if changes.password is None:
            return None
        await self.passwords.check(changes.password, standing.account, jurisdictions_of(standing))
        return await self.passwords.hash(changes.password)

    def _touches_a_factor(self, standing: Standing, changes: Changes) -> bool:
        """Whether an account with a second factor is about to get another mailbox or number (row 59, ASVS 7.5.1).

        A stolen session must not be enough to redirect the codes.
        """
        account = standing.account
        number = changes.fields.get("phone_number", account.phone_number)
        other_number = account.phone_verified_at is not None and number != account.phone_number
        other_mailbox = changes.new_email is not None and changes.new_email != account.email
        return (other_number or other_mailbox) and self.policy.needs_second_factor(standing)

    async def _prove_current(self, standing: Standing, changes: Changes, source: Source) -> None:
        """Under the same budget as any other guess at it."""
        if not changes.current_password:
            raise PasswordNeeded(standing.account.id)
        account = standing.account
        claim = PasswordClaim(
            email=account.email,
            password=changes.current_password,
            source=source,
            counter=self.guesses.current_password(account.id),
        )
        try:
            proved = await self.prove_password(claim)
        except BadCredentials:
            raise WrongPassword(account.id) from None
        await self.store.transact(lambda work: self.guesses.give_back(work, proved.counter, source=source))

    def _change(self, work: UnitOfWork, order: Order, occasion: Occasion) -> Standing:
        changes, now = order.changes, occasion.now
        before = work.accounts.by_id(order.standing.account.id)
        if before is None:
            raise NotFound
        self._still_holds(work, order, before, now)
        account = apply_changes(before, changes, now)
        work.accounts.update(account)
        if before.phone_verified_at is not None and account.phone_verified_at is None:
            self._tell_of_the_number(work, before, now)
        work.record(Event(name=EventName.ACCOUNT_UPDATED, account_id=account.id), source=occasion.source, now=now)
        if order.encoded is not None:
            self._set_password(work, order.principal, account, order.encoded, occasion)
        if changes.new_email is not None and changes.new_email != account.email:
            self._ask_for_address(work, order, changes.new_email, occasion)
        return self.policy.standing(work, work.accounts.by_id(account.id) or account)

    def _tell_of_the_number(self, work: UnitOfWork, before: Account, now: datetime) -> None:
        """By mail, and at the old number: whoever changed it may read the mails as well (row 59)."""
        self.post.notice(work, before, Template.FACTOR_CHANGED, now)
        old = before.phone_number
        if old is None or SMS not in self.policy.extensions.senders:
            return
        if self.guesses.may_send(work, SMS, old, now) and self.guesses.may_text(work, now):
            self.post.notice_by_text(work, before, Template.FACTOR_CHANGED, now, number=old)

    def _still_holds(self, work: UnitOfWork, order: Order, account: Account, now: datetime) -> None:
        """A reset that came while the old password was being hashed takes its proof and the session away (row 21)."""
        session = work.sessions.by_id(order.principal.session.id)
        if session is None or not session.is_live(now):
            raise SessionExpired
        if account.password_changed_at != order.standing.account.password_changed_at:
            raise WrongPassword(account.id)

    def _set_password(
        self, work: UnitOfWork, principal: Principal, account: Account, encoded: bytes, occasion: Occasion
    ) -> None:
        """Ends all of the account's sessions but the one that asks."""
        own = principal.session.id if principal.account.id == account.id else None
        self.passwords.write(work, account, encoded, occasion.now, keep=own)
        event = Event(name=EventName.PASSWORD_CHANGED, account_id=account.id)
        work.record(event, source=occasion.source, now=occasion.now)
        self.post.notice(work, account, Template.PASSWORD_CHANGED, occasion.now)

    def _ask_for_address(self, work: UnitOfWork, order: Order, wanted: EmailAddress, occasion: Occasion) -> None:
        """The same answer whether the address is taken or not; its owner, if any, is told (row 39)."""
        standing, now = order.standing, occasion.now
        if not self.guesses.may_send(work, "new_email", wanted, now):
            return
        event = Event(name=EventName.EMAIL_CHANGE_ASKED, account_id=standing.account.id)
        work.record(event, source=occasion.source, now=now)
        owner = work.accounts.by_email(wanted)
        if owner is not None:
            self.post.notice(work, owner, Template.EMAIL_IN_USE, now)
            return
        self.errands.send_address_change(work, standing, wanted, order.changes.app_url, now)


def apply_changes(account: Account, changes: Changes, now: datetime) -> Account:
    """The account with the changes; another number is an unproved number (row 60)."""
    changed = replace(account, **changes.fields, updated_at=now)
    if changed.phone_number == account.phone_number:
        return changed
    return replace(changed, phone_verified_at=None)


def require_authority(work: UnitOfWork, actor: Account, account_id: AccountId) -> None:
    """Raises Forbidden unless it is the actor's own account, or the actor administers it.

    Nobody administers peers or betters: who rewrites an administrator's address becomes one (bloom.md §9.2).
    """
    if actor.id == account_id or SUPER_ADMIN in actor.roles:
        return
    target = work.accounts.by_id(account_id)
    theirs = work.tenants.of(account_id)
    if target is None or target.roles or any(item.role in ADMINISTER for item in theirs):
        raise Forbidden
    if actor.roles & ADMINS:
        return
    governed = {tenant_id(item) for item in work.tenants.of(actor.id) if item.role == JURISDICTION_ADMIN}
    if not governed & {tenant_id(item) for item in theirs if item.tenant.kind is TenantKind.JURISDICTION}:
        raise Forbidden


def tenant_id(membership: Membership) -> str:
    return membership.tenant.id
