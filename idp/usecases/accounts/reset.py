"""Setting a new password by the link in a mail."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.challenge import Purpose
from idp.core.errors import LinkRejected
from idp.core.events import Event, EventName
from idp.core.message import Template
from idp.core.password import PasswordPolicy
from idp.core.secret import Digest
from idp.core.session import Source
from idp.core.tenant import TenantKind, of_kind
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.post import Post
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.guesses import Guesses
from idp.usecases.signin.outcome import DoneWithoutSession, SignedIn
from idp.usecases.signin.policy import Policy, Standing


def jurisdictions_of(standing: Standing) -> tuple[str, ...]:
    return tuple(membership.tenant.name for membership in of_kind(standing.memberships, TenantKind.JURISDICTION))


@dataclass(frozen=True, slots=True, kw_only=True)
class ResetPassword:
    """Raises PasswordRejected (the link stays usable) and LinkRejected.

    A reset proves a mailbox and no more: with a second factor it opens no session (Keycloak CVE-2026-18963).
    """

    store: Store
    clock: Clock
    door: Door
    policy: Policy
    guesses: Guesses
    post: Post
    passwords: NewPasswords

    async def __call__(self, token: str, password: str, source: Source) -> SignedIn | DoneWithoutSession:
        now = self.clock.now()
        digest = self.post.link_digest(Purpose.RESET_PASSWORD, token)
        standing = await self.store.read(lambda work: self._look_up(work, digest, now))
        await self.passwords.check(password, standing.account, jurisdictions_of(standing))
        encoded = await self.passwords.hash(password)
        standing = await self.policy.settle(standing)  # last: a queue of hashes may be long
        opened = await self.store.transact(lambda work: self._reset(work, standing, digest, encoded, source))
        return self.door.present(opened) if isinstance(opened, Opened) else opened

    async def judge(self, token: str) -> tuple[EmailAddress, PasswordPolicy] | None:
        """Whose password the link would set now, if it would, and what is demanded of it.

        Whoever holds it may know: it opens the account.
        """
        now = self.clock.now()
        digest = self.post.link_digest(Purpose.RESET_PASSWORD, token)
        try:
            standing = await self.store.read(lambda work: self._look_up(work, digest, now))
        except LinkRejected:
            return None
        return standing.account.email, self.passwords.demands(jurisdictions_of(standing))

    def _look_up(self, work: UnitOfWork, digest: Digest, now: datetime) -> Standing:
        challenge = work.challenges.peek_link(Purpose.RESET_PASSWORD, digest, now)
        account = work.accounts.by_id(challenge.account_id) if challenge else None
        if account is None or account.is_disabled:
            raise LinkRejected
        return self.policy.standing(work, account)

    def _reset(
        self, work: UnitOfWork, standing: Standing, digest: Digest, encoded: bytes, source: Source
    ) -> Opened | DoneWithoutSession:
        now = self.clock.now()
        if work.challenges.claim_link(Purpose.RESET_PASSWORD, digest, now) is None:
            raise LinkRejected
        account = standing.account
        self.passwords.write(work, account, encoded, now)
        self.guesses.clear_name(work, account.email)  # the owner of the mailbox lifts the lock (row 34), no other
        work.accounts.confirm(account.id, now)
        work.record(Event(name=EventName.RESET_DONE, account_id=account.id), source=source, now=now)
        self.post.notice(work, account, Template.PASSWORD_CHANGED, now)
        if self.policy.needs_second_factor(standing):
            return DoneWithoutSession(account=account)
        entry = Entry(
            account_id=account.id, methods=("otp",), proved_second_factor=False, standing=standing, source=source
        )
        return self.door.open_session(work, entry, now)
