"""The guessing budgets: who counts what, under which key, and in which order rows are taken.

| counter | key | charged by | forgotten by |
|---|---|---|---|
| password | address, whether anybody has it or not | a try of a password | a complete sign-in, a reset, the operator |
| device | known browser | the same, in place of the above | a complete sign-in |
| sign_in_code | address | a try of a single-use code | a complete sign-in, the operator |
| mfa_code | address | a try of a second factor, after the first | a complete sign-in, the operator |
| device_code | account | a try of a code that a device shows, by somebody signed in | being right |
| current_password | account | a try at it by somebody signed in | being right |
| source, sign_up, ask | network address | guesses; registrations; requests for mails | time, or being right (source) |
| authorize, pushed, device | network address, or a client that proved itself | a row that is kept | the period's end |
| document | network address | a client's document that has to be fetched | the period's end |
| message | purpose and recipient | a message | time |
| sms | all | a text message to anybody | time |

Strangers reach `password` and `sign_in_code` only: they cannot lock a second factor (row 62). A reset proves a mailbox,
which is no second factor: it leaves `mfa_code` as it was (rows 29, 52).

Rows are taken in one order, for PostgreSQL to meet no deadlock: source first or alone, then the account, then the rest.
"""

from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, IPv6Network, ip_address

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
SIGN_IN_CODE = "sign_in_code"
MFA_CODE = "mfa_code"
DEVICE_CODE = "device_code"
CURRENT_PASSWORD = "current_password"
SOURCE = "source"
SIGN_UP = "sign_up"
ASK = "ask"
MESSAGE = "message"
SMS = "sms"
CODES = frozenset({SIGN_IN_CODE, MFA_CODE, DEVICE_CODE})

SUBSCRIBER_BITS = 64
"""What one subscriber has of IPv6: addresses within are one source."""


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

    def sign_in_code(self, email: EmailAddress) -> Counter:
        """Over all codes of an address, however many are asked for (Kratos PR 4606)."""
        return Counter(scope=SIGN_IN_CODE, key=self.digester.digest("attempts", email).hex())

    def mfa_code(self, email: EmailAddress) -> Counter:
        """Over all codes and apps of an account; nobody gets here without the first factor (Keycloak #46164)."""
        return Counter(scope=MFA_CODE, key=self.digester.digest("attempts", email).hex())

    def current_password(self, account_id: AccountId) -> Counter:
        """Of somebody signed in: strangers who lock the name do not lock this (row 25)."""
        return Counter(scope=CURRENT_PASSWORD, key=account_id)

    def device_code(self, account_id: AccountId) -> Counter:
        """Of somebody signed in, beside the source's: a code on a device's screen is short (RFC 8628 §5.1)."""
        return Counter(scope=DEVICE_CODE, key=account_id)

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
        budget = self.rules.code_budget if counter.scope in CODES else self.rules.password_budget
        return work.attempts.charge(counter.scope, counter.key, budget, now)

    def charge_source(self, work: UnitOfWork, source: Source, now: datetime, *, scope: str = SOURCE) -> None:
        """Raises TooManyRequests when too much of this came from there lately. The first thing a unit of work does."""
        granted = work.attempts.charge(scope, subscriber_of(source.address), self.rules.source_budget, now)
        if isinstance(granted, Exhausted):
            raise TooManyRequests(max(1, int((granted.until - now).total_seconds())))

    def take_turn(self, work: UnitOfWork, scope: str, whose: str, now: datetime) -> None:
        """Counts what makes us keep a row (row 140). Raises TooManyRequests until the period is over.

        Nobody failed here, so a steady stream below the rate is never locked: each period has a counter of its own.
        """
        budget = self.rules.request_budget
        number, gone = divmod(int(now.timestamp()), max(1, int(budget.cooldown.total_seconds())))
        if isinstance(work.attempts.charge(scope, f"{whose} {number}", budget, now), Exhausted):
            raise TooManyRequests(max(1, int(budget.cooldown.total_seconds()) - gone))

    def give_back(self, work: UnitOfWork, *counters: Counter, source: Source) -> None:
        """In a unit of its own, after what was right is committed."""
        work.attempts.give_back(SOURCE, subscriber_of(source.address))
        for counter in counters:
            work.attempts.give_back(counter.scope, counter.key)

    def clear(self, work: UnitOfWork, email: EmailAddress) -> None:
        """Forgets every failure of a name: after a complete sign-in, or by the operator."""
        for counter in (self.name(email), self.sign_in_code(email), self.mfa_code(email)):
            work.attempts.clear(counter.scope, counter.key)

    def clear_name(self, work: UnitOfWork, email: EmailAddress) -> None:
        """Forgets wrong passwords alone: after a new one was set."""
        counter = self.name(email)
        work.attempts.clear(counter.scope, counter.key)

    def may_send(self, work: UnitOfWork, purpose: str, recipient: str, now: datetime) -> bool:
        """Whether one more message of this purpose may go to this recipient (row 42).

        What strangers ask for shares one budget, so that a mailbox is not flooded; what takes a password, or makes an
        account, has its own, so that strangers do not use it up.
        """
        key = self.digester.digest("recipient", purpose, recipient).hex()
        return isinstance(work.attempts.charge(MESSAGE, key, self.rules.message_budget, now), Charge)

    def may_text(self, work: UnitOfWork, now: datetime) -> bool:
        """Whether one more text message may go to anybody: the last bound on what a bill can become."""
        return isinstance(work.attempts.charge(SMS, "all", self.rules.sms_budget, now), Charge)


def subscriber_of(address: str) -> str:
    """Whose an address is, as far as it tells: all that one subscriber has of IPv6 is one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(IPv6Network((parsed, SUBSCRIBER_BITS), strict=False))
