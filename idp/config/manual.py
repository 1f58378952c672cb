"""The operator's manual of settings."""

from collections.abc import Iterator
from typing import Any, get_origin

from idp.config import toml
from idp.config.description import Setting, about, settings_of
from idp.config.environment import variable_of
from idp.config.example import OPEN
from idp.config.settings import Settings
from idp.config.shape import bare, is_table, table_in
from idp.config.table import Table

HEAD = """\
# Settings

<!-- Written by `idp schemas` from the settings' own documentation. Do not edit. -->

One TOML file holds all settings: the one named by `--config`, else by `IDP_CONFIG`, else `config.toml`.
[`config.example.toml`](../config.example.toml) is one to begin with, `schemas/config.schema.json` serves editors, and
`idp check` tells all mistakes at once, each with its key, the reason and the mend.

**Environment.** Every setting may come from a variable: `IDP_` and the parts of its key, in capitals, joined by `__`.
Lists are comma separated or JSON, tables JSON. In names of your own, what is no letter or digit becomes `_`:
`IDP_JURISDICTIONS__BAY_AREA__PUBLIC_URL`. The environment wins over the file. Bloom's own variables count where ours
are not set: `AUTH_LOCK_LOGIN_AFTER_FAILED_ATTEMPTS` (`lockout.failed_attempts`) and `AUTH_LOCK_LOGIN_COOLDOWN`
(`lockout.cooldown`, in milliseconds).

**Secrets** never stand in the file, only their place: `{ env = "NAME" }`, or `{ file = "/run/secrets/name" }`, a file
of at most 64 KiB that only its owner may read (mode 0600 or 0400). A line break at its end is cut off. From the
environment a secret may come directly (`IDP_BLOOM__PASSKEY`) or by its place (`IDP_BLOOM__PASSKEY__FILE`).

**Durations** are a whole number and a unit: `"500ms"`, `"30s"`, `"15m"`, `"1h"`, `"7d"`. **Sizes**: `"64KiB"`,
`"1MiB"`. **Rates**: `"5/10m"`, five in ten minutes.

**Paths.** A relative path is relative to the folder of the configuration file; without a file, to the working folder.
A path that begins with `var/`, in a plugin's table too, lies in the folder that `data` names.
"""


def settings_manual() -> str:
    """`docs/settings.md`."""
    top = [setting for setting in settings_of(Settings) if setting.name not in OPEN]
    return "\n".join([HEAD, "## Top of the file\n", *(_setting(setting, ()) for setting in top), *_sections()])


def _sections() -> Iterator[str]:
    said = {setting.name: setting for setting in settings_of(Settings)}
    for name, info in Settings.model_fields.items():
        if (table := table_in(info.annotation)) is not None:
            yield _section(name, bare(info.annotation), table)
        elif name in OPEN:
            title = name if name == "flags" else f"{name}.NAME"
            yield f"## `[{title}]`\n\n`{variable_of((name, 'NAME'))}`\n\n{' '.join(said[name].text.split())}\n"


def _section(name: str, kind: Any, table: type[Table]) -> str:
    is_list = get_origin(kind) is tuple
    above = (name,) if is_list or is_table(kind) else (name, "NAME")
    title = f"[[{name}]]" if is_list else f"[{'.'.join(above)}]"
    intro = f"`{variable_of(above)}`, as JSON\n\n{about(table)}" if is_list else about(table)
    settings = (_setting(setting, above, by_variable=not is_list) for setting in settings_of(table))
    return "\n".join([f"## `{title}`\n\n{intro}\n", *settings])


def _setting(setting: Setting, above: tuple[str, ...], *, by_variable: bool = True) -> str:
    key = (*above, setting.name)
    facts = [*_facts(setting), *([f"`{variable_of(key)}`"] if by_variable else [])]
    return f"### `{'.'.join(key)}`\n\n{' · '.join(facts)}\n\n{' '.join(setting.text.split())}\n"


def _facts(setting: Setting) -> Iterator[str]:
    yield setting.kind + (f" ({setting.limits})" if setting.limits else "")
    if setting.is_required:
        yield "required"
    elif setting.is_unset:
        yield f"unset; for example `{toml.value(setting.example)}`"
    else:
        yield f"default `{toml.value(setting.default)}`"
