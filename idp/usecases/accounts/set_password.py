"""A new password from the operator."""

from dataclasses import dataclass

from idp.core.account import Account
from idp.core.events import Event, EventName
from idp.core.message import Template
from idp.core.session import Source
from idp.core.tenant import TenantKind, of_kind
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.named import named_account
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.signin.guesses import Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPassword:
    """Ends all sessions, codes and links of the old one, and its lock: what was guessed at is gone.

    Raises NotFound and PasswordRejected: the rules bind operators too.
    """

    store: Store
    clock: Clock
    passwords: NewPasswords
    guesses: Guesses
    post: Post

    async def __call__(self, name: str, password: str, source: Source) -> Account:
        account, jurisdictions = await self.store.read(lambda work: _look_up(work, name))
        await self.passwords.check(password, account, jurisdictions)
        encoded = await self.passwords.hash(password)
        occasion = Occasion(source=source, now=self.clock.now())
        return await self.store.transact(lambda work: self._set(work, account, encoded, occasion))

    def _set(self, work: UnitOfWork, account: Account, encoded: bytes, occasion: Occasion) -> Account:
        account = named_account(work, account.id)
        self.passwords.write(work, account, encoded, occasion.now)
        self.guesses.clear_name(work, account.email)
        event = Event(name=EventName.PASSWORD_CHANGED, account_id=account.id)
        work.record(event, source=occasion.source, now=occasion.now)
        self.post.notice(work, account, Template.PASSWORD_CHANGED, occasion.now)
        return account


def _look_up(work: UnitOfWork, name: str) -> tuple[Account, tuple[str, ...]]:
    account = named_account(work, name)
    jurisdictions = of_kind(work.tenants.of(account.id), TenantKind.JURISDICTION)
    return account, tuple(membership.tenant.name for membership in jurisdictions)
