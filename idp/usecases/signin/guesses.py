"""The guessing budgets of signing in: by name, by device, by code, by source."""

from dataclasses import dataclass
from datetime import datetime

from idp.core.address import EmailAddress
from idp.core.errors import TooManyRequests
from idp.core.ids import NOBODY, AccountId
from idp.core.lockout import Charge, Exhausted
from idp.core.session import Source
from idp.ports.crypto import Digester
from idp.ports.storage import UnitOfWork
from idp.usecases.rules import Rules

PASSWORD = "password"
DEVICE = "device"
CODE = "code"
SOURCE = "source"
MESSAGE = "message"
SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counter:
    """Which row counts: its scope and key."""

    scope: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guesses:
    """Charges before a secret is looked at (threat rows 26-31, 44-45, 65)."""

    digester: Digester
    rules: Rules

    def name(self, email: EmailAddress) -> Counter:
        """Counts by canonical address, whether somebody has it or not: numbers and locks tell nothing."""
        return Counter(scope=PASSWORD, key=self.digester.digest("attempts", email).hex())

    def code(self, email: EmailAddress) -> Counter:
        """Code guesses count apart from password guesses, and over all codes of an address (Keycloak #46164)."""
        return Counter(scope=CODE, key=self.digester.digest("attempts", email).hex())

    def password_counter(
        self, work: UnitOfWork, email: EmailAddress, account_id: AccountId | None, device_token: str | None
    ) -> Counter:
        """The name's counter, or the known device's own: who locks the name does not lock its owner's browser out.

        Looked up for nobody as well: else the time would tell who has an account.
        """
        if self.rules.known_devices and device_token:
            digest = self.digester.digest("device", device_token)
            if work.devices.knows(digest, account_id or NOBODY):
                return Counter(scope=DEVICE, key=f"{account_id}:{digest.hex()}")
        return self.name(email)

    def charge(self, work: UnitOfWork, counter: Counter, now: datetime) -> Charge | Exhausted:
        budget = self.rules.code_budget if counter.scope == CODE else self.rules.password_budget
        return work.attempts.charge(counter.scope, counter.key, budget, now)

    def charge_source(self, work: UnitOfWork, source: Source, now: datetime) -> None:
        """Raises TooManyRequests when too many guesses came from this address lately."""
        granted = work.attempts.charge(SOURCE, source.address, self.rules.source_budget, now)
        if isinstance(granted, Exhausted):
            raise TooManyRequests(max(1, int((granted.until - now).total_seconds())))

    def give_back(self, work: UnitOfWork, *counters: Counter, source: Source) -> None:
        for counter in counters:
            work.attempts.give_back(counter.scope, counter.key)
        work.attempts.give_back(SOURCE, source.address)

    def clear(self, work: UnitOfWork, email: EmailAddress) -> None:
        """Forgets the failures of a name: after a complete sign-in, a reset, or by the operator."""
        for counter in (self.name(email), self.code(email)):
            work.attempts.clear(counter.scope, counter.key)

    def may_send(self, work: UnitOfWork, channel: str, recipient: str, now: datetime) -> bool:
        """Whether one more message may go to this recipient, and by SMS to anybody (SMS pumping, row 42)."""
        key = self.digester.digest("recipient", channel, recipient).hex()
        if isinstance(work.attempts.charge(MESSAGE, key, self.rules.message_budget, now), Exhausted):
            return False
        return channel != SMS or isinstance(work.attempts.charge(SMS, "all", self.rules.sms_budget, now), Charge)
