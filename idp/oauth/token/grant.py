"""What every way to a token has in common: a request judged once, a decision in one unit of work, what it buys.

```
TokenRequest ──▶ TokenRule.prepare (async: keys, plugins) ──▶ Decision (in the transaction) ──▶ Issue ──▶ minted
```
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from idp.core.account import Account
from idp.core.client import Client
from idp.core.grant import Grant
from idp.core.session import Source
from idp.oauth.rules import SCOPES
from idp.oauth.token.client_auth import AuthenticatedClient
from idp.ports.storage import UnitOfWork

ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenRequest:
    """What a client asks for. `parameters` are those that the grant declares, and no others.

    `scope` is None where none was sent. `jkt` is of the DPoP proof's key, if there was a valid one; `confirmation` is
    what the access token is to be bound by (RFC 7800).
    """

    known: AuthenticatedClient
    parameters: Mapping[str, str]
    resources: tuple[str, ...]
    jkt: str | None
    confirmation: Mapping[str, str] | None
    source: Source
    now: datetime

    @property
    def client(self) -> Client:
        return self.known.client

    @property
    def scope(self) -> tuple[str, ...] | None:
        """Without repetitions, in the order sent."""
        sent = self.parameters.get("scope")
        return tuple(dict.fromkeys(sent.split())) if sent is not None else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """What a decision buys. Nothing of it needs storage any more but what the decision has put there.

    `scope` is granted, `token_scope` the part of it that the access token names (None: all); `audience` are the
    resource servers it is for, none meaning our own userinfo. `grant` stands behind the tokens; without one they can be
    revoked one by one alone. `is_openid`: an ID token is due, with `nonce`, and with claims of `account` if given.
    `expires_at` is the latest that the token may live. `issued_token_type` is RFC 8693's, `told` what the
    access token says of the person to its resource server.
    """

    client: Client
    subject: str
    scope: tuple[str, ...]
    audience: tuple[str, ...] = ()
    token_scope: tuple[str, ...] | None = None
    confirmation: Mapping[str, str] | None = None
    grant: Grant | None = None
    is_openid: bool = False
    account: Account | None = None
    nonce: str | None = None
    refresh_token: str | None = None
    actor: Mapping[str, object] | None = None
    expires_at: datetime | None = None
    issued_token_type: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)
    told: Mapping[str, object] = field(default_factory=dict)

    @property
    def scope_told(self) -> tuple[str, ...]:
        """What the client hears of its scope (RFC 6749 §5.1): what the access token holds of it, and our own scopes
        beside where they buy something else, an ID token or a refresh token.
        """
        if self.token_scope is None:
            return self.scope
        ours = SCOPES if self.is_openid or self.refresh_token is not None else ()
        return tuple(word for word in self.scope if word in self.token_scope or word in ours)


Decision = Callable[[UnitOfWork], Issue]


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A decision that changes nothing: with nothing to be claimed beside it, it waits for no writer."""

    decide: Decision

    def __call__(self, work: UnitOfWork) -> Issue:
        return self.decide(work)


class TokenRule(ABC):
    """One `grant_type`. `parameters` are the form's fields it reads; all others are dropped before it sees them.

    The client was authenticated and has registered the grant type; whatever is bound to the request was proved.
    """

    grant_type: str
    parameters: frozenset[str]

    @abstractmethod
    async def prepare(self, asked: TokenRequest) -> Decision | Issue:
        """What has to be awaited, before the unit of work. An Issue: storage has nothing to say. OAuthRefusal."""


class GrantRule(TokenRule):
    """One that awaits nothing, and decides within the unit of work."""

    async def prepare(self, asked: TokenRequest) -> Decision | Issue:
        return partial(self.decide, asked)

    @abstractmethod
    def decide(self, asked: TokenRequest, work: UnitOfWork) -> Issue:
        """Judges, then claims, in the one unit of work. Raises an OAuthRefusal, which commits what was recorded."""
