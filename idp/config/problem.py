"""What is wrong with a configuration, told all at once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

Key = tuple[str | int, ...]
"""A key in its parts; a number is a place in a list."""

_BARE = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake: the setting (`lockout.cooldown`), what is wrong with it, and what to do.

    `reason` continues the key ("is not a duration"). No part quotes the value.
    """

    key: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason}. {self.mend}"


class ConfigurationRefused(Exception):
    """The configuration cannot be used. `problems` are all of its mistakes, in the order of the settings."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, self.problems)))


def dotted(parts: Iterable[str | int]) -> str:
    """The key as TOML spells it: `jurisdictions."Bay Area".languages[0]`."""
    text = ""
    for part in parts:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _BARE.fullmatch(part) else '"' + part.encode("unicode_escape").decode() + '"'
            text += f".{name}" if text else name
    return text


def nearest(name: str, known: Sequence[str]) -> str | None:
    """The known name that was probably meant."""
    found = get_close_matches(name.lower(), [candidate.lower() for candidate in known], n=1, cutoff=0.6)
    return next((candidate for candidate in known if found and candidate.lower() == found[0]), None)
