"""What the OpenID Provider asks of the world beside storage."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from idp.core.claims import VerifiedClaims
from idp.ports.crypto import TokenSigner


class Signers(Protocol):
    """Our signing keys, one active for each algorithm."""

    def __call__(self, algorithm: str) -> TokenSigner:
        """Raises ValueError for an algorithm that we have no keys for."""
        ...

    @property
    def algorithms(self) -> tuple[str, ...]:
        """`alg` values (RFC 7518 §3.1, RFC 8037), our default first."""
        ...


class HintVerifier(Protocol):
    def verify_hint(self, token: str) -> VerifiedClaims:
        """The claims of an ID token of ours, expired or not, for whatever audience (OIDC Core §3.1.2.1, id_token_hint).

        Raises SessionExpired for any other. Nobody is signed in by it: it is a hint.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    body: bytes
    media_type: str


class FetchRefused(Exception):
    """The guard did not let the request out, or the answer in: its text is for the log."""


class Fetcher(Protocol):
    """The one way out to an address that a client named (threat row 102)."""

    async def get(self, url: str, *, accept: str) -> Fetched:
        """https, resolved and checked before dialling, no redirects, bounded in time and size, cached. FetchRefused."""
        ...

    def keeps(self, url: str, *, accept: str) -> bool:
        """Whether `get` sends nothing out for this: its answer is at hand, or on its way."""
        ...

    async def post_form(self, url: str, fields: Mapping[str, str]) -> int:
        """Sends a form (back-channel logout) and returns the status. FetchRefused."""
        ...

    async def get_fresh(self, url: str, *, accept: str) -> Fetched:
        """The same as `get`, past the cache: a key we do not know yet. At most once a minute for an address."""
        ...

    async def get_now(self, url: str, *, accept: str) -> Fetched:
        """The same as `get`, past the cache each time: only where whoever asks for it has a budget of his own."""
        ...
