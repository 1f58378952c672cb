"""Finding what an operator names: an account by address or id, a tenant by name."""

from idp.core.account import Account
from idp.core.address import canonical_email
from idp.core.errors import NotFound, UnknownTenant
from idp.core.ids import AccountId
from idp.core.tenant import Tenant, TenantKind
from idp.ports.storage import UnitOfWork


def named_account(work: UnitOfWork, name: str) -> Account:
    """The account of this address, in any spelling, or of this id. Raises NotFound, and MalformedRequest for `a@`."""
    found = work.accounts.by_email(canonical_email(name)) if "@" in name else work.accounts.by_id(AccountId(name))
    if found is None:
        raise NotFound(f"there is no account {name}")
    return found


def named_tenant(work: UnitOfWork, kind: TenantKind, name: str) -> Tenant:
    """Raises UnknownTenant."""
    found = work.tenants.by_name(kind, name)
    if found is None:
        raise UnknownTenant(name)
    return found


def named_place(work: UnitOfWork, kind: TenantKind, text: str) -> tuple[Tenant, str]:
    """The tenant and the role in `NAME` or `NAME:ROLE`. A tenant of the whole name wins: names may hold colons.

    Raises UnknownTenant.
    """
    whole = work.tenants.by_name(kind, text)
    if whole is not None:
        return whole, USUAL_ROLE[kind]
    name, colon, role = text.rpartition(":")
    if not colon or not role:
        raise UnknownTenant(text)
    return named_tenant(work, kind, name), role


USUAL_ROLE = {TenantKind.JURISDICTION: "user", TenantKind.TEAM: "MEMBER"}
"""The role of a member of whom nothing else is said."""
