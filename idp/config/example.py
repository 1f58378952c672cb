"""The example configuration: the default set-up, and what `make run` uses."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from idp.config import toml
from idp.config.description import Setting, about, settings_of
from idp.config.settings import Settings
from idp.config.shape import bare, is_table, table_in
from idp.config.table import Table

WIDTH = 100

HEAD = """\
The default set-up of idp, and what `make run` uses. Written by `idp schemas` from the settings' own documentation: do
not edit it here, copy it to config.toml.

A line that begins with # and no blank is a setting at its default, or an example of one that has none. Lines that begin
otherwise are the demo's.

Every setting may come from the environment instead: [server] port is IDP_SERVER__PORT, lists are comma separated or
JSON. A secret never stands here: write { env = "NAME" } or { file = "/run/secrets/name" }. Durations are "500ms",
"30s", "15m", "1h", "7d".

Relative paths are relative to the folder of this file. `idp check` tells all mistakes at once."""

DEMO: Mapping[str, Any] = {
    "demo": True,
    "default_jurisdiction": "Bay Area",
    "apps": {"urls": ["https://yourapp.example.com"]},
    "password": {"refuse_common": False},
    "public_routes": [
        {"path": "/listings", "methods": ["GET"]},
        {"path": "/applications", "methods": ["POST"]},
        {"path": "/jurisdictions", "methods": ["GET"]},
        {"path": "/multiselectQuestions", "methods": ["GET"]},
        {"path": "/auth/request-mfa-code", "methods": ["POST"]},
        {"path": "/auth/update-password", "methods": ["PUT"]},
        {"path": "/auth/confirm", "methods": ["PUT"]},
    ],
    "clients": {
        "demo-app": {
            "client_name": "Demo app",
            "redirect_uris": ["http://localhost:3000/callback"],
            "post_logout_redirect_uris": ["http://localhost:3000/"],
        }
    },
    "jurisdictions": {"Bay Area": {"flags": {"single_use_code": True}}},
    "plugins": {
        "password": {},
        "email_code": {},
        "sms_code": {},
        "totp": {},
        "recovery_codes": {},
        "single_use_code": {},
        "file": {"directory": "var/outbox", "channels": ["email", "sms"]},
    },
}
"""What the demo needs beside the defaults; the seed documents' examples then work as printed."""

OPEN = ("flags", "plugins")
"""Tables of the root whose keys nobody but the operator and the plugins know."""

_NAMES = {"features": "enable_reports", "teams": "My Team", "resources": "https://api.example.com"}
"""The names of the example's entries where the demo has none."""


def example_toml() -> str:
    """`config.example.toml`."""
    parts = ["#:schema schemas/config.schema.json", _prose(HEAD), *_settings(Settings, DEMO)]
    for name, info in Settings.model_fields.items():
        if (table := table_in(info.annotation)) is not None:
            fixed = is_table(bare(info.annotation))
            parts.append(_fixed(name, table) if fixed else _entries(name, table))
        elif name == "flags":
            parts.append(_flags())
        elif name == "plugins":
            parts.append(_plugins())
    return "\n\n".join(parts) + "\n"


def _prose(text: str) -> str:
    paragraphs = [" ".join(paragraph.split()) for paragraph in text.split("\n\n")]
    return "\n#\n".join(
        textwrap.fill(paragraph, WIDTH, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False)
        for paragraph in paragraphs
    )


def _title(header: str, text: str, *, active: bool = True) -> str:
    rule = "# " + "-" * (WIDTH - 2)
    return f"{rule}\n{_prose(text)}\n{'' if active else '#'}{header}"


def _settings(table: type[Table], chosen: Mapping[str, Any], *, active: bool = True) -> Iterator[str]:
    for setting in settings_of(table):
        if table is Settings and setting.name in OPEN:
            continue
        yield f"{_prose(setting.text)}\n{_line(setting, chosen, active=active)}"


def _line(setting: Setting, chosen: Mapping[str, Any], *, active: bool) -> str:
    notes = [setting.limits] if setting.limits else []
    if active and setting.name in chosen:
        own = toml.value(chosen[setting.name])
        default = "unset" if setting.is_unset else toml.value(setting.default)
        notes.append("the demo's" if setting.is_required else f"the demo's; default: {default}")
        return f"{setting.name} = {own}  # {'; '.join(notes)}"
    if setting.is_unset:
        notes.append("an example; unset by default")
    note = f"  # {'; '.join(notes)}" if notes else ""
    return f"#{setting.name} = {toml.value(setting.example if setting.is_unset else setting.default)}{note}"


def _fixed(name: str, table: type[Table]) -> str:
    return "\n\n".join([_title(f"[{name}]", about(table)), *_settings(table, DEMO.get(name, {}))])


def _entries(name: str, table: type[Table]) -> str:
    """A table of entries: the first one with all that it could say, the others with what the demo says."""
    entries = DEMO.get(name)
    if isinstance(entries, list):
        blocks = ["\n".join([f"[[{name}]]", *toml.lines(entry.items())]) for entry in entries]
        return "\n\n".join([_title(blocks[0], _with_settings(table)), *blocks[1:]])
    [(entry, chosen)] = (entries or {_NAMES[name]: {}}).items()
    header = f"[{toml.key(name, entry)}]"
    active = entries is not None
    return "\n\n".join([_title(header, about(table), active=active), *_settings(table, chosen, active=active)])


def _with_settings(table: type[Table]) -> str:
    return "\n\n".join([about(table), *(f"{setting.name}: {setting.text}" for setting in settings_of(table))])


def _flags() -> str:
    (setting,) = (setting for setting in settings_of(Settings) if setting.name == "flags")
    return "\n".join([_title("[flags]", setting.text), *(f"#{line}" for line in toml.lines(setting.example.items()))])


def _plugins() -> str:
    (setting,) = (setting for setting in settings_of(Settings) if setting.name == "plugins")
    first, *others = (
        "\n".join([f"[{toml.key('plugins', name)}]", *toml.lines(chosen.items())])
        for name, chosen in DEMO["plugins"].items()
    )
    return "\n\n".join([_title(first, setting.text), *others])
