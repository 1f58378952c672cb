"""Everything that would keep the server from starting, found without making a thing: no file, no key, no connection."""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from idp.cli.paper_context import contexts_on_paper, fences_on_paper
from idp.config.cautions import cautions_of
from idp.config.flags import demands_unmet, features_from, flags_from
from idp.config.loader import examine
from idp.config.problem import ConfigurationRefused, Problem
from idp.config.settings import Settings
from idp.crypto.master_key import MasterKeyRefused, has_master_key
from idp.messages.texts import TemplatesRefused, compile_texts
from idp.registry.discover import installed_plugins
from idp.registry.extensions import build_extensions, permission_of
from idp.registry.load import find_plugin, load_class, load_plugins
from idp.registry.loaded import Served
from idp.registry.problems import PluginsRefused
from idp.sdk import Plugin, SecondFactor
from idp.usecases.tenants.features import MFA

SQLITE = "sqlite:///"


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """`problems` in the order they were looked for; the rest is what a summary tells."""

    problems: tuple[Problem, ...]
    plugins: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    has_master_key: bool = False
    cautions: tuple[Problem, ...] = ()
    requires_pkce: bool = False


def examine_all(file: Path) -> Findings:
    """Whatever depends on settings that are wrong is judged without them. Raises ConfigurationRefused for no TOML."""
    settings, problems = examine(file, os.environ)
    if settings is None:
        return Findings(problems=tuple(problems))
    told = {problem.key for problem in problems}
    further = [
        *plugin_problems(settings),
        *_templates(settings),
        *_pages(settings),
        *_master_key(settings),
        *_database(settings),
    ]
    problems += [problem for problem in further if not _is_told(problem.key, told)]
    return Findings(
        problems=tuple(problems),
        plugins=tuple(settings.plugins),
        languages=settings.messages.languages,
        has_master_key=not any(problem.key.startswith("keys.") for problem in problems) and _finds_key(settings),
        cautions=tuple(caution.problem for caution in cautions_of(settings)),
        requires_pkce=settings.oidc.require_pkce or settings.oidc.profile is not None,
    )


def examine_settings(file: Path) -> Settings:
    """The settings, without those that are wrong outside of plugins' tables. Raises ConfigurationRefused for none."""
    settings, problems = examine(file, os.environ)
    if settings is None:
        raise ConfigurationRefused(problems)
    return settings


def plugin_problems(settings: Settings) -> list[Problem]:
    """Of the enabled plugins, and of the features that they bring."""
    try:
        served = Served(needed_channels=settings.needed_channels, asks_for_codes=settings.asks_for_codes)
        loaded = load_plugins(settings.plugins, context_for=contexts_on_paper(settings), served=served)
        build_extensions(loaded, fences_on_paper(), first_factors=settings.sign_in.first_factors)
        found: list[Problem] = []
    except PluginsRefused as refused:
        found = [Problem(key=one.key, reason=one.reason, mend=one.mend) for one in refused.problems]
    return [*found, *_flags(settings)]


def _flags(settings: Settings) -> Iterator[Problem]:
    """Values of features that nobody defines, and demands that nobody can meet.

    A plugin that cannot be imported might have brought any of them.
    """
    classes, all_known = _classes(settings)
    features = [MFA, *features_from(settings), *(permission_of(name, found) for name, found in classes.items())]
    by_name = {name: feature for feature in features for name in (feature.name, feature.alias) if name}
    _, problems = flags_from(settings, by_name.get)
    for problem in problems:
        if all_known or problem.reason != "names no feature":
            yield problem
    if all_known:
        second_factors = [name for name, found in classes.items() if issubclass(found, SecondFactor)]
        yield from demands_unmet(settings, by_name.get, second_factors)


def _classes(settings: Settings) -> tuple[dict[str, type[Plugin[Any]]], bool]:
    """The classes of the enabled plugins by name, and whether these are all."""
    classes, installed = {}, installed_plugins()
    for name in settings.plugins:
        with suppress(PluginsRefused):
            classes[name] = load_class(find_plugin(name, installed))
    return classes, len(classes) == len(settings.plugins)


def _templates(settings: Settings) -> Iterator[Problem]:
    try:
        compile_texts(settings.messages.languages, settings.messages.templates)
    except TemplatesRefused as refused:
        for one in refused.problems:
            mend = "Mend the template, or remove it: ours then stands in."
            yield Problem(key="messages.templates", reason=f"{one.file}: {one.reason}", mend=mend)


def _pages(settings: Settings) -> list[Problem]:
    if settings.pages.templates is None and settings.pages.locale is None:
        return []
    from idp.app.pages import page_problems

    return page_problems(settings)


def _master_key(settings: Settings) -> Iterator[Problem]:
    key = "keys.master_key" if settings.keys.master_key else "keys.master_key_file"
    try:
        if not _finds_key(settings) and not _can_be_made(settings.keys.master_key_file):
            reason = f"cannot be made: {settings.keys.master_key_file}"
            yield Problem(key=key, reason=reason, mend="Let this user write its folder.")
    except MasterKeyRefused as refused:
        yield Problem(key=key, reason=refused.reason, mend=refused.mend)


def _finds_key(settings: Settings) -> bool:
    secret = settings.keys.master_key
    return has_master_key(secret.get_secret_value().encode() if secret else None, settings.keys.master_key_file)


def _database(settings: Settings) -> Iterator[Problem]:
    """Whether a SQLite file could be written; the address itself was judged with the settings."""
    url = settings.database.url.get_secret_value()
    path = Path(url.removeprefix(SQLITE))
    if url.startswith(SQLITE) and not _can_be_written(path):
        reason = f"names a file that cannot be written: {path}"
        yield Problem(key="database.url", reason=reason, mend="Check path and owner.")


def _can_be_written(path: Path) -> bool:
    return path.is_file() and os.access(path, os.R_OK | os.W_OK) if path.exists() else _can_be_made(path)


def _can_be_made(path: Path) -> bool:
    """Whether the nearest folder above that exists lets us write."""
    folder = next(parent for parent in path.absolute().parents if parent.exists())
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def _is_told(key: str, told: Iterable[str]) -> bool:
    """Whether the same setting, or one that holds it or lies in it, was complained of already."""
    return any(key == other or key.startswith(f"{other}.") or other.startswith(f"{key}.") for other in told)
