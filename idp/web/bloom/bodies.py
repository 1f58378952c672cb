"""What Bloom's front end sends. No field is required by its validator; the handlers say what is missing."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from idp.web.bloom.fields import AppUrl, Body, Code, Email, Name, Password, Phone, Token

LONGEST_METHOD = 32


def _day(value: Any) -> Any:
    """A date, or the date of an ISO timestamp: the front end sends either."""
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value[:10])
    except ValueError:
        raise ValueError("dob must be a Date instance") from None


Day = Annotated[date | None, BeforeValidator(_day)]
MfaType = Annotated[str | None, Field(alias="mfaType", max_length=LONGEST_METHOD)]
MfaCode = Annotated[Code, Field(alias="mfaCode")]


class Login(Body):
    """POST /auth/login."""

    email: Email = None
    password: Password = None
    mfa_code: MfaCode = None
    mfa_type: MfaType = None


class RequestMfaCode(Body):
    """POST /auth/request-mfa-code."""

    email: Email = None
    password: Password = None
    mfa_type: MfaType = None
    phone_number: Phone = None


class LoginViaSingleUseCode(Body):
    """POST /auth/loginViaSingleUseCode. `mfaCode` and `mfaType` are ours, for accounts that need a second factor."""

    email: Email = None
    single_use_code: Annotated[Code, Field(alias="singleUseCode")] = None
    mfa_code: MfaCode = None
    mfa_type: MfaType = None


class UpdatePassword(Body):
    """PUT /auth/update-password."""

    token: Token = None
    password: Password = None
    password_confirmation: Annotated[Password, Field(alias="passwordConfirmation")] = None


class Confirm(Body):
    """PUT /auth/confirm."""

    token: Token = None
    password: Password = None


class TokenOnly(Body):
    """POST /user/is-confirmation-token-valid."""

    token: Token = None


class EmailAndApp(Body):
    """POST /user/resend-confirmation, PUT /user/forgot-password, POST /user/request-single-use-code."""

    email: Email = None
    app_url: AppUrl = None


class Reference(Body):
    """A jurisdiction, by its id."""

    id: Annotated[str | None, Field(max_length=64)] = None


class Register(Body):
    """POST /user/public."""

    email: Email = None
    email_confirmation: Annotated[Email, Field(alias="emailConfirmation")] = None
    password: Password = None
    first_name: Annotated[Name, Field(alias="firstName")] = None
    last_name: Annotated[Name, Field(alias="lastName")] = None
    middle_name: Annotated[Name, Field(alias="middleName")] = None
    dob: Day = None
    language: Annotated[str | None, Field(max_length=8)] = None
    phone_number: Phone = None
    agreed_to_terms: Annotated[bool | None, Field(alias="agreedToTermsOfService")] = None
    jurisdictions: Annotated[list[Reference] | None, Field(max_length=32)] = None
    app_url: AppUrl = None


class Change(Body):
    """PUT /user/public: the whole profile comes back with a few fields changed; the others are dropped."""

    id: Annotated[str | None, Field(max_length=64)] = None
    first_name: Annotated[Name, Field(alias="firstName")] = None
    last_name: Annotated[Name, Field(alias="lastName")] = None
    middle_name: Annotated[Name, Field(alias="middleName")] = None
    dob: Day = None
    language: Annotated[str | None, Field(max_length=8)] = None
    phone_number: Phone = None
    agreed_to_terms: Annotated[bool | None, Field(alias="agreedToTermsOfService")] = None
    password: Password = None
    current_password: Annotated[Password, Field(alias="currentPassword")] = None
    new_email: Annotated[Email, Field(alias="newEmail")] = None
    app_url: AppUrl = None
