"""What Bloom's front end gets. Absent values are null, not left out; times are ISO 8601 in UTC with milliseconds."""

from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer
from pydantic.alias_generators import to_camel


def timestamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


Timestamp = Annotated[datetime, PlainSerializer(timestamp, return_type=str)]


class Answer(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, serialize_by_alias=True)


def what_is_always_the_same(model: type[Answer]) -> dict[str, object]:
    """The model's fields with a default, by their names on the wire: the contract has them, and we never fill them."""
    return {field.alias or name: field.default for name, field in model.model_fields.items() if not field.is_required()}


class Success(Answer):
    """Every command's answer."""

    success: bool = True


class DoneNotSignedIn(Answer):
    """A reset or confirmation of an account that needs a second factor: done, and nobody is signed in by it."""

    success: bool = True
    login_required: bool = True


class EmailCodeSent(Answer):
    email: str
    phone_number_verified: bool | None


class SmsCodeSent(Answer):
    phone_number: str
    phone_number_verified: bool | None


class Flag(Answer):
    id: str
    name: str
    active: bool


class PublicJurisdiction(Answer):
    """GET /jurisdictions/byName/{name}."""

    id: str
    name: str
    languages: list[str]
    notifications_sign_up_url: str | None = Field(default=None, alias="notificationsSignUpUrl")
    feature_flags: list[Flag]


class Jurisdiction(PublicJurisdiction):
    """GET /jurisdictions, and the jurisdictions of a user."""

    public_url: str
    email_from_address: str | None
    partner_terms: str | None
    allow_single_use_code_login: bool
    listing_approval_permissions: list[str] = []
    duplicate_listing_permissions: list[str] = []
    required_listing_fields: list[str] = []


class UserRoles(Answer):
    is_admin: bool
    is_jurisdictional_admin: bool
    is_limited_jurisdictional_admin: bool
    is_partner: bool
    is_super_admin: bool
    is_support_admin: bool


class Listing(Answer):
    """Listings are not ours; the list is always empty, and must be there."""

    id: str
    name: str


class User(Answer):
    """GET /user (bloom.md §9.1)."""

    id: str
    created_at: Timestamp
    updated_at: Timestamp
    email: str
    first_name: str
    middle_name: str | None
    last_name: str
    dob: Timestamp | None
    language: str | None
    phone_number: str | None
    phone_number_verified: bool | None
    phone_type: str | None = None
    phone_extension: str | None = None
    additional_phone_number: str | None = None
    additional_phone_number_type: str | None = None
    additional_phone_extension: str | None = None
    title: str | None = None
    address: dict[str, str] | None = None
    agency: dict[str, str] | None = None
    is_advocate: bool = False
    is_approved: bool = False
    confirmed_at: Timestamp | None
    password_updated_at: Timestamp
    password_valid_for_days: int
    mfa_enabled: bool
    last_login_at: Timestamp | None
    failed_login_attempts_count: int = 0
    agreed_to_terms_of_service: bool
    listings: list[Listing] = []
    jurisdictions: list[Jurisdiction]
    user_roles: UserRoles | None


class RefusedFull(Answer):
    """Shape A. `requestId` and `retryAfter` are ours."""

    message: str
    error: str
    status_code: int
    retry_after: str | None = None


class RefusedBare(Answer):
    """Shape B."""

    message: str
    status_code: int


class RefusedObject(Answer):
    """Shape C: the object is the whole body."""

    name: str | None = None
    message: str | None = None
    failure_count_remaining: int | None = None


class RefusedList(Answer):
    """Shape D."""

    message: list[str]
    error: str
    status_code: int
