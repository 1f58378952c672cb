"""Where the files of a configuration lie.

A relative path is relative to the folder of the configuration file (without a file: to the working directory), so that
`idp --config /etc/idp/config.toml user list` means the same from everywhere. A path that begins with `var/` lies in the
folder that `data` names; `IDP_DATA` and `idp serve --data` move everything we write at once.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from idp.config.pages import Branding, Pages
from idp.config.problem import Problem
from idp.config.settings import Settings
from idp.config.tenants import Jurisdiction

DATA = "var"
_SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Anchor:
    folder: Path
    data: Path

    def path(self, path: Path) -> Path:
        inside_data = path.parts[:1] == (DATA,)
        return self.data.joinpath(*path.parts[1:]) if inside_data else self.folder / path

    def database(self, url: SecretStr) -> SecretStr:
        text = url.get_secret_value()
        if not text.startswith(_SQLITE):
            return url
        return SecretStr(_SQLITE + str(self.path(Path(text.removeprefix(_SQLITE)))))

    def plugin(self, value: Any) -> Any:
        """A plugin's table: of its texts only those in `var/` are known to be paths."""
        match value:
            case str() if value == DATA or value.startswith(DATA + "/"):
                return str(self.path(Path(value)))
            case dict():
                return {name: self.plugin(inner) for name, inner in value.items()}
            case list():
                return [self.plugin(inner) for inner in value]
        return value

    def pages(self, pages: Pages) -> Pages:
        folders = {"templates": pages.templates, "locale": pages.locale}
        return pages.model_copy(update={name: self.path(folder) for name, folder in folders.items() if folder})

    def branding(self, branding: Branding) -> Branding:
        file = branding.logo_file
        return branding.model_copy(update={"logo_file": self.path(file)}) if file else branding

    def jurisdiction(self, own: Jurisdiction) -> Jurisdiction:
        return own.model_copy(update={"branding": self.branding(own.branding)})


def anchored(settings: Settings, folder: Path) -> Settings:
    """The settings with every path absolute."""
    folder = folder.absolute()
    anchor = _Anchor(folder=folder, data=folder / settings.data)
    keys, password, messages, fetch = settings.keys, settings.password, settings.messages, settings.fetch
    oidc, authorities = settings.oidc, settings.oidc.certificate_authorities
    common, templates, bundle = password.common_list_file, messages.templates, fetch.ca_bundle
    return settings.model_copy(
        update={
            "data": anchor.data,
            "database": settings.database.model_copy(update={"url": anchor.database(settings.database.url)}),
            "keys": keys.model_copy(update={"master_key_file": anchor.path(keys.master_key_file)}),
            "password": password.model_copy(update={"common_list_file": common and anchor.path(common)}),
            "messages": messages.model_copy(update={"templates": templates and anchor.path(templates)}),
            "fetch": fetch.model_copy(update={"ca_bundle": bundle and anchor.path(bundle)}),
            "oidc": oidc.model_copy(update={"certificate_authorities": authorities and anchor.path(authorities)}),
            "plugins": anchor.plugin(settings.plugins),
            "pages": anchor.pages(settings.pages),
            "branding": anchor.branding(settings.branding),
            "jurisdictions": {name: anchor.jurisdiction(own) for name, own in settings.jurisdictions.items()},
        }
    )


def missing(settings: Settings) -> Iterator[Problem]:
    """Files and folders that are named and cannot be used. The settings are anchored."""
    for key, file in (
        ("password.common_list_file", settings.password.common_list_file),
        ("fetch.ca_bundle", settings.fetch.ca_bundle),
        ("oidc.certificate_authorities", settings.oidc.certificate_authorities),
        ("branding.logo_file", settings.branding.logo_file),
        *(
            (f"jurisdictions.{name}.branding.logo_file", own.branding.logo_file)
            for name, own in settings.jurisdictions.items()
        ),
    ):
        if file and not (file.is_file() and os.access(file, os.R_OK)):
            yield _unusable(key, f"names no readable file: {file}")
    for key, folder in (
        ("messages.templates", settings.messages.templates),
        ("pages.templates", settings.pages.templates),
        ("pages.locale", settings.pages.locale),
    ):
        if folder and not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
            yield _unusable(key, f"names no readable folder: {folder}")
    if settings.keys.master_key is None:
        yield from _master_key(settings.keys.master_key_file)


def _unusable(key: str, reason: str) -> Problem:
    return Problem(key=key, reason=reason, mend="Check path and owner.")


def _master_key(path: Path) -> Iterator[Problem]:
    """One that is there must be its owner's alone (row 89). One that is not is made at the first start."""
    if not path.exists():
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    if not path.is_file() or not os.access(path, os.R_OK):
        yield _unusable("keys.master_key_file", f"names no readable file: {path}")
    elif mode & (stat.S_IRWXG | stat.S_IRWXO):
        reason = f"names the file {path}, which others may read (mode {mode:04o})"
        yield Problem(key="keys.master_key_file", reason=reason, mend=f"chmod 600 {path}")
