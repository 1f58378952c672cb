"""From a file and the environment to settings, or to all that is wrong with them."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from copy import deepcopy
from itertools import takewhile
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from idp.config.environment import Overlay, lay_over
from idp.config.paths import anchored, missing
from idp.config.problem import ConfigurationRefused, Key, Problem
from idp.config.secret import Places, resolve_secrets
from idp.config.settings import Settings
from idp.config.translation import key_of, problem_of

_NAMED_BY_OPERATORS = {"features", "jurisdictions", "teams", "clients", "resources"}
LARGEST_FILE = 1024 * 1024
_QUOTED = re.compile(r"\(.*\)|'[^']{3,}'")
_POSITION = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.ASCII | re.DOTALL)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """The settings of the file at `path` (None: the defaults), with the environment laid over them.

    Every path in them is absolute and every secret read. Raises ConfigurationRefused with all problems at once; only a
    file that is no TOML ends the search early.
    """
    settings, problems = examine(path, environ)
    if problems or settings is None:
        raise ConfigurationRefused(problems)
    return settings


def examine(path: Path | None, environ: Mapping[str, str]) -> tuple[Settings | None, list[Problem]]:
    """What `load` would raise, with the settings that are left without the wrong ones: for those who look further.

    Raises ConfigurationRefused for a file that is no TOML.
    """
    tree = {} if path is None else read_tree(path)
    folder = Path.cwd() if path is None else path.absolute().parent
    overlay = lay_over(Settings, tree, environ)
    places = Places(environ=environ, folder=folder)
    problems = [*overlay.problems, *_resolve_plugins(overlay.tree, places)]
    settings, found = _judged(overlay, places)
    problems += found
    if settings is not None:
        settings = anchored(settings, folder)
        wrong = {problem.key for problem in problems}
        problems += [problem for problem in missing(settings) if problem.key not in wrong]
    return settings, _in_order(problems)


def read_tree(path: Path) -> dict[str, Any]:
    """The file's TOML. Raises ConfigurationRefused with the place of the mistake."""
    key = str(path)
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            raise _refused(key, "is larger than 1 MiB", "Name the configuration file.")
        text = data.decode("utf-8-sig")
    except OSError as error:
        mend = "Name the file by --config or IDP_CONFIG; config.example.toml is one to begin with."
        raise _refused(key, f"cannot be read: {error.strerror}", mend) from None
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise _refused(key, f"is not UTF-8, in line {line}", "Save it as UTF-8.") from None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _refused(key, *_syntax(str(error), text)) from None
    except RecursionError:
        raise _refused(key, "is nested too deeply", "No setting needs more than four levels.") from None


def _refused(key: str, reason: str, mend: str) -> ConfigurationRefused:
    return ConfigurationRefused([Problem(key=key, reason=reason, mend=mend)])


def _syntax(message: str, text: str) -> tuple[str, str]:
    """The parser's words, without the names and values that they may quote."""
    found = _POSITION.fullmatch(message)
    what, line, column = found.groups() if found else ("mistake", None, None)
    lines = text.split("\n")
    where = f"line {line or len(lines)}, column {column or len(lines[-1]) + 1}"
    what = " ".join(_QUOTED.sub("", what).split())
    return (
        f"is not TOML, at {where}: {what.lower()}",
        "Texts stand in quotes, lists in brackets, one setting in a line.",
    )


def _resolve_plugins(tree: dict[str, Any], places: Places) -> list[Problem]:
    """Reads the secrets in plugins' tables, in place: their settings' types are the plugins' own."""
    tables = tree.get("plugins")
    if not isinstance(tables, dict):
        return []
    problems: list[Problem] = []
    for name, table in tables.items():
        if isinstance(table, dict):
            tables[name], found = resolve_secrets(table, places, key=("plugins", name))
            problems += found
    return problems


def _judged(overlay: Overlay, places: Places) -> tuple[Settings | None, list[Problem]]:
    """The settings, and what is wrong with them.

    Where single settings are wrong the rest is judged without them, so that contradictions elsewhere and unusable files
    are told in the same breath.
    """
    problems: list[Problem] = []
    try:
        settings = Settings.model_validate(overlay.tree, context=places)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
        problems = [problem_of(detail, Settings, overlay.variables) for detail in details]
        try:
            rest = _without(overlay.tree, [key_of(detail) for detail in details])
            settings = Settings.model_validate(rest, context=places)
        except ValidationError:
            return None, problems
    wrong = [problem.key for problem in (*overlay.problems, *problems)]
    return settings, [*problems, *(found.problem for found in settings.contradictions() if not found.touches(wrong))]


def _without(tree: dict[str, Any], keys: Iterable[Key]) -> dict[str, Any]:
    """A copy without the keys. Of a list nothing is left, nor of an entry that the operator named."""
    rest = deepcopy(tree)
    for key in keys:
        place = tuple(takewhile(lambda part: isinstance(part, str), key))
        if key[0] in _NAMED_BY_OPERATORS:
            place = place[:2]
        above: Any = rest
        for part in place[:-1]:
            above = above.get(part) if isinstance(above, dict) else None
        if isinstance(above, dict):
            above.pop(place[-1], None)
    return rest


def _in_order(problems: Iterable[Problem]) -> list[Problem]:
    """In the order of the tables; what is no setting comes last."""
    order = {name: place for place, name in enumerate(Settings.model_fields)}
    return sorted(problems, key=lambda problem: order.get(re.split(r"[.\[]", problem.key)[0], len(order)))
