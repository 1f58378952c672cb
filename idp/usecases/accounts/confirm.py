"""Confirming an address by the link in a mail: a new account's, or a changed one."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.challenge import Challenge, Purpose
from idp.core.errors import EmailTaken, LinkRejected
from idp.core.events import Event, EventName
from idp.core.message import Template
from idp.core.session import Source
from idp.ports.ambient import Clock
from idp.ports.storage import Store, UnitOfWork
from idp.usecases.accounts.passwords import NewPasswords
from idp.usecases.accounts.reset import jurisdictions_of
from idp.usecases.post import Post
from idp.usecases.signin.door import Door, Entry, Opened
from idp.usecases.signin.outcome import DoneWithoutSession, SignedIn
from idp.usecases.signin.policy import Policy, Standing

PURPOSES = (Purpose.CONFIRM_ACCOUNT, Purpose.CHANGE_EMAIL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmAddress:
    """Raises LinkRejected and, with a password, PasswordRejected (the link stays usable).

    Signs in only accounts without a second factor, once (authentik CVE-2022-23555).
    """

    store: Store
    clock: Clock
    door: Door
    policy: Policy
    post: Post
    passwords: NewPasswords

    async def __call__(self, token: str, source: Source, password: str | None = None) -> SignedIn | DoneWithoutSession:
        challenge, standing = await self.store.read(lambda work: self._look_up(work, token))
        encoded = None
        if password is not None:
            await self.passwords.check(password, standing.account, jurisdictions_of(standing))
            encoded = await self.passwords.hash(password)
        standing = await self.policy.settle(standing)  # last: a queue of hashes may be long
        opened = await self.store.transact(lambda work: self._confirm(work, challenge, standing, encoded, source))
        return self.door.present(opened) if isinstance(opened, Opened) else opened

    async def is_valid(self, token: str) -> bool:
        """Whether the link would work now; looking does not use it up."""
        return await self.address(token) is not None

    async def address(self, token: str) -> EmailAddress | None:
        """What the link would confirm now, if it would. Whoever holds it may know: it opens the account."""
        try:
            challenge, _ = await self.store.read(lambda work: self._look_up(work, token))
        except LinkRejected:
            return None
        return EmailAddress(challenge.target)

    def _look_up(self, work: UnitOfWork, token: str) -> tuple[Challenge, Standing]:
        now = self.clock.now()
        for purpose in PURPOSES:
            challenge = work.challenges.peek_link(purpose, self.post.link_digest(purpose, token), now)
            account = work.accounts.by_id(challenge.account_id) if challenge else None
            if challenge is not None and account is not None and not account.is_disabled:
                return challenge, self.policy.standing(work, account)
        raise LinkRejected

    def _confirm(
        self,
        work: UnitOfWork,
        challenge: Challenge,
        standing: Standing,
        encoded: bytes | None,
        source: Source,
    ) -> Opened | DoneWithoutSession:
        now = self.clock.now()
        if work.challenges.claim_link(challenge.purpose, challenge.digest, now) is None:
            raise LinkRejected
        account = standing.account
        if challenge.purpose is Purpose.CHANGE_EMAIL:
            self._change_address(work, challenge, standing, source, now)
        work.accounts.confirm(account.id, now)
        if encoded is not None:
            self.passwords.write(work, account, encoded, now)
        work.record(Event(name=EventName.CONFIRMATION_DONE, account_id=account.id), source=source, now=now)
        if self.policy.needs_second_factor(standing):
            return DoneWithoutSession(account=account)
        entry = Entry(
            account_id=account.id, methods=("otp",), proved_second_factor=False, standing=standing, source=source
        )
        return self.door.open_session(work, entry, now)

    def _change_address(
        self, work: UnitOfWork, challenge: Challenge, standing: Standing, source: Source, now: datetime
    ) -> None:
        account = standing.account
        try:
            work.accounts.set_email(account.id, EmailAddress(challenge.target), now)
        except EmailTaken:
            raise LinkRejected from None  # somebody else confirmed it first; the link is of no use to anybody
        work.challenges.drop(account.id)  # what lies in the mailbox that was given up opens nothing (row 21)
        work.record(Event(name=EventName.EMAIL_CHANGED, account_id=account.id), source=source, now=now)
        self.post.notice(work, account, Template.EMAIL_CHANGED, now)  # to the old one
