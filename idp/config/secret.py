"""Secrets: in the file only the name of the place where one lies, never the secret itself.

`{ env = "NAME" }` reads an environment variable, `{ file = "/run/secrets/name" }` a file that only its owner may read
(systemd's `LoadCredential` and container secrets work through it). Read once, at start. No message ever quotes a value.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, SecretStr, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from idp.config.problem import Key, Problem, dotted
from idp.config.refusal import refused
from idp.config.types import Called, has_control_characters, printable

LARGEST = 64 * 1024
_MEND = 'Name the place where it lies: { env = "NAME" } or { file = "/run/secrets/name" }.'

# what documentation and templates show (row 139): Bloom's own template has some-key-here
_EXAMPLES = frozenset({"some-key-here", "changeme", "change-me", "secret", "password", "example", "xxx", "yoursecret"})


class SetFromOutside(str):
    """The value of an environment variable that names a plugin's setting: where a secret is due it is no literal."""

    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where secrets are looked up. `folder`: what relative paths are relative to."""

    environ: Mapping[str, str] = field(default_factory=dict)
    folder: Path = field(default_factory=Path)


def is_reference(value: object) -> bool:
    """Whether `value` names a place: a table of one key, `env` or `file`, with a text."""
    return (
        isinstance(value, dict)
        and len(value) == 1
        and (isinstance(value.get("env"), str) or isinstance(value.get("file"), str))
    )


def read(reference: Mapping[str, str], places: Places) -> SecretStr:
    """The secret that `reference` names. Raises PydanticCustomError with reason and mend."""
    if "env" in reference:
        name = reference["env"]
        text, source = places.environ.get(name), f"environment variable {name}"
        if text is None:
            raise refused(f"names the {source}, which is not set", f"Set {name}, or name another place.")
    else:
        path = places.folder / printable(reference["file"])
        text, source = _read_file(path, places.environ), f"file {path}"
    text = text.rstrip("\r\n")
    if not text:
        raise refused(f"names the {source}, which is empty", "Put the secret there.")
    if text.lower() in _EXAMPLES:
        raise refused(
            f"names the {source}, which holds a secret out of an example", "Make one: openssl rand -base64 32"
        )
    return SecretStr(text)


def _read_file(path: Path, environ: Mapping[str, str]) -> str:
    try:
        # not blocking: a pipe would keep the start waiting for its writer
        with open(os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as file:
            _check_owner_only(path, os.fstat(file.fileno()), environ)
            data = file.read(LARGEST + 1)
    except OSError as error:
        reason = f"names the file {path}, which cannot be read: {error.strerror}"
        raise refused(reason, "Check path and owner.") from None
    if len(data) > LARGEST:
        raise refused(f"names the file {path}, which is larger than 64 KiB", "Name the secret's own file.")
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise refused(f"names the file {path}, which is not UTF-8 text", "Encode it (base64).") from None


def _check_owner_only(path: Path, status: os.stat_result, environ: Mapping[str, str]) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise refused(f"names {path}, which is no regular file", "Name a file.")
    others = stat.S_IRWXO if _is_credential_of_systemd(path, environ) else stat.S_IRWXG | stat.S_IRWXO
    if status.st_mode & others:
        mode = stat.S_IMODE(status.st_mode)
        raise refused(f"names the file {path}, which others may read (mode {mode:04o})", f"chmod 600 {path}")


def _is_credential_of_systemd(path: Path, environ: Mapping[str, str]) -> bool:
    """systemd guards LoadCredential= files by an access list, which shows as a group that may read."""
    folder = environ.get("CREDENTIALS_DIRECTORY")
    return bool(folder) and path.parent == Path(folder or "")


def _from_place(value: object, info: ValidationInfo) -> object:
    match value:
        case SecretStr():
            return value
        case dict() if is_reference(value):
            secret = read(value, info.context if isinstance(info.context, Places) else Places())
            if has_control_characters(secret.get_secret_value()):
                raise refused("names a secret of several lines", "Put a secret of one line there.")
            return secret
        case str():
            raise refused("holds a secret itself", _MEND)
    raise refused("is not the place of a secret", _MEND)


REFERENCE_SCHEMA: dict[str, Any] = {
    "oneOf": [
        {
            "type": "object",
            "properties": {place: {"type": "string", "minLength": 1}},
            "required": [place],
            "additionalProperties": False,
        }
        for place in ("env", "file")
    ]
}

Secret = Annotated[SecretStr, BeforeValidator(_from_place), WithJsonSchema(REFERENCE_SCHEMA), Called("secret")]
"""A secret of one line. In the file only its place can be written; its `repr` shows stars."""


def resolve_secrets(
    table: Mapping[str, Any], places: Places, *, key: Key = ()
) -> tuple[dict[str, Any], tuple[Problem, ...]]:
    """`table` with every reference, however deep, replaced by a `SecretStr`, and what could not be read.

    For tables whose settings only a plugin knows. A `SecretStr` fits only where the plugin asks for one, so a secret
    never becomes an ordinary setting by mistake. `key` is where the table lies, for the problems.
    """
    problems: list[Problem] = []
    resolved = {name: _resolved(value, places, (*key, name), problems) for name, value in table.items()}
    return resolved, tuple(problems)


def _resolved(value: Any, places: Places, key: Key, problems: list[Problem]) -> Any:
    try:
        match value:
            case dict() if is_reference(value):
                return read(value, places)
            case dict():
                return {name: _resolved(inner, places, (*key, name), problems) for name, inner in value.items()}
            case list():
                return [_resolved(inner, places, (*key, index), problems) for index, inner in enumerate(value)]
            case str():
                return printable(value)
    except PydanticCustomError as error:
        context = error.context or {}
        problems.append(Problem(key=dotted(key), reason=context["reason"], mend=context["mend"]))
    return value


def literal_secrets(model: type[BaseModel], table: Mapping[str, Any], *, key: Key = ()) -> tuple[Problem, ...]:
    """The secrets of a plugin's settings that are written into the file itself.

    `model` is the plugin's `Settings`, `table` its table after `resolve_secrets`.
    """
    return tuple(_literals(model, dict(table), key))


def _literals(annotation: Any, value: object, key: Key) -> Iterator[Problem]:
    match value:
        case str() if _takes_secret(annotation) and not isinstance(value, SetFromOutside):
            yield Problem(key=dotted(key), reason="holds a secret itself", mend=_MEND)
        case list():
            for index, inner in enumerate(value):
                yield from _literals(annotation, inner, (*key, index))
        case dict():
            fields = (field for model in _models_in(annotation) for field in model.model_fields.items())
            known = {name: info.annotation for name, info in fields}
            for name, inner in value.items():
                yield from _literals(known.get(name, annotation), inner, (*key, name))


def _takes_secret(annotation: Any) -> bool:
    return annotation is SecretStr or any(map(_takes_secret, get_args(annotation)))


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)
