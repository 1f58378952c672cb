"""Settings from environment variables: `IDP_SECTION__KEY`, and the two that the seed documents name."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, get_args, get_origin

from pydantic import SecretStr
from pydantic_core import PydanticCustomError

from idp.config.problem import Key, Problem, dotted, nearest
from idp.config.refusal import refused
from idp.config.secret import SetFromOutside
from idp.config.shape import bare, below, fixed_keys, is_table
from idp.config.table import Table

PREFIX = "IDP_"
OURS = frozenset({"IDP_CONFIG"})
"""Variables of ours that are no settings: the command line reads them."""

# Kubernetes tells every pod of a service named "idp" about it: no mistake of the operator's
_KUBERNETES = re.compile(r"IDP_(SERVICE_(HOST|PORT(_\w+)?)|PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)", re.ASCII)
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)

FAILED_ATTEMPTS = "AUTH_LOCK_LOGIN_AFTER_FAILED_ATTEMPTS"
COOLDOWN = "AUTH_LOCK_LOGIN_COOLDOWN"


@dataclass(slots=True, kw_only=True)
class Overlay:
    """What was laid over the file's `tree`: the variable behind each key, and what could not be understood."""

    tree: dict[str, Any]
    variables: dict[Key, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def put(self, key: Key, value: object, variable: str) -> None:
        """Sets one key. A table that is none, by a mistake in the file, is left for the file's own problem."""
        table: Any = self.tree
        for part in key[:-1]:
            table = table.setdefault(part, {})
            if not isinstance(table, dict):
                return
        table[key[-1]] = value
        self.variables[key] = variable


def lay_over(root: type[Table], tree: dict[str, Any], environ: Mapping[str, str]) -> Overlay:
    """Lays the environment over the file's `tree`, in place: the seeds' variables first, then ours."""
    overlay = Overlay(tree=tree)
    _seeds(overlay, environ)
    named_as_secrets = set(_places(tree))
    ours = [
        name
        for name in environ
        if name.startswith(PREFIX)
        and name not in OURS
        and name not in named_as_secrets
        and not _KUBERNETES.fullmatch(name)
    ]
    for name in sorted(ours, key=lambda name: (name.count("__"), name)):
        _apply(overlay, root, name, environ[name])
    return overlay


def variable_of(key: tuple[str, ...]) -> str:
    """The variable that sets a key."""
    return PREFIX + "__".join(key).upper()


def _places(value: object) -> Iterator[str]:
    """The variables that `{ env = … }` names, anywhere in the file: they are no settings."""
    match value:
        case dict():
            if len(value) == 1 and isinstance(name := value.get("env"), str):
                yield name
            for inner in value.values():
                yield from _places(inner)
        case list():
            for inner in value:
                yield from _places(inner)


def _seeds(overlay: Overlay, environ: Mapping[str, str]) -> None:
    for variable, key, unit, noun in (
        (FAILED_ATTEMPTS, ("lockout", "failed_attempts"), None, "a whole number"),
        (COOLDOWN, ("lockout", "cooldown"), timedelta(milliseconds=1), "a whole number of milliseconds"),
    ):
        text = environ.get(variable)
        if text is None or variable_of(key) in environ:
            continue
        if not (_INTEGER.fullmatch(text) and len(text) <= 12):
            mend = f"Set {variable} to {noun}, or unset it."
            overlay.problems.append(Problem(key=dotted(key), reason=f"{variable} is not {noun}", mend=mend))
        else:
            overlay.put(key, int(text) if unit is None else int(text) * unit, variable)


def _apply(overlay: Overlay, root: type[Table], variable: str, text: str) -> None:
    target = _target(root, overlay.tree, variable.removeprefix(PREFIX).split("__"))
    if target is None:
        overlay.problems.append(_unknown(root, variable))
        return
    try:
        value = {target.place: text} if target.place else _understood(target.kind, text, variable)
    except PydanticCustomError as error:
        context = error.context or {}
        reason = f"{context['reason']} (set by the environment variable {variable})"
        overlay.problems.append(Problem(key=dotted(target.key), reason=reason, mend=context["mend"]))
        return
    overlay.put(target.key, value, variable)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    """What a variable sets: a key of this kind; for a secret perhaps only its `place`, `env` or `file`."""

    key: Key
    kind: Any
    place: str | None = None


def _target(root: type[Table], tree: object, segments: list[str]) -> _Target | None:
    kind: Any = root
    key: Key = ()
    for index, segment in enumerate(segments):
        if kind in (SecretStr, Any) and segments[index:] in (["ENV"], ["FILE"]):
            return _Target(key=key, kind=kind, place=segment.lower())
        name = _name(kind, tree, segment)
        kind = bare(below(kind, name))
        if kind is None or not segment:
            return None
        key = (*key, name)
        tree = tree.get(name) if isinstance(tree, dict) else None
    return _Target(key=key, kind=kind)


def _name(kind: Any, tree: object, segment: str) -> str:
    """A name of the operator's own is matched with those in the file: `BAY_AREA` is `Bay Area`."""
    if isinstance(tree, dict) and not is_table(kind):
        for name in tree:
            if re.sub(r"\W", "_", name).upper() == segment:
                return str(name)
    return segment.lower()


def _understood(kind: Any, text: str, variable: str) -> object:
    """The text as the value of a setting of this kind; what does not fit is left for the setting itself to refuse."""
    if kind is SecretStr:
        return {"env": variable}
    structured = text.startswith(("[", "{"))
    if kind is Any:
        return _json(text) if structured else SetFromOutside(text)
    origin = get_origin(kind)
    if origin is tuple and not structured:
        return [part.strip() for part in text.split(",") if part.strip()]
    if origin in {tuple, dict} or is_table(kind):
        return _json(text) if structured else text
    return _scalar(kind, text)


def _scalar(kind: Any, text: str) -> bool | int | str:
    arguments = get_args(kind) or (kind,)
    kinds = {argument if isinstance(argument, type) else type(argument) for argument in arguments}
    if bool in kinds and text in {"true", "false"}:
        return text == "true"
    if int in kinds and _INTEGER.fullmatch(text):
        return int(text)
    return text


def _json(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise refused("is not JSON", 'Write it as in \'["a", "b"]\'.') from None


def _unknown(root: type[Table], variable: str) -> Problem:
    meant = nearest(variable, [variable_of(key) for key in fixed_keys(root)])
    mend = f"Did you mean {meant}?" if meant else "Unset it; docs/settings.md names all settings."
    return Problem(key=variable, reason="names no setting", mend=mend)
