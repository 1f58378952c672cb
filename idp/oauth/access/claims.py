"""What a client may be told of somebody: one book for ID tokens, userinfo and feature values."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from idp.core.account import Account
from idp.core.client import Client
from idp.core.errors import PluginFailed
from idp.core.feature import FeatureValue
from idp.core.standard_claims import BY_SCOPE, CLAIMS, IN_LANGUAGES, PROTOCOL, SELF_TOLD
from idp.core.tenant import Membership, TenantKind
from idp.ports.storage import Store
from idp.usecases.extensions import Extensions
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.tenants.show import concerning_apps
from idp.usecases.view import view_of

FROM_TENANTS = frozenset({"teams", "jurisdictions", "features"})
"""Claims that take a look at the database."""
OURS = PROTOCOL.union(CLAIMS)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsBook:
    """What the scope opens and what the `claims` parameter names, as far as the account has it.

    A claim that is empty is left out (OIDC Core §5.3.2).
    """

    store: Store
    policy: Policy
    extensions: Extensions

    async def of(
        self, account: Account, scope: tuple[str, ...], requested: Mapping[str, object], client: Client
    ) -> Mapping[str, object]:
        """`requested` is a member of the `claims` parameter: `userinfo` or `id_token` (OIDC Core §5.5)."""
        wanted = opened_by(scope) | _requested(requested, client)
        found = {name: value for name in CLAIMS if name in wanted and (value := _of_account(account, name)) is not None}
        if wanted & FROM_TENANTS:
            found |= await self._of_tenants(account, wanted)
        return await self._of_plugins(account, scope, client, wanted) | found

    async def _of_tenants(self, account: Account, wanted: Collection[str]) -> dict[str, object]:
        standing = await self.store.read(lambda work: self.policy.standing(work, account))
        found: dict[str, object] = {}
        for claim, kind in (("teams", TenantKind.TEAM), ("jurisdictions", TenantKind.JURISDICTION)):
            if claim in wanted:
                found[claim] = [_membership(one) for one in standing.memberships if one.tenant.kind is kind]
        if "features" in wanted:
            found["features"] = self._features(await self.policy.settle(standing))
        return found

    def _features(self, standing: Standing) -> dict[str, FeatureValue]:
        shown = concerning_apps(self.policy.book)
        return {one.name: standing.flags.value(one, standing.tenants) for one in shown}

    async def _of_plugins(
        self, account: Account, scope: Collection[str], client: Client, wanted: Collection[str]
    ) -> dict[str, object]:
        """A source that fails adds nothing: it guards nothing either. Its fence has logged it."""
        sources, view = self.extensions.claims_sources.values(), view_of(account)
        calls = (one.claims(view, scope=frozenset(scope), client_id=client.id) for one in sources)
        found: dict[str, object] = {}
        for answer in await asyncio.gather(*calls, return_exceptions=True):
            if isinstance(answer, PluginFailed):
                continue
            if isinstance(answer, BaseException):
                raise answer
            for name, value in answer.items():
                if _is_theirs(name, wanted):
                    found.setdefault(name, value)
        return found


def _is_theirs(member: str, wanted: Collection[str]) -> bool:
    """Whether a plugin may tell it: what is not ours, and how else the person is called where that is wanted.

    Other claims of ours in no language either: without its tag (OIDC Core §5.2) it would be ours.
    """
    name, is_tagged, _ = member.partition("#")
    return name not in OURS or (bool(is_tagged) and name in IN_LANGUAGES and name in wanted)


def opened_by(scope: Collection[str]) -> set[str]:
    return {claim for word in scope for claim in BY_SCOPE.get(word, ())}


def _requested(requested: Mapping[str, object], client: Client) -> set[str]:
    """Named one by one (OIDC Core §5.5.1), within the scopes that the client registered, if it registered any."""
    registered = client.metadata.scope
    allowed = opened_by(registered) if registered else set(CLAIMS)
    return {name.partition("#")[0] for name in requested} & allowed


def _membership(one: Membership) -> dict[str, str]:
    return {"id": one.tenant.id, "name": one.tenant.name, "role": one.role}


def _of_account(account: Account, name: str) -> object | None:
    """None where the account has none; False is an answer, an empty text is not."""
    value = account.claims.get(name) if name in SELF_TOLD else _READ[name](account) if name in _READ else None
    return None if value in ("", []) else value


_READ: Mapping[str, Callable[[Account], object | None]] = {
    "name": lambda account: account.full_name,
    "given_name": lambda account: account.first_name,
    "family_name": lambda account: account.last_name,
    "middle_name": lambda account: account.middle_name,
    "birthdate": lambda account: account.date_of_birth.isoformat() if account.date_of_birth else None,
    "locale": lambda account: account.language,
    "updated_at": lambda account: int(account.updated_at.timestamp()),
    "email": lambda account: account.email,
    "email_verified": lambda account: account.is_confirmed,
    "phone_number": lambda account: account.phone_number,
    "phone_number_verified": lambda account: account.phone_verified_at is not None if account.phone_number else None,
    "roles": lambda account: sorted(account.roles),
}
