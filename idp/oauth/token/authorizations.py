"""Roles and groups in access tokens, for a resource server that asks for them (RFC 9068 §2.2.3.1)."""

from collections.abc import Mapping, Set
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.tenant import TenantKind, of_kind
from idp.oauth.token.grant import Issue
from idp.ports.storage import Store, UnitOfWork

ROLES, TEAMS = "roles", "teams"
OPENING = frozenset({ROLES, TEAMS})
"""Our scopes that open them. There are no `entitlements`: we know nothing that a person is entitled to."""

Values = list[dict[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorizations:
    """Told where the scope was granted and the resource server has it among its own: else a token grows
    by what nobody reads. Our own API does not ask, for userinfo tells them.
    """

    store: Store

    def are_wanted(self, issue: Issue) -> bool:
        """Perhaps: what the servers ask for is in the database. Never in a client's own token."""
        return issue.grant is not None and bool(issue.audience) and not OPENING.isdisjoint(issue.token_scope or ())

    async def of(self, issue: Issue) -> Mapping[str, object]:
        """The claims, encoded as RFC 7643 §4.1.2 has them."""
        found = await self.store.read(lambda work: _look(work, issue))
        return {name: values for name, values in found.items() if values}


def _look(work: UnitOfWork, issue: Issue) -> Mapping[str, Values]:
    account = work.accounts.by_id(issue.grant.account_id) if issue.grant else None
    wanted = _wanted(work, issue)
    if account is None or not wanted:
        return {}
    return {
        "roles": [{"value": role} for role in sorted(account.roles)] if ROLES in wanted else [],
        "groups": _groups(work, account) if TEAMS in wanted else [],
    }


def _wanted(work: UnitOfWork, issue: Issue) -> Set[str]:
    """What every server that may read the token asks for."""
    asked = [set(server.scopes) for server in work.oauth.resources.all() if server.identifier in issue.audience]
    return OPENING.intersection(issue.token_scope or (), *asked) if asked else frozenset()


def _groups(work: UnitOfWork, account: Account) -> Values:
    teams = of_kind(work.tenants.of(account.id), TenantKind.TEAM)
    return [{"value": one.tenant.id, "display": one.tenant.name} for one in teams]
