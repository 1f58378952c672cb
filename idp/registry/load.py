"""From the config's tables to plugins, or to every reason why not, at once.

Nothing is imported that the config does not name. Import and construction run apart, under a time-out: a package that
raises SystemExit, or hangs, at import is refused like any other.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from idp.registry.conflicts import conflicts_between
from idp.registry.discover import InstalledPlugin, installed_plugins
from idp.registry.home import at_home
from idp.registry.lane import Lane
from idp.registry.loaded import Loaded, LoadedPlugin, Served
from idp.registry.masking import told
from idp.registry.outcome import Answered, Raised, Silent, run_apart
from idp.registry.points import flaws_of, is_channel_list, points_of
from idp.registry.problems import PluginProblem, PluginsRefused, key_of, nearest
from idp.registry.settings import parse_settings, settings_problems
from idp.sdk import Plugin, PluginContext, PluginSettings, Sender

RESERVED = frozenset({"mfa"})
"""Names of the core's own features: a plugin's name is its permission's."""

LOADING_SECONDS = 10.0


def load_plugins(
    tables: Mapping[str, Mapping[str, object]],
    *,
    context_for: Callable[[str], PluginContext],
    served: Served | None = None,
    installed: Sequence[InstalledPlugin] | None = None,
    seconds: float = LOADING_SECONDS,
) -> Loaded:
    """Makes the plugins that `tables` name; `seconds` is the patience with each step. Raises PluginsRefused."""
    offered = installed_plugins() if installed is None else installed
    problems: list[PluginProblem] = []
    plugins: list[LoadedPlugin] = []
    for name, table in tables.items():
        try:
            plugins.append(_make(find_plugin(name, offered), table, context_for, seconds))
        except PluginsRefused as refused:
            problems.extend(refused.problems)
    problems.extend(conflicts_between(plugins, complete=not problems, served=served or Served()))
    if problems:
        raise PluginsRefused(problems)
    return Loaded(plugins=tuple(plugins))


def load_class(installed: InstalledPlugin, *, seconds: float = LOADING_SECONDS) -> type[Plugin[Any]]:
    """Imports one plugin's class and looks at what it declares. Raises PluginsRefused."""

    def find() -> tuple[Any, list[tuple[str, str]]]:
        found = installed.entry_point().load()
        return found, list(flaws_of(found))

    match run_apart(find, seconds=seconds, name=f"import-{installed.name}"):
        case Silent():
            raise _refusal(installed, f"cannot be imported: no end after {seconds:g} s", "mend or remove the package")
        case Raised(error):
            raise _refusal(installed, f"cannot be imported: {told(error)}", "mend or remove the package")
        case Answered((found, flaws)):
            if flaws:
                raise PluginsRefused(_problem(installed, reason, mend) for reason, mend in flaws)
            plugin_class: type[Plugin[Any]] = found
            return plugin_class


def find_plugin(name: str, installed: Sequence[InstalledPlugin]) -> InstalledPlugin:
    """The one installed plugin of this name (threat row 131). Raises PluginsRefused."""
    key = key_of(name)
    if name in RESERVED:
        raise _refused(key, "is the name of a feature of our own", "its package must rename it")
    claims = [plugin for plugin in installed if plugin.name == name]
    if len(claims) > 1:
        packages = ", ".join(f"{plugin.package} {plugin.version}" for plugin in claims)
        raise _refused(key, f"is claimed by {packages}", "uninstall all but one")
    if not claims:
        names = sorted({plugin.name for plugin in installed})
        meant = nearest(name, names)
        mend = f"{f'did you mean {meant}? ' if meant else ''}installed: {', '.join(names) or 'none'}"
        raise _refused(key, "is provided by no installed package", mend)
    return claims[0]


def _make(
    installed: InstalledPlugin,
    table: Mapping[str, object],
    context_for: Callable[[str], PluginContext],
    seconds: float,
) -> LoadedPlugin:
    plugin_class = load_class(installed, seconds=seconds)
    settings = _settings_of(installed, plugin_class.Settings, table, seconds)
    lane = Lane(installed.name)
    context = at_home(context_for(installed.name), lane)
    match run_apart(
        lambda: _construct(plugin_class, settings, context), seconds=seconds, name=f"make-{installed.name}"
    ):
        case Silent():
            raise _refusal(installed, f"cannot be made: no end after {seconds:g} s", "mend or remove the package")
        case Raised(error):
            raise _refusal(installed, f"cannot be made: {told(error, settings)}", "mend its settings or the package")
        case Answered((plugin, channels)):
            return LoadedPlugin(
                installed=installed, plugin=plugin, lane=lane, points=points_of(plugin_class), channels=channels
            )


def _settings_of(
    installed: InstalledPlugin, model: type[PluginSettings], table: Mapping[str, object], seconds: float
) -> PluginSettings:
    match run_apart(lambda: parse_settings(model, table), seconds=seconds, name=f"settings-{installed.name}"):
        case Answered(settings):
            return settings
        case Raised(ValidationError() as error):
            raise PluginsRefused(settings_problems(installed.name, model, table, error))
        case Raised(error):
            raise _refusal(installed, f"cannot read its settings: {type(error).__name__}", "mend the package")
        case Silent():
            raise _refusal(installed, f"cannot read its settings: no end after {seconds:g} s", "mend the package")


def _construct(
    plugin_class: type[Plugin[Any]], settings: PluginSettings, context: PluginContext
) -> tuple[Plugin[Any], tuple[str, ...]]:
    plugin = plugin_class(settings, context)
    if getattr(plugin, "settings", None) is not settings or getattr(plugin, "context", None) is not context:
        raise ValueError("its __init__ must call super().__init__(settings, context)")
    if not isinstance(plugin, Sender):
        return plugin, ()
    channels = plugin.channels
    if not is_channel_list(channels):
        raise ValueError("it serves no channel that we can name: `channels` must be a tuple of short lower-case words")
    return plugin, channels


def _refused(key: str, reason: str, mend: str) -> PluginsRefused:
    return PluginsRefused([PluginProblem(key=key, reason=reason, mend=mend)])


def _refusal(installed: InstalledPlugin, reason: str, mend: str) -> PluginsRefused:
    return PluginsRefused([_problem(installed, reason, mend)])


def _problem(installed: InstalledPlugin, reason: str, mend: str) -> PluginProblem:
    """Names the key, and the package with where its class lies."""
    whose = f"{installed.target} of {installed.package} {installed.version}".rstrip()
    return PluginProblem(key=key_of(installed.name), reason=f"{reason} [{whose}]", mend=mend)
