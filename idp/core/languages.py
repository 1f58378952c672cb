"""Language tags (BCP 47): which of several texts somebody reads."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

T = TypeVar("T")


def tagged(member: str, name: str) -> str:
    """The language that `name#tag` is in (OIDC Core §5.2), or ""."""
    own, _, tag = member.partition("#")
    return tag if own == name else ""


def nearest(said: Mapping[str, T], languages: Iterable[str]) -> T | None:
    """What is said in the first of `languages` that anything is said in. The tags of `said` are in lower case.

    `es-MX` finds itself, then `es`; `es` finds itself, then what was said in the Spanish of some country.
    """
    return next((found for one in languages if (found := _in(said, one.lower())) is not None), None)


def _in(said: Mapping[str, T], language: str) -> T | None:
    asked = language.split("-")
    shorter = ("-".join(asked[:length]) for length in range(len(asked), 0, -1))
    found = next((said[tag] for tag in shorter if tag in said), None)
    if found is not None:
        return found
    return next((said[tag] for tag in sorted(said) if tag.startswith(f"{asked[0]}-")), None)
