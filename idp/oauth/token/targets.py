"""Which resource servers a token is for, and what of its scope means anything there (RFC 8707 §2.2)."""

from collections.abc import Mapping

from idp.core.client import Client, Origin, ResourceServer
from idp.oauth.errors import InvalidScope, InvalidTarget
from idp.oauth.own_api import names_us
from idp.oauth.rules import SCOPES

BESIDE = frozenset({"openid", "offline_access"})
"""What buys something beside an access token."""


def narrowed(asked: tuple[str, ...], granted: tuple[str, ...]) -> tuple[str, ...]:
    """Those asked for, each of which was granted; all that were, where none is named. Raises InvalidTarget."""
    if not set(asked) <= set(granted):
        raise InvalidTarget("the resource was not granted")
    return tuple(dict.fromkeys(asked)) or granted


def reachable(
    client: Client, asked: tuple[str, ...], known: Mapping[str, ResourceServer], issuer: str
) -> tuple[str, ...]:
    """What a client gets for itself, without anybody's consent: so the operator must have let it (row 97).

    A client that registered itself reaches what its terms name and nothing else. Raises InvalidTarget.
    """
    named = client.terms.resources
    is_operators = client.origin in (Origin.CONFIG, Origin.OPERATOR)
    for one in asked:
        may = one in named if named else is_operators
        if not names_us(one, issuer) and not (one in known and may):
            raise InvalidTarget("the client has no access to the resource, or there is none of this name")
    return tuple(dict.fromkeys(asked)) or tuple(one for one in named if one in known)


def meant(scope: tuple[str, ...], audience: tuple[str, ...], known: Mapping[str, ResourceServer]) -> tuple[str, ...]:
    """The part of the scope that the audience knows (RFC 9068 §2.2.3); all of it where a server declares none.

    Our own scopes concern our own userinfo: a resource server could use them there for more than it was given.
    Raises InvalidScope where the audience knows none of it, and nothing is asked for beside: an answer without `scope`
    says that all was given (RFC 6749 §5.1).
    """
    servers = [known[one] for one in audience if one in known]
    if not servers:
        return scope
    if any(not server.scopes for server in servers):
        return tuple(word for word in scope if word not in SCOPES)
    offered = {word for server in servers for word in server.scopes}
    left = tuple(word for word in scope if word in offered)
    if scope and not left and BESIDE.isdisjoint(scope):
        raise InvalidScope("the resource knows none of the scopes")
    return left
