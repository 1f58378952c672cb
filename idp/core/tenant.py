"""Jurisdictions and teams, and who belongs to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from idp.core.ids import AccountId, TenantId


class TenantKind(StrEnum):
    JURISDICTION = "jurisdiction"
    TEAM = "team"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenant:
    """A jurisdiction or a team. Names are unique within their kind and compared exactly."""

    id: TenantId
    kind: TenantKind
    name: str
    created_at: datetime
    settings: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """One account in one tenant, with one role there (`ADMIN`, `MEMBER`, `user`, `partner`, …)."""

    account_id: AccountId
    tenant: Tenant
    role: str


def of_kind(memberships: tuple[Membership, ...], kind: TenantKind) -> tuple[Membership, ...]:
    return tuple(membership for membership in memberships if membership.tenant.kind is kind)
