"""The person who signs in."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from idp.core.address import EmailAddress
from idp.core.ids import AccountId

LONGEST_NAME = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account. `mfa_methods` are the second factors it enrolled for; an empty set demands none by itself.

    `roles` are global (`admin`, `super_admin`, `support_admin`); roles within a tenant belong to the membership.
    `extra` keeps what a contract's front end echoes back and no rule of ours reads; `claims` what people say of
    themselves for apps to read (`standard_claims.SELF_TOLD`).
    """

    id: AccountId
    email: EmailAddress
    first_name: str
    last_name: str
    middle_name: str | None = None
    phone_number: str | None = None
    phone_verified_at: datetime | None = None
    date_of_birth: date | None = None
    language: str | None = None
    roles: frozenset[str] = frozenset()
    mfa_methods: frozenset[str] = frozenset()
    confirmed_at: datetime | None = None
    disabled_at: datetime | None = None
    agreed_to_terms: bool = False
    password_changed_at: datetime | None = None
    last_sign_in_at: datetime | None = None
    created_at: datetime
    updated_at: datetime
    extra: Mapping[str, object] = field(default_factory=dict)
    claims: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None

    @property
    def is_disabled(self) -> bool:
        return self.disabled_at is not None

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.first_name, self.middle_name, self.last_name) if part)
