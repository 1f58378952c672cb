"""Proving it again: second factors."""

from abc import abstractmethod
from dataclasses import dataclass

from idp.sdk.plugin import AccountView, OwnCredential, Plugin, S


class SecondFactor(Plugin[S]):
    """Another proof by the person whose first factor was right.

    `method` is what callers write in `mfaType`; `amr` are RFC 8176 values. The core counts the guesses before it asks.
    """

    method: str
    amr: tuple[str, ...]

    @abstractmethod
    async def is_ready(self, account: AccountView) -> bool:
        """Whether the account can use this now (has an address, has enrolled)."""

    @abstractmethod
    async def verify(self, account: AccountView, code: str) -> bool:
        """Whether `code` proves it. Only `True` passes. One code must pass once, whoever races."""


class CodeChannel(SecondFactor[S]):
    """A second factor by a code that we send.

    The core makes, digests, expires, throttles, counts and claims the code: a channel says where it goes, no more,
    so no channel can forget a rule.
    """

    channel: str
    amr: tuple[str, ...] = ("otp",)

    @abstractmethod
    def address(self, account: AccountView) -> str | None:
        """Where the code goes; None when the account cannot use this channel.

        Read off the account, at once: this is the one call that nothing can interrupt.
        """

    async def is_ready(self, account: AccountView) -> bool:
        return self.address(account) is not None

    async def verify(self, account: AccountView, code: str) -> bool:  # noqa: ARG002 - the core claims the code itself
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What the person needs to set the factor up, shown once. `uri` may be drawn as a QR code."""

    secret: str
    uri: str


class Enrollable(SecondFactor[S]):
    """A second factor that the account sets up first, and proves once before it counts."""

    @abstractmethod
    async def enrol(self, account: AccountView) -> Enrolment:
        """Begins; the factor does not count yet. Calling it again replaces what was begun, never what is proved."""

    async def enrol_proved(self, account: AccountView) -> Enrolment | None:  # noqa: ARG002 - see below
        """Enrols for an operator who hands the secret over and vouches for it: the factor counts at once.

        None, unless overridden: this factor takes a proof by the person.
        """
        return None

    @abstractmethod
    async def confirm(self, account: AccountView, code: str) -> bool:
        """Proves the set-up; from now on the factor counts."""

    @abstractmethod
    async def remove(self, account: AccountView) -> None:
        """Forgets it."""


class LookUpSecrets(SecondFactor[S]):
    """Codes that are handed out as a list, for the day when the device is lost (NIST SP 800-63B §3.1.2).

    A spare: it is offered to who enrolled for another second factor, demands none by itself, and goes with the last of
    the others. Codes have eight to ten digits.

    The list lies in `context.credentials`, and nowhere else: the core takes a code off it in the transaction that saves
    what the code buys, and deletes it in the one that takes the last other factor away.
    """

    @abstractmethod
    async def issue(self, account: AccountView) -> tuple[str, ...]:
        """A new list, which is shown once. Whatever was issued before passes no more."""

    @abstractmethod
    async def left(self, account: AccountView) -> int:
        """How many of the list were not used yet."""

    @abstractmethod
    async def without(self, account: AccountView, code: str) -> OwnCredential | None:
        """The list as it is to be kept when `code` is used up, under the version that was read. None: no code of it.

        Writes nothing.
        """

    async def is_ready(self, account: AccountView) -> bool:
        return await self.left(account) > 0

    async def verify(self, account: AccountView, code: str) -> bool:  # noqa: ARG002 - the core uses the code up itself
        return False
