"""Who is this? First factors."""

from abc import abstractmethod

from idp.sdk.plugin import AccountView, Plugin, S


class FirstFactor(Plugin[S]):
    """A way to sign in by a name and a secret. `amr` are RFC 8176 values (`pwd`)."""

    amr: tuple[str, ...]

    @abstractmethod
    async def prove(self, account: AccountView | None, secret: str) -> bool:
        """Whether `secret` proves the account. Only `True` passes.

        None stands for a name that nobody has: take as long as otherwise, and answer False.
        """


class CodeSignIn(Plugin[S]):
    """A way to sign in by a code that we send. The core makes, counts and claims the code.

    Its permission is off until a tenant switches the feature of the plugin's name on.
    """

    channel: str
    amr: tuple[str, ...] = ("otp",)

    @abstractmethod
    def address(self, account: AccountView) -> str | None:
        """Where the code goes; None when the account cannot use this way.

        Read off the account, at once: this is the one call that nothing can interrupt.
        """
