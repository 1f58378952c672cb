"""What may be asked for: scopes (RFC 6749 §3.3) and resource servers (RFC 8707)."""

import re
from collections.abc import Iterable, Mapping

from idp.core.client import Client, ResourceServer
from idp.oauth.errors import InvalidScope, InvalidTarget
from idp.oauth.own_api import names_us
from idp.oauth.rules import OFFLINE_ACCESS, SCOPES

_TOKEN = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+")
OWN = frozenset(SCOPES)


def reachable(client: Client, known: Mapping[str, ResourceServer]) -> Mapping[str, ResourceServer]:
    """The resource servers that a client may ask tokens for: those of its terms, or all where they name none."""
    named = client.terms.resources
    return {identifier: server for identifier, server in known.items() if not named or identifier in named}


def judge_resources(asked: Iterable[str], issuer: str, servers: Mapping[str, ResourceServer]) -> tuple[str, ...]:
    """Compared byte by byte with what the operator declared. We are a resource server ourselves.

    What is relative or has a fragment (RFC 8707 §2) is nobody's identifier. Raises InvalidTarget.
    """
    resources = tuple(asked)
    if any(resource not in servers and not names_us(resource, issuer) for resource in resources):
        raise InvalidTarget("the client has no access to the resource, or there is none of this name")
    return resources


def judge_scope(client: Client, asked: tuple[str, ...], servers: Mapping[str, ResourceServer]) -> tuple[str, ...]:
    """What nobody knows is ignored (OIDC Core §3.1.2.1); what the client may not ask for raises InvalidScope (row 97).

    Without a scope, the registered one is meant. `servers` are the reachable ones.
    """
    if any(not _TOKEN.fullmatch(word) for word in asked):
        raise InvalidScope("scope is malformed")
    registered = frozenset(client.metadata.scope)
    offered = OWN.union(*(server.scopes for server in servers.values())) if servers else OWN
    wanted = [word for word in asked or client.metadata.scope if word in offered or word in registered]
    known = [word for word in wanted if word != OFFLINE_ACCESS or _may_stay(client, registered)]
    if registered and not registered.issuperset(known):
        raise InvalidScope("the client may not ask for one of the scopes")
    if asked and not known:
        raise InvalidScope("none of the scopes is known")
    return tuple(known)


def _may_stay(client: Client, registered: frozenset[str]) -> bool:
    """Whether it can use a refresh token that outlives the session; if not, the scope is ignored (OIDC Core §11)."""
    return "refresh_token" in client.metadata.grant_types and (not registered or OFFLINE_ACCESS in registered)
