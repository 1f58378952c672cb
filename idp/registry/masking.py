"""Which settings are secret, and texts without them."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, SecretBytes, SecretStr

MASK = "**********"
LONGEST = 300


def is_secret(annotation: Any) -> bool:
    """Whether a field of this type holds a secret, optional or not."""
    return annotation in (SecretStr, SecretBytes) or any(is_secret(part) for part in get_args(annotation))


def told(error: BaseException, settings: BaseModel | None = None) -> str:
    """The error's type and text in one line for the operator, the settings' secrets masked."""
    text = masked(str(error), _secrets_in(settings))
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def masked(text: str, secrets: Iterable[str]) -> str:
    """One printable line without any of `secrets`."""
    for secret in sorted(set(secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return "".join(char if char.isprintable() else " " for char in text)[:LONGEST]


def unread_secrets(model: type[BaseModel], table: Mapping[str, object]) -> Iterator[str]:
    """The secrets of a table that did not become settings: those from outside, and what stands in a secret's place."""
    yield from _secrets_in(dict(table))
    for name, field in model.model_fields.items():
        value = table.get(name)
        if isinstance(value, str) and value and is_secret(field.annotation):
            yield value


def _secrets_in(holder: object) -> Iterator[str]:
    match holder:
        case SecretStr() if holder.get_secret_value():
            yield holder.get_secret_value()
        case SecretBytes() if holder.get_secret_value():
            yield holder.get_secret_value().decode(errors="replace")
        case BaseModel():
            for name in type(holder).model_fields:
                yield from _secrets_in(getattr(holder, name))
        case dict():
            for value in holder.values():
                yield from _secrets_in(value)
        case list() | tuple() | set() | frozenset():
            for value in holder:
                yield from _secrets_in(value)
