"""Finding the jurisdiction that a request names."""

from idp.core.errors import UnknownTenant
from idp.core.tenant import Tenant, TenantKind
from idp.ports.storage import UnitOfWork


def named_jurisdiction(work: UnitOfWork, name: str | None) -> Tenant | None:
    """None when none is named. Raises UnknownTenant for a name that nobody has, the same for every caller."""
    if not name:
        return None
    tenant = work.tenants.by_name(TenantKind.JURISDICTION, name)
    if tenant is None:
        raise UnknownTenant(name)
    return tenant
