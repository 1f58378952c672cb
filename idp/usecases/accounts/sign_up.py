"""A new account by way of our own page: the same answer whether the address is free or not (row 39)."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.errors import EmailTaken
from idp.core.message import Template
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.register import RegisterAccount, Registration
from idp.usecases.post import Post
from idp.usecases.signin.guesses import SIGN_UP, Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """Raises what RegisterAccount raises, but EmailTaken: the owner of the address gets a mail instead.

    Both ways hash a password and write one mail.
    """

    store: Store
    clock: Clock
    guesses: Guesses
    post: Post
    register: RegisterAccount

    async def __call__(self, wanted: Registration, source: Source) -> None:
        try:
            await self.register(wanted, source)
        except EmailTaken:
            now = self.clock.now()
            await self.store.transact(lambda work: self._tell_owner(work, wanted.email, now))

    def _tell_owner(self, work: UnitOfWork, email: EmailAddress, now: datetime) -> None:
        owner = work.accounts.by_email(email)
        if owner is not None and self.guesses.may_send(work, SIGN_UP, email, now):
            self.post.notice(work, owner, Template.EMAIL_IN_USE, now)
