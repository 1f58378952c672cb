"""A plugin on paper: what `idp plugins show` prints and the manual is written from. Imports the one it describes."""

from dataclasses import dataclass
from typing import Any

from pydantic.fields import FieldInfo

from idp.registry.discover import InstalledPlugin
from idp.registry.documented import documented
from idp.registry.extensions import summary_of
from idp.registry.load import load_class
from idp.registry.masking import is_secret
from idp.registry.points import points_of
from idp.registry.settings import description_of
from idp.sdk import Plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDescription:
    """One key of the table. `default` is as TOML would show it, None when the key must be set."""

    key: str
    type: str
    default: str | None
    is_secret: bool
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginDescription:
    """`claims` are the method and channels that the class declares; `schema` the JSON Schema of its table."""

    installed: InstalledPlugin
    summary: str
    points: tuple[str, ...]
    claims: tuple[str, ...]
    settings: tuple[SettingDescription, ...]
    schema: dict[str, Any]


def describe(installed: InstalledPlugin) -> PluginDescription:
    """Raises PluginsRefused when its class cannot be imported or is no plugin."""
    plugin = load_class(installed)
    settings = documented(plugin.Settings)
    return PluginDescription(
        installed=installed,
        summary=summary_of(plugin),
        points=points_of(plugin),
        claims=tuple(_claims(plugin)),
        settings=tuple(_setting(key, field) for key, field in settings.model_fields.items()),
        schema=settings.model_json_schema(),
    )


def _claims(plugin: type[Plugin[Any]]) -> list[str]:
    named = {what: getattr(plugin, what, "") for what in ("method", "channel")}
    return [f"{what} {name}" for what, name in named.items() if name and isinstance(name, str)]


def _setting(key: str, field: FieldInfo) -> SettingDescription:
    return SettingDescription(
        key=key,
        type=_type_name(field.annotation),
        default=None
        if field.is_required()
        else _shown(field.get_default(call_default_factory=True, validated_data={})),
        is_secret=is_secret(field.annotation),
        description=description_of(field),
    )


def _type_name(annotation: Any) -> str:
    if isinstance(annotation, type) and not hasattr(annotation, "__args__"):
        return annotation.__name__
    return str(annotation).replace("typing.", "")


def _shown(value: object) -> str:
    match value:
        case None:
            return "not set"
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case list() | tuple():
            return f"[{', '.join(_shown(part) for part in value)}]"
    return str(value)
