"""Our own pages: what they may do, how they look, whose words they use."""

import re
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from idp.config.addresses import Page
from idp.config.refusal import refused
from idp.config.table import Switch, Table
from idp.config.types import Called, FilePath, Text

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.ASCII | re.IGNORECASE)
PAGES_COOKIES = frozenset({"idp-session", "idp-browser", "idp-link", "idp-notice", "idp-registered"})
"""The names of the pages' own cookies; `idp.web.pages` writes them."""
PICTURES = (".svg", ".png", ".webp", ".jpg")


def _colour(text: str) -> str:
    if not _COLOUR.fullmatch(text):
        raise refused("is no colour", 'Write it as in "#1f5fbf".')
    return text.lower()


def _picture(path: Path) -> Path:
    if path.suffix.lower() not in PICTURES:
        raise refused("is no picture that we serve", f"One of {', '.join(PICTURES)}.")
    return path


Colour = Annotated[Text, AfterValidator(_colour), Called("colour")]
Picture = Annotated[FilePath, AfterValidator(_picture), Called("path")]


class Branding(Table):
    """Whose pages people see. What a jurisdiction does not say is as in `[branding]`; an app gets the looks of the
    jurisdiction that its client names."""

    name: Text | None = Field(default=None, examples=["Bay Area Housing"])
    """The name at the top and in the window's title. Unset: `messages.from_name`."""

    logo: Page | None = Field(default=None, examples=["https://example.com/logo.svg"])
    """The address of a logo; browsers fetch it from there."""

    logo_file: Picture | None = Field(default=None, examples=["logo.svg"])
    """A logo that we serve ourselves, in place of `logo`."""

    accent: Colour | None = Field(default=None, examples=["#1f5fbf"])
    """The colour of buttons and links. Where it could not be read, light or dark, a shade of it is taken that can
    (WCAG 2.2, 1.4.3)."""

    policy: Page | None = Field(default=None, examples=["https://example.com/privacy"])
    """The privacy policy, linked from every page."""

    terms: Page | None = Field(default=None, examples=["https://example.com/terms"])
    """The terms of service, linked from every page."""

    support: Page | None = Field(default=None, examples=["https://example.com/help"])
    """Where people find help, linked from every page."""


class Pages(Table):
    """The pages that people see: sign-in, registration, consent, account. Their languages are those of `[messages]`."""

    sign_up: Switch = True
    """Lets strangers make themselves an account on /register."""

    templates: FilePath | None = Field(default=None, examples=["pages"])
    """A folder of templates that stand in for ours, by the same names. A template is a program: it is trusted as this
    file is. One that only adds to ours begins with `{% extends "ours/NAME" %}`."""

    locale: FilePath | None = Field(default=None, examples=["locale"])
    """A folder of catalogues, `LANGUAGE.po`, whose texts come before ours."""
