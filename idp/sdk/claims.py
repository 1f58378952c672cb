"""What else is true about an account?"""

from abc import abstractmethod
from collections.abc import Collection, Mapping

from idp.sdk.plugin import AccountView, Plugin, S

ClaimValue = str | int | bool | list[str] | dict[str, str] | list[dict[str, str]]
"""A JSON value of modest depth."""


class ClaimsSource(Plugin[S]):
    """Adds claims to ID tokens and userinfo. All enabled ones are asked; of two that name one claim the first wins.

    Claims that the protocol or our own scopes define are refused: a plugin adds facts, it does not replace them.
    """

    @abstractmethod
    async def claims(self, account: AccountView, *, scope: Collection[str], client_id: str) -> Mapping[str, ClaimValue]:
        """The claims that this scope opens to this client; the same for the same arguments. Empty when none."""
