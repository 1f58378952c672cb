"""How Bloom's contract words what is wrong with a field."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from idp.core.address import canonical_email
from idp.core.errors import MalformedRequest
from idp.core.password import LONGEST_PASSWORD
from idp.usecases.phone import canonical_number


class Body(BaseModel):
    """Strict types, unknown fields dropped, null the same as absent (bloom.md §1)."""

    model_config = ConfigDict(strict=True, extra="ignore", populate_by_name=True, frozen=True)


def _email(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("email must be an email")
    try:
        return canonical_email(value)
    except MalformedRequest:
        raise ValueError("email must be an email") from None


def _phone(value: Any) -> Any:
    """E.164, or None for an empty one."""
    if value is None or value == "":
        return None
    try:
        return canonical_number(value if isinstance(value, str) else "")
    except MalformedRequest:
        raise ValueError("phoneNumber must be a valid phone number") from None


Email = Annotated[str | None, BeforeValidator(_email)]
Phone = Annotated[str | None, BeforeValidator(_phone), Field(alias="phoneNumber")]
Password = Annotated[str | None, Field(max_length=LONGEST_PASSWORD)]
Code = Annotated[str | None, Field(max_length=16)]
Token = Annotated[str | None, Field(max_length=542)]
AppUrl = Annotated[str | None, Field(alias="appUrl", max_length=256)]
Name = Annotated[str | None, Field(max_length=64)]


def problems(error: ValidationError) -> tuple[str, ...]:
    """One sentence a mistake, as class-validator writes them. Never a value."""
    return tuple(_sentence(detail) for detail in error.errors(include_input=False, include_url=False))


def _sentence(detail: Any) -> str:
    field = ".".join(str(part) for part in detail["loc"]) or "body"
    match detail["type"]:
        case "value_error":
            return str(detail["ctx"]["error"])
        case "string_type":
            return f"{field} must be a string"
        case "string_too_long":
            return f"{field} must be shorter than or equal to {detail['ctx']['max_length']} characters"
        case "bool_type":
            return f"{field} must be a boolean value"
        case kind if kind.startswith("date"):
            return f"{field} must be a Date instance"
    return f"{field} is not valid"
