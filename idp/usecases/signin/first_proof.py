"""The first proof of an address, when it is not the one that the registration was waiting for.

Whoever registers an address chooses its password, and may have chosen somebody else's address ("Pre-hijacked accounts",
USENIX Security 2022). The owner who answers the registration's own mail, by its link or its code, takes the account as
it was registered; one who comes by another way takes it without what was chosen or given before.
"""

from dataclasses import dataclass

from idp.core.account import Account
from idp.core.challenge import Purpose
from idp.core.events import Event, EventName
from idp.core.message import Template
from idp.core.password import PASSWORD
from idp.ports.storage import UnitOfWork
from idp.usecases.occasion import Occasion
from idp.usecases.post import Post
from idp.usecases.sessions.ending import Endings

WAITING = (Purpose.CONFIRM_ACCOUNT, Purpose.RESET_PASSWORD, Purpose.CHANGE_EMAIL, Purpose.SECOND_STEP)


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstProof:
    """In the transaction that confirms the address, before a session is opened.

    Second factors stay: nobody adds one to an account that was never signed in to, but an operator.
    """

    endings: Endings
    post: Post

    def take_over(self, work: UnitOfWork, account: Account, occasion: Occasion) -> None:
        """Ends what was there before, and tells the owner of the password, who may have chosen it after all."""
        had_password = self.empty(work, account, occasion)
        if had_password:
            self.post.notice(work, account, Template.PASSWORD_REMOVED, occasion.now)

    def empty(self, work: UnitOfWork, account: Account, occasion: Occasion) -> bool:
        """The same, without a word. Whether there was a password."""
        now = occasion.now
        self.endings.lock_out(work, account.id, now)
        for purpose in WAITING:
            work.challenges.drop(account.id, purpose)
        for consent in work.oauth.consents.of(account.id):
            work.oauth.consents.remove(account.id, consent.client_id)
        work.devices.drop(account.id)
        if not work.credentials.remove(account.id, PASSWORD):
            return False
        work.accounts.record_password_change(account.id, now)  # a sign-in under way by the old one loses (row 21)
        event = Event(name=EventName.PASSWORD_REMOVED, reason="address_unproved", account_id=account.id)
        work.record(event, source=occasion.source, now=now)
        return True
