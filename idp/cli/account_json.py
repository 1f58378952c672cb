"""Accounts as verbs print them: never a hash, a code or a secret, for the fields are listed, not copied."""

from typing import Any

from idp.core.account import Account
from idp.core.tenant import Membership, TenantKind, of_kind
from idp.usecases.accounts.administer import Shown

COLUMNS = ("email", "name", "confirmed", "disabled", "mfa", "last_sign_in_at", "id")


def brief(account: Account) -> dict[str, Any]:
    """A line of a list."""
    return {
        "id": account.id,
        "email": account.email,
        "name": account.full_name,
        "confirmed": account.is_confirmed,
        "disabled": account.is_disabled,
        "mfa": sorted(account.mfa_methods),
        "roles": sorted(account.roles),
        "last_sign_in_at": account.last_sign_in_at,
        "created_at": account.created_at,
    }


def whole(shown: Shown) -> dict[str, Any]:
    account = shown.account
    return {
        "id": account.id,
        "email": account.email,
        "first_name": account.first_name,
        "middle_name": account.middle_name,
        "last_name": account.last_name,
        "phone_number": account.phone_number,
        "phone_verified_at": account.phone_verified_at,
        "date_of_birth": account.date_of_birth,
        "language": account.language,
        "roles": sorted(account.roles),
        "mfa": sorted(account.mfa_methods),
        "jurisdictions": places(shown.memberships, TenantKind.JURISDICTION),
        "teams": places(shown.memberships, TenantKind.TEAM),
        "confirmed_at": account.confirmed_at,
        "disabled_at": account.disabled_at,
        "locked_until": shown.locked_until,
        "sessions": shown.sessions,
        "has_password": shown.has_password,
        "password_changed_at": account.password_changed_at,
        "last_sign_in_at": account.last_sign_in_at,
        "created_at": account.created_at,
        "updated_at": account.updated_at,
    }


def places(memberships: tuple[Membership, ...], kind: TenantKind) -> list[dict[str, str]]:
    return [{"id": item.tenant.id, "name": item.tenant.name, "role": item.role} for item in of_kind(memberships, kind)]
