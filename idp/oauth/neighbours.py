"""What the packages of the protocol ask of one another: they stand side by side, and none imports its neighbour."""

from collections.abc import Mapping
from typing import Protocol

from idp.core.account import Account
from idp.core.client import Client, ResourceServer
from idp.core.ids import AccountId, ClientId
from idp.core.session import Source
from idp.oauth.request import OAuthRequest
from idp.ports.storage import UnitOfWork


class KnownClients(Protocol):
    """The book of clients, as those see it who only look things up."""

    async def find(self, client_id: str, source: Source | None = None) -> Client | None:
        """A live, enabled one. `source` is who named it, where anybody can: TooManyRequests is raised then."""
        ...

    def look(self, work: UnitOfWork, client_id: ClientId) -> Client | None:
        """The same, in a unit of work that reads other things too; None for a client of a metadata document."""
        ...

    async def keys(self, client: Client, *, fresh: bool = False) -> Mapping[str, object]:
        """Its JWK Set, by value or by reference. `fresh` looks past the cache: a key that we do not know yet."""
        ...

    async def resources(self) -> Mapping[str, ResourceServer]:
        """By identifier."""
        ...


class ClaimsOf(Protocol):
    """What a client may be told of somebody."""

    async def of(
        self, account: Account, scope: tuple[str, ...], requested: Mapping[str, object], client: Client
    ) -> Mapping[str, object]:
        """`requested` is a member of the `claims` parameter: `userinfo` or `id_token` (OIDC Core §5.5)."""
        ...


class SubjectOf(Protocol):
    """The `sub` that a client knows somebody by: public or pairwise (OIDC Core §8)."""

    def of(self, client: Client, account_id: AccountId) -> str: ...


class Authenticated(Protocol):
    """A client that has just proved itself."""

    @property
    def client(self) -> Client: ...


class AuthenticatesClients(Protocol):
    """The one way in which clients prove themselves, at every endpoint that they speak to."""

    async def __call__(self, request: OAuthRequest) -> Authenticated:
        """Raises InvalidClient or InvalidRequest."""
        ...


class ChecksProofs(Protocol):
    """DPoP (RFC 9449)."""

    async def check(self, request: OAuthRequest, *, access_token: str | None) -> str | None:
        """The thumbprint of the key that a proof was made with; None without a proof. Raises InvalidDpopProof."""
        ...
