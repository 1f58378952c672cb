"""What NodeLoom's apps send and get."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from idp.core.password import LONGEST_PASSWORD


class Login(BaseModel):
    """POST /api/auth/login."""

    model_config = ConfigDict(strict=True, extra="ignore", populate_by_name=True)

    email: Annotated[str, Field(min_length=1, max_length=254)]
    password: Annotated[str, Field(max_length=LONGEST_PASSWORD)]
    mfa_code: Annotated[str | None, Field(alias="mfaCode", max_length=16)] = None


class TeamRole(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    team_id: Annotated[str, Field(alias="teamId")]
    team_name: Annotated[str, Field(alias="teamName")]
    role: str


class User(BaseModel):
    """The answer to a login."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    id: str
    first_name: Annotated[str, Field(alias="firstName")]
    last_name: Annotated[str, Field(alias="lastName")]
    email: str
    teams: list[TeamRole]


class Done(BaseModel):
    """The answer to refresh and logout."""

    message: str


class Refused(BaseModel):
    """Every refusal: `error` for machines, `message` for people. `methods` only with `mfa_required`."""

    error: str
    message: str
    methods: list[str] | None = None
