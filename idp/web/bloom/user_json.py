"""An account, and a jurisdiction, as Bloom's front end reads them.

Written out by hand: GET /user is asked with every page, and building models of `answers` only to take them apart again
took half of its time. The models are what openapi.json tells, and the tests hold every answer against it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time
from functools import lru_cache
from uuid import NAMESPACE_URL, uuid5

from idp.core.account import Account
from idp.core.tenant import Membership, Tenant, TenantKind, of_kind
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.tenants.show import Switched, switched
from idp.web.bloom import answers
from idp.web.bloom.answers import timestamp

NEVER = 365_000
"""Days: what a front end that demands a number is told when passwords do not expire."""

NOT_OURS = answers.what_is_always_the_same(answers.User)
OF_LISTINGS = answers.what_is_always_the_same(answers.Jurisdiction)


def user_json(standing: Standing, policy: Policy, password_days: int | None) -> dict[str, object]:
    """bloom.md §9.1. Never a hash, code or token: the fields are listed, not copied."""
    account = standing.account
    jurisdictions = of_kind(standing.memberships, TenantKind.JURISDICTION)
    return {
        **NOT_OURS,
        **_person(account),
        "createdAt": timestamp(account.created_at),
        "updatedAt": timestamp(account.updated_at),
        "confirmedAt": _moment(account.confirmed_at),
        "passwordUpdatedAt": timestamp(account.password_changed_at or account.created_at),
        "passwordValidForDays": password_days if password_days is not None else NEVER,
        "mfaEnabled": policy.needs_second_factor(standing),
        "lastLoginAt": _moment(account.last_sign_in_at),
        "agreedToTermsOfService": account.agreed_to_terms,
        "jurisdictions": [
            jurisdiction(Switched(tenant=item.tenant, features=switched(policy.book, standing.flags, item.tenant)))
            for item in jurisdictions
        ],
        "userRoles": _roles(account, jurisdictions),
    }


def _person(account: Account) -> dict[str, object]:
    born = account.date_of_birth
    return {
        "id": account.id,
        "email": account.email,
        "firstName": account.first_name,
        "middleName": account.middle_name,
        "lastName": account.last_name,
        "dob": timestamp(datetime.combine(born, time(), UTC)) if born else None,
        "language": account.language,
        "phoneNumber": account.phone_number,
        "phoneNumberVerified": account.phone_verified_at is not None if account.phone_number else None,
    }


def _roles(account: Account, jurisdictions: tuple[Membership, ...]) -> Mapping[str, bool] | None:
    """None for the public; an object for everybody with a role (the partner site reads it unguarded)."""
    held = account.roles | {membership.role for membership in jurisdictions}
    roles = {
        "isAdmin": "admin" in held,
        "isJurisdictionalAdmin": "jurisdictional_admin" in held,
        "isLimitedJurisdictionalAdmin": "limited_jurisdictional_admin" in held,
        "isPartner": "partner" in held,
        "isSuperAdmin": "super_admin" in held,
        "isSupportAdmin": "support_admin" in held,
    }
    return roles if any(roles.values()) else None


def jurisdiction(shown: Switched) -> dict[str, object]:
    tenant = shown.tenant
    return {
        **OF_LISTINGS,
        **public_jurisdiction(shown),
        "publicUrl": _text(tenant, "public_url") or "",
        "emailFromAddress": _text(tenant, "email_from"),
        "partnerTerms": _text(tenant, "partner_terms"),
        "allowSingleUseCodeLogin": tenant.settings.get("sign_up_by_code") is True,
    }


def public_jurisdiction(shown: Switched) -> dict[str, object]:
    tenant = shown.tenant
    return {
        "id": tenant.id,
        "name": tenant.name,
        "languages": _languages(tenant),
        "notificationsSignUpUrl": None,
        "featureFlags": [{"id": _flag_id(name), "name": name, "active": active} for name, active in shown.features],
    }


@lru_cache(maxsize=256)
def _flag_id(name: str) -> str:
    """The same for a name everywhere and always."""
    return str(uuid5(NAMESPACE_URL, name))


def _moment(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _languages(tenant: Tenant) -> list[str]:
    languages = tenant.settings.get("languages")
    return [str(item) for item in languages] if isinstance(languages, list | tuple) else ["en"]


def _text(tenant: Tenant, name: str) -> str | None:
    value = tenant.settings.get(name)
    return str(value) if value is not None else None
