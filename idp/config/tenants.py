"""Jurisdictions, teams, and the values of features."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from idp.config.addresses import Mailbox, Origin
from idp.config.pages import Branding
from idp.config.passwords import OwnPasswordRules
from idp.config.refusal import refused
from idp.config.table import Switch, Table
from idp.config.types import LONGEST_TEXT, Called, Paragraphs, Text, has_control_characters

LONGEST_NAME = 128
_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", re.ASCII)


def _tenant_name(text: str) -> str:
    if len(text) > LONGEST_NAME or text != text.strip():
        raise refused("is no name for a tenant", "Up to 128 characters, no blanks around it.")
    return text


def _reachable(text: str) -> str:
    if "/" in text or text in {".", ".."}:
        # GET /jurisdictions/byName/{name}: one segment of a path, which browsers resolve (RFC 3986 §5.2.4)
        raise refused("is no name for a jurisdiction", "Leave out the slash: the name is a part of an address.")
    return text


def _identifier(text: str) -> str:
    if not _IDENTIFIER.fullmatch(text):
        raise refused("is no name for a feature", "A letter, then letters, digits and _: enable_reports.")
    return text


def _language(text: str) -> str:
    if not _LANGUAGE.fullmatch(text):
        raise refused("is no language", 'Write a language tag (BCP 47): "en", "es", "zh-Hant".')
    return text


def _flag_value(value: object) -> object:
    if isinstance(value, str) and (len(value) > LONGEST_TEXT or has_control_characters(value)):
        raise refused("is no text of one line", f"Up to {LONGEST_TEXT} characters, no line breaks.")
    if not isinstance(value, bool | int | str):
        raise refused("is no value for a feature", "Write true, false, a whole number or a text.")
    return value


TenantName = Annotated[Text, AfterValidator(_tenant_name)]
JurisdictionName = Annotated[TenantName, AfterValidator(_reachable)]
FeatureName = Annotated[Text, AfterValidator(_identifier)]
Language = Annotated[Text, AfterValidator(_language), Called("language tag")]
FlagValue = Annotated[
    bool | int | str,
    BeforeValidator(_flag_value),
    WithJsonSchema({"type": ["boolean", "integer", "string"]}),
    Called("value"),
]

Flags = Annotated[dict[FeatureName, FlagValue], Called("table of features and values")]
"""Values by feature, in either spelling (`single_use_code`, `enableSingleUseCode`)."""


class OwnFeature(Table):
    """A feature of the operator's own, for the apps behind us: a named, typed value per tenant."""

    description: Text = Field(examples=["Shows the reports page."])
    """What it means."""

    type: Literal["boolean", "integer", "string"] = "boolean"
    """What kind of value it has."""

    default: FlagValue = False
    """Its value where nobody set one."""


class Jurisdiction(Table):
    """A jurisdiction. More can be made at run time, by `idp jurisdiction create`."""

    languages: tuple[Language, ...] = ()
    """The languages of its messages, the first being the usual one. Empty: those of `[messages]`."""

    public_url: Origin | None = Field(default=None, examples=["https://bayarea.example.com"])
    """Where its public app lives; links may lead there."""

    email_from: Mailbox | None = Field(default=None, examples=["bayarea@example.com"])
    """The address its mails come from. Unset: the one of `[messages]`."""

    partner_terms: Paragraphs | None = Field(default=None, examples=["Be kind."])
    """Terms that its partners must agree to; shown by the partners' front end."""

    sign_up_by_code: Switch = False
    """Mails a new account a single-use code instead of a link to confirm it by, where `single_use_code` is on: for
    apps without passwords."""

    branding: Branding = Field(default_factory=Branding)

    password: OwnPasswordRules | None = Field(default=None, examples=["bloom"])
    """What may be a password of its people: a preset, or a table of the first keys of `[password]`. The rules of every
    jurisdiction of an account hold."""

    flags: Flags = Field(default_factory=dict, examples=[{"single_use_code": True}])
    """Values of features here. A value set at run time wins."""


class Team(Table):
    """A team. More can be made at run time, by `idp team create`."""

    flags: Flags = Field(default_factory=dict, examples=[{"mfa": True}])
    """Values of features here. A value set at run time wins."""
