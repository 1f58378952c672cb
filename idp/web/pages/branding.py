"""Whose pages these are, to people: a name, a logo, a colour, a few links. By jurisdiction, or the operator's own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

from idp.web.pages.colours import DARK_GROUND, LIGHT_GROUND, Accent, accent_on

FOLDER = "/assets"
HASH_LENGTH = 16
STYLE_SHEET = Path(__file__).parent / "assets" / "site.css"
TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """What an operator says. `logo` is an https address or a file; `accent` is `#rrggbb`. Empty is not said."""

    name: str = ""
    logo: str = ""
    logo_file: Path | None = None
    accent: str = ""
    policy: str = ""
    terms: str = ""
    support: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """What a template shows. `sheet` is the address of the brand's own few lines of style."""

    name: str
    logo: str
    sheet: str
    policy: str
    terms: str
    support: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Asset:
    body: bytes
    media_type: str


class Brands:
    """The brands of all jurisdictions, over the operator's own, and the files that they need.

    A file's name holds a hash of its content, so browsers may keep it for ever. Made when the first page is shown.
    """

    def __init__(self, usual: Branding, by_jurisdiction: Mapping[str, Branding] | None = None) -> None:
        self._usual = usual
        self._own = dict(by_jurisdiction or {})

    @cached_property
    def assets(self) -> Mapping[str, Asset]:
        """By file name."""
        return dict(self._drawer.assets)

    @cached_property
    def style_sheet(self) -> str:
        return self._drawer.sheet

    def of(self, jurisdiction: str | None) -> Brand:
        return self._drawer.brands.get(jurisdiction or "", self._drawer.brands[""])

    @cached_property
    def _drawer(self) -> "_Drawer":
        drawer = _Drawer()
        drawer.sheet = drawer.keep("site", STYLE_SHEET.read_bytes(), ".css")
        for name, own in {"": self._usual, **self._own}.items():
            drawer.brands[name] = drawer.made(_over(own, self._usual))
        return drawer


@dataclass(slots=True)
class _Drawer:
    assets: dict[str, Asset] = field(default_factory=dict)
    brands: dict[str, Brand] = field(default_factory=dict)
    sheet: str = ""

    def keep(self, name: str, body: bytes, suffix: str) -> str:
        """The address that the content has from now on."""
        file = f"{name}-{sha256(body).hexdigest()[:HASH_LENGTH]}{suffix}"
        self.assets[file] = Asset(body=body, media_type=TYPES[suffix])
        return f"{FOLDER}/{file}"

    def made(self, said: Branding) -> Brand:
        logo = said.logo
        if said.logo_file is not None:
            logo = self.keep("logo", said.logo_file.read_bytes(), said.logo_file.suffix.lower())
        sheet = self.keep("brand", accent_sheet(said.accent).encode(), ".css") if said.accent else ""
        return Brand(name=said.name, logo=logo, sheet=sheet, policy=said.policy, terms=said.terms, support=said.support)


def _over(own: Branding, usual: Branding) -> Branding:
    """What a jurisdiction does not say is as everywhere."""
    has_logo = own.logo or own.logo_file
    return Branding(
        name=own.name or usual.name,
        logo=own.logo if has_logo else usual.logo,
        logo_file=own.logo_file if has_logo else usual.logo_file,
        accent=own.accent or usual.accent,
        policy=own.policy or usual.policy,
        terms=own.terms or usual.terms,
        support=own.support or usual.support,
    )


def accent_sheet(accent: str) -> str:
    """The accent on light and on dark ground, as variables of the style sheet."""
    light, dark = accent_on(accent, LIGHT_GROUND), accent_on(accent, DARK_GROUND)
    return f":root{{{_variables(light)}}}@media (prefers-color-scheme:dark){{:root{{{_variables(dark)}}}}}"


def _variables(accent: Accent) -> str:
    return (
        f"--accent:{accent.fill};--on-accent:{accent.on_fill};--accent-text:{accent.text};--accent-edge:{accent.edge}"
    )
