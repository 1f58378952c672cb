"""`idp plugins`: what is installed, what is enabled, and why something is not loaded."""

from typing import TYPE_CHECKING, Any

import click

from idp.cli.answer import Answer
from idp.cli.verb import Noun, Verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idp.cli.chosen import Chosen
    from idp.config.problem import Problem
    from idp.registry.discover import InstalledPlugin


@click.group(cls=Noun)
def plugins() -> None:
    """Plugins. Installed is not trusted: a table [plugins.NAME] in the configuration enables one."""


@plugins.command("list", cls=Verb, example="idp plugins list")
def list_(chosen: "Chosen") -> Answer:
    """List what is installed and what is enabled. What is not enabled is not imported."""
    from idp.cli.examination import examine_settings, plugin_problems
    from idp.registry.discover import installed_plugins

    settings = examine_settings(chosen.file())
    problems = plugin_problems(settings)
    installed = installed_plugins()
    missing = [name for name in settings.plugins if name not in {one.name for one in installed}]
    items = [
        *(_item(one, settings.plugins, problems) for one in installed),
        *({"name": name, "package": None, "state": "refused", "why": _why(name, problems)} for name in missing),
    ]
    return Answer(data={"items": items}, columns=("name", "state", "points", "package", "version", "why"))


@plugins.command("show", cls=Verb, example="idp plugins show smtp")
@click.argument("name")
def show(chosen: "Chosen", name: str) -> Answer:
    """Show a plugin: its extension points, its settings with their meanings, why it is not loaded."""
    from idp.cli.examination import examine_settings, plugin_problems
    from idp.registry.describe import describe
    from idp.registry.discover import installed_plugins
    from idp.registry.load import find_plugin

    settings = examine_settings(chosen.file())
    described = describe(find_plugin(name, installed_plugins()))
    item = _item(described.installed, settings.plugins, plugin_problems(settings))
    return Answer(
        data={
            **item,
            "points": described.points,
            "summary": described.summary,
            "claims": described.claims,
            "settings": [
                {
                    "key": one.key,
                    "type": one.type,
                    "default": one.default,
                    "secret": one.is_secret,
                    "description": one.description,
                }
                for one in described.settings
            ],
        }
    )


@plugins.command("check", cls=Verb, example="idp plugins check")
def check(chosen: "Chosen") -> Answer:
    """Make every enabled plugin as a start would, and tell all that is wrong with them. The exit code is then 2."""
    from idp.cli.examination import examine_settings, plugin_problems
    from idp.config.problem import ConfigurationRefused

    settings = examine_settings(chosen.file())
    problems = plugin_problems(settings)
    if problems:
        raise ConfigurationRefused(problems)
    return Answer(data={"ok": True, "plugins": list(settings.plugins)})


def _item(one: "InstalledPlugin", enabled: "Mapping[str, Any]", problems: "Sequence[Problem]") -> dict[str, Any]:
    why = _why(one.name, problems) if one.name in enabled else []
    state = "refused" if why else "enabled" if one.name in enabled else "installed"
    return {
        "name": one.name,
        "state": state,
        "points": _points(one) if state == "enabled" else None,
        "package": one.package,
        "version": one.version,
        "why": why,
    }


def _points(one: "InstalledPlugin") -> tuple[str, ...]:
    from idp.registry.load import load_class
    from idp.registry.points import points_of

    return points_of(load_class(one))


def _why(name: str, problems: "Sequence[Problem]") -> list[str]:
    key = f"plugins.{name}"
    return [str(problem) for problem in problems if problem.key == key or problem.key.startswith(f"{key}.")]
