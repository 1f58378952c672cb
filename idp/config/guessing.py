"""How often something may be tried, and how long codes and links live."""

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from idp.config.table import Number, Switch, Table
from idp.config.types import Frequency, Rate, Span, Within

_Pause = Annotated[Span, Within(timedelta(seconds=1), timedelta(days=365))]


class Lockout(Table):
    """Wrong passwords, counted per name, whether an account has the name or not."""

    failed_attempts: Annotated[Number, Field(ge=1, le=100)] = 5
    """Failures before the name is locked. Bloom's variable AUTH_LOCK_LOGIN_AFTER_FAILED_ATTEMPTS sets it too."""

    cooldown: _Pause = timedelta(minutes=15)
    """How long the first lock lasts; each further one lasts twice as long. Bloom's variable AUTH_LOCK_LOGIN_COOLDOWN
    sets it too, in milliseconds."""

    longest_cooldown: _Pause = timedelta(hours=24)
    """The longest a lock lasts."""

    ceiling: Annotated[Number, Field(ge=1, le=100)] = 100
    """Consecutive failures, over all locks, after which only a password reset helps (NIST SP 800-63B §5.2.2: 100)."""

    known_devices: Switch = False
    """Gives a browser that signed in before a small budget of its own, so that a stranger's guesses cannot lock its
    owner out. Sets one more cookie."""


class Throttle(Table):
    """What one source, one recipient, or everybody together may cause."""

    sources: Rate = Frequency(count=100, period=timedelta(minutes=10))
    """Failed sign-ins from one address, over all names; beyond it 429."""

    requests: Rate = Frequency(count=3000, period=timedelta(minutes=10))
    """Sign-ins of apps that one address may begin, or a client push for them, and as many metadata documents of clients
    that have to be fetched for it; beyond it 429 until the period is over. Many people may share an address: an office,
    a telephone network."""

    messages: Rate = Frequency(count=5, period=timedelta(minutes=10))
    """Messages to one recipient and channel; beyond it none is sent, and the answer stays the same."""

    sms: Rate = Frequency(count=1000, period=timedelta(hours=1))
    """Text messages altogether, against SMS pumping."""

    alarm: Annotated[Number, Field(ge=0, le=1_000_000)] = 100
    """Failed sign-ins within a minute, over all names and sources, beyond which the log and the audit trail hold one
    `login.alarm` a minute; 0: never."""


class Codes(Table):
    """One-time codes by mail and SMS, as second factor or in place of the password."""

    length: Annotated[Number, Field(ge=6, le=10)] = 6
    """Digits."""

    life: Annotated[Span, Within(timedelta(seconds=30), timedelta(minutes=10))] = timedelta(minutes=10)
    """How long a code is good for (at most 10 minutes: NIST SP 800-63B §5.1.3.2)."""

    guesses: Annotated[Number, Field(ge=1, le=5)] = 5
    """Wrong codes before the account takes none for a while, however many new codes are asked for."""

    cooldown: _Pause = timedelta(minutes=30)
    """How long it then takes none; each further time twice as long. Longer than for passwords: who guesses codes
    knows the password already."""

    longest_cooldown: _Pause = timedelta(hours=24)
    """The longest that this lasts."""


class Links(Table):
    """How long the links in mails work, once each."""

    confirmation: Annotated[Span, Within(timedelta(minutes=5), timedelta(days=30))] = timedelta(hours=24)
    """The link that confirms an account or a new address."""

    reset: Annotated[Span, Within(timedelta(minutes=1), timedelta(hours=1))] = timedelta(hours=1)
    """The link that sets a new password."""
