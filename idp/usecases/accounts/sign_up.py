"""A new account by way of our own page: the same answer whether the address is free or not (row 39)."""

from dataclasses import dataclass

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import EmailTaken
from idp.core.ids import AccountId
from idp.core.message import Template
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.errands import Errands
from idp.usecases.accounts.links import OWN_PAGES
from idp.usecases.accounts.register import RegisterAccount, Registration
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.signin.first_proof import FirstProof
from idp.usecases.signin.guesses import SIGN_UP, Guesses


@dataclass(frozen=True, slots=True, kw_only=True)
class SignUp:
    """Raises what RegisterAccount raises, but EmailTaken: the owner of the address gets a mail instead.

    Both ways hash a password and write one mail. Of two who claim an address that nobody has proved, the mailbox
    decides: neither's password stays, and a link to set one goes out in place of the first one's.
    """

    store: Store
    clock: Clock
    guesses: Guesses
    post: Post
    register: RegisterAccount
    errands: Errands
    first_proof: FirstProof

    async def __call__(self, wanted: Registration, source: Source) -> AccountId | None:
        """The account that was made, if one was: for a caller who tells nobody."""
        try:
            account, _ = await self.register(wanted, source)
        except EmailTaken:
            occasion = Occasion(source=source, now=self.clock.now())
            await self.store.transact(lambda work: self._tell_owner(work, wanted.email, occasion))
            return None
        return account.id

    def _tell_owner(self, work: UnitOfWork, email: EmailAddress, occasion: Occasion) -> None:
        owner = work.accounts.by_email(email)
        if owner is None:
            return
        if not (owner.is_confirmed or owner.is_disabled):
            # also where no more mails may go: else the first to register would have used them up, and kept the account
            self.first_proof.empty(work, owner, occasion)
        if self.guesses.may_send(work, SIGN_UP, email, occasion.now):
            self._write(work, owner, occasion)

    def _write(self, work: UnitOfWork, account: Account, occasion: Occasion) -> None:
        """To who is known, a word; else a link: the mailbox decides, not the link that a stranger asked for first."""
        if account.is_confirmed or account.is_disabled:
            self.post.notice(work, account, Template.EMAIL_IN_USE, occasion.now)
            return
        standing = self.register.policy.standing(work, account)
        self.errands.send_reset(work, standing, {"app_url": OWN_PAGES}, occasion)
