"""An account, and a jurisdiction, as Bloom's front end reads them."""

from datetime import UTC, datetime, time
from uuid import NAMESPACE_URL, uuid5

from idp.core.account import Account
from idp.core.tenant import Membership, Tenant, TenantKind, of_kind
from idp.usecases.signin.policy import Policy, Standing
from idp.usecases.tenants.show import Switched, switched
from idp.web.bloom.answers import Flag, Jurisdiction, PublicJurisdiction, User, UserRoles

NEVER = 365_000
"""Days: what a front end that demands a number is told when passwords do not expire."""


def user_json(standing: Standing, policy: Policy, password_days: int | None) -> dict[str, object]:
    """bloom.md §9.1. Never a hash, code or token: the fields are listed, not copied."""
    account = standing.account
    jurisdictions = of_kind(standing.memberships, TenantKind.JURISDICTION)
    answer = User(
        id=account.id,
        created_at=account.created_at,
        updated_at=account.updated_at,
        email=account.email,
        first_name=account.first_name,
        middle_name=account.middle_name,
        last_name=account.last_name,
        dob=datetime.combine(account.date_of_birth, time(), UTC) if account.date_of_birth else None,
        language=account.language,
        phone_number=account.phone_number,
        phone_number_verified=account.phone_verified_at is not None if account.phone_number else None,
        confirmed_at=account.confirmed_at,
        password_updated_at=account.password_changed_at or account.created_at,
        password_valid_for_days=password_days if password_days is not None else NEVER,
        mfa_enabled=policy.needs_second_factor(standing),
        last_login_at=account.last_sign_in_at,
        agreed_to_terms_of_service=account.agreed_to_terms,
        jurisdictions=[
            jurisdiction(Switched(tenant=item.tenant, features=switched(policy.book, standing.flags, item.tenant)))
            for item in jurisdictions
        ],
        user_roles=_roles(account, jurisdictions),
    )
    return answer.model_dump()


def _roles(account: Account, jurisdictions: tuple[Membership, ...]) -> UserRoles | None:
    """None for the public; an object for everybody with a role (the partner site reads it unguarded)."""
    held = account.roles | {membership.role for membership in jurisdictions}
    roles = UserRoles(
        is_admin="admin" in held,
        is_jurisdictional_admin="jurisdictional_admin" in held,
        is_limited_jurisdictional_admin="limited_jurisdictional_admin" in held,
        is_partner="partner" in held,
        is_super_admin="super_admin" in held,
        is_support_admin="support_admin" in held,
    )
    return roles if any(roles.model_dump().values()) else None


def jurisdiction(shown: Switched) -> Jurisdiction:
    tenant = shown.tenant
    return Jurisdiction(
        id=tenant.id,
        name=tenant.name,
        languages=_languages(tenant),
        feature_flags=_flags(shown),
        public_url=_text(tenant, "public_url") or "",
        email_from_address=_text(tenant, "email_from"),
        partner_terms=_text(tenant, "partner_terms"),
        allow_single_use_code_login=tenant.settings.get("sign_up_by_code") is True,
    )


def public_jurisdiction(shown: Switched) -> PublicJurisdiction:
    tenant = shown.tenant
    return PublicJurisdiction(id=tenant.id, name=tenant.name, languages=_languages(tenant), feature_flags=_flags(shown))


def _flags(shown: Switched) -> list[Flag]:
    return [Flag(id=str(uuid5(NAMESPACE_URL, name)), name=name, active=active) for name, active in shown.features]


def _languages(tenant: Tenant) -> list[str]:
    languages = tenant.settings.get("languages")
    return [str(item) for item in languages] if isinstance(languages, list | tuple) else ["en"]


def _text(tenant: Tenant, name: str) -> str | None:
    value = tenant.settings.get(name)
    return str(value) if value is not None else None
