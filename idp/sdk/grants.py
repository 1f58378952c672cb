"""Another way to a token."""

from abc import abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from idp.core.ids import AccountId
from idp.sdk.plugin import Plugin, S

__all__ = ["AccountId", "GrantDecision", "TokenGrant"]


@dataclass(frozen=True, slots=True, kw_only=True)
class GrantDecision:
    """`account_id` is who the token is about; None: the client itself. `scope` at most what was asked for."""

    account_id: AccountId | None
    scope: tuple[str, ...]


class TokenGrant(Plugin[S]):
    """A grant type of its own at the token endpoint (RFC 6749 §4.5).

    The core authenticates the client, asks whether it registered this `grant_type`, and hands over the declared
    `parameters` only; of the decision it checks account, scope and client again before it issues anything.
    """

    grant_type: str
    """An absolute URI that you own."""

    parameters: tuple[str, ...]
    """The form's parameters that the grant reads, beside `scope`."""

    @abstractmethod
    async def decide(
        self, client_id: str, parameters: Mapping[str, str], *, scope: Collection[str]
    ) -> GrantDecision | None:
        """None is `invalid_grant`. What may be used once must be used up here: `context.store.add` tells."""
