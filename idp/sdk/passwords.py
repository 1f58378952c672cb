"""May this be a password?"""

from abc import abstractmethod
from collections.abc import Sequence

from idp.sdk.plugin import AccountView, Plugin, S


class PasswordRule(Plugin[S]):
    """All enabled rules must agree."""

    @abstractmethod
    async def objections(self, password: str, account: AccountView | None) -> Sequence[str]:
        """Short names of what is wrong (`tooCommon`); empty when nothing is. Never the password, nor a part of it."""
