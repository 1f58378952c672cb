"""One line of an import: an account as another system knew it, with the hash of its password.

The names are those of both contracts (`firstName`, `passwordUpdatedAt`, …). Where a type is stricter than JSON, as with
moments, the text is ISO 8601. `schemas/import.schema.json` is written from here.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Annotated, Any, BinaryIO

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from idp.core.account import LONGEST_NAME
from idp.core.address import canonical_email
from idp.core.errors import MalformedRequest
from idp.usecases.phone import canonical_number

LONGEST_LINE = 64 * 1024
DIALECT = "https://json-schema.org/draft/2020-12/schema"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class LineRefused(Exception):
    """The line makes no account. `reason` names the field and the rule, never the value."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _email(text: str) -> str:
    try:
        return canonical_email(text)
    except MalformedRequest:
        raise ValueError("is no e-mail address") from None


def _phone(text: str) -> str:
    try:
        return canonical_number(text)
    except MalformedRequest:
        raise ValueError("is no telephone number") from None


def _printable(text: str) -> str:
    if not text.strip() or not text.isprintable():
        raise ValueError("must be printable text")
    return text


def _day(value: Any) -> Any:
    """The day of `1990-05-17` and of `1990-05-17T00:00:00.000Z`, as Bloom writes it."""
    return value[:10] if isinstance(value, str) and value[10:11] == "T" else value


Email = Annotated[str, AfterValidator(_email)]
Phone = Annotated[str, Field(max_length=64), AfterValidator(_phone)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable)]
TenantName = Annotated[str, Field(min_length=1, max_length=128), AfterValidator(_printable)]
Word = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
Day = Annotated[date, Field(strict=False), BeforeValidator(_day)]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,64}$")]
Language = Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*$")]


class _Lines(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        alias_generator=to_camel,
        use_attribute_docstrings=True,
        hide_input_in_errors=True,
    )


class Place(_Lines):
    """A jurisdiction or team that the account belongs to."""

    model_config = ConfigDict(extra="ignore")

    name: TenantName
    """It must exist: `idp jurisdiction create`, `idp team create`."""

    role: Word | None = None
    """The role there. Without one: `user` in a jurisdiction, `MEMBER` in a team."""


class UserRoles(_Lines):
    """Roles as Bloom exports them. Those of partners and jurisdictional admins hold in the account's jurisdictions."""

    is_admin: bool | None = None
    is_super_admin: bool | None = None
    is_support_admin: bool | None = None
    is_jurisdictional_admin: bool | None = None
    is_limited_jurisdictional_admin: bool | None = None
    is_partner: bool | None = None

    def everywhere(self) -> frozenset[str]:
        named = {"admin": self.is_admin, "super_admin": self.is_super_admin, "support_admin": self.is_support_admin}
        return frozenset(role for role, held in named.items() if held)

    def in_jurisdictions(self) -> str | None:
        """The strongest of the three: a membership has one role."""
        named = {
            "jurisdictional_admin": self.is_jurisdictional_admin,
            "limited_jurisdictional_admin": self.is_limited_jurisdictional_admin,
            "partner": self.is_partner,
        }
        return next((role for role, held in named.items() if held), None)


class ImportedAccount(_Lines):
    """An account to be imported. Nothing is sent to its owner. `null` is the same as nothing."""

    email: Email
    """The address it signs in with."""

    first_name: Name
    last_name: Name
    middle_name: Name | None = None

    id: Id | None = None
    """Its id elsewhere, kept as the `sub` of its tokens. Without one it gets an id made from its address, so that the
    same line imported again is known even after the address was changed."""

    password_hash: Annotated[str, Field(max_length=512)] | None = None
    """What the other system kept: argon2 or bcrypt, scrypt as Bloom writes it (`salt#hash`) or as a PHC string,
    pbkdf2 of passlib or Django. Renewed at the first sign-in. Without one a password must be set by a reset link."""

    password_updated_at: AwareDatetime | None = None
    """When the password was last changed. Without it: `createdAt`, else now."""

    confirmed_at: AwareDatetime | None = None
    """When the address was proved. Without it the owner must confirm before signing in."""

    mfa_enabled: bool | None = None
    """Signing in takes a code by mail or SMS, whichever the person asks for, as in Bloom."""

    mfa_methods: tuple[Word, ...] | None = None
    """The same, but by these methods alone (`email`, `sms`). The secret of an app cannot be imported."""

    phone_number: Phone | None = None
    """`+14155550123`; without a country it is a number of the United States."""

    phone_number_verified: bool | None = None
    """The number was proved by a code."""

    dob: Day | None = None
    """Date of birth."""

    language: Language | None = None
    """The language to write in."""

    agreed_to_terms_of_service: bool | None = None

    roles: tuple[Word, ...] | None = None
    """Roles that hold everywhere: `admin`, `super_admin`, `support_admin`."""

    user_roles: UserRoles | None = None

    jurisdictions: tuple[TenantName | Place, ...] | None = None
    """Names, or objects with `name` and `role`."""

    teams: tuple[TenantName | Place, ...] | None = None
    """The same for teams."""

    disabled: bool | None = None
    """Nobody may sign in to it."""

    created_at: AwareDatetime | None = None
    last_login_at: AwareDatetime | None = None

    def moments(self) -> Iterator[tuple[str, datetime]]:
        """Every moment that is set, by the name of its field."""
        for name in ("password_updated_at", "confirmed_at", "created_at", "last_login_at"):
            moment: datetime | None = getattr(self, name)
            if moment is not None:
                yield to_camel(name), moment


def read_line(line: bytes) -> ImportedAccount:
    """Raises LineRefused with everything that is wrong with the line."""
    try:
        return ImportedAccount.model_validate_json(line)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        raise LineRefused("; ".join(dict.fromkeys(_reason(detail) for detail in details))) from None


def numbered_lines(stream: BinaryIO) -> Iterator[tuple[int, bytes | None]]:
    """Every line that is not blank with its number, from 1; None for one that is longer than LONGEST_LINE."""
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(BYTE_ORDER_MARK)
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            _skip_rest(stream)
            yield number, None
        elif line.strip():
            yield number, line


def import_schema() -> dict[str, Any]:
    """`schemas/import.schema.json`: one line of the file."""
    schema = ImportedAccount.model_json_schema()
    for model in (schema, *schema["$defs"].values()):
        for field in model["properties"].values():
            field.pop("title", None)  # the name once more
    return {"$schema": DIALECT, **schema, "title": "A line of `idp user import`"}


def _skip_rest(stream: BinaryIO) -> None:
    while (rest := stream.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _reason(detail: Any) -> str:
    where = ".".join(str(part) for part in detail["loc"][:2])
    return f"{where}: {_rule(detail)}" if where else _rule(detail)


def _rule(detail: Any) -> str:
    match detail["type"], detail["loc"]:
        case "json_invalid", _:
            return "is no JSON"
        case _, ():
            return "is no JSON object"
        case _, ("jurisdictions" | "teams", _, *_):
            return "must be a name, or an object with `name` and `role`"
        case "value_error", _:
            return str(detail["ctx"]["error"])
    known = {"extra_forbidden": "is no field of an account", "missing": "is missing"}
    return known.get(detail["type"], str(detail["msg"]).removeprefix("Input ").removeprefix("String "))
