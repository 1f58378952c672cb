"""Why a plugin is not loaded: data, so that all problems are told at once, each with its mend."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginProblem:
    """`key` is the place in the config, `reason` what is wrong there, `mend` what to do about it."""

    key: str
    reason: str
    mend: str

    def __str__(self) -> str:
        return f"{self.key}: {self.reason} ({self.mend})"


class PluginsRefused(Exception):
    """The server does not start with these plugins."""

    def __init__(self, problems: Iterable[PluginProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def key_of(plugin: str, *parts: str | int) -> str:
    return ".".join(("plugins", plugin, *(str(part) for part in parts)))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant."""
    return next(iter(difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)), None)
