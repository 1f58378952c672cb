"""Rules about words that may stand in no tracked file."""

import re
from collections.abc import Iterator

from tests.house.project import Finding, Text

# written in pieces, so that this file keeps its own rules
PROMISES = re.compile(r"\b(?:NotImplemented" + "Error|TO" + "DO|FIX" + "ME|XX" + "X|HA" + r"CK)\b")
MACHINES = re.compile(
    r"(?<![\w.)}\]-])/(?:wo" + "rk|ro" + "ot|fa" + "rm|tm" + r"p|home/\w+|Users/\w+|opt/wheels)/|\.libr" + "ary"
)
REGISTRIES = re.compile(
    "|".join(
        name.replace(" ", r"\.")
        for name in (
            r"pyp" + "i org",
            "pythonho" + "sted org",
            "npm" + "js org",
            "npm" + "js com",
            "yarn" + "pkg com",
            "deb debi" + "an org",
            "security debi" + "an org",
            "archive ubu" + "ntu com",
            "ana" + "conda org",
            "crat" + "es io",
            "proxy gol" + "ang org",
            "gh" + "cr io",
            "dock" + "er io",
            "qu" + "ay io",
        )
    )
)
ADDRESSES = re.compile(r"://|^\s*(?:-i|--(?:extra-)?index-url|--find-links|-f)\b")


def lines_with(pattern: re.Pattern[str], text: Text, says: str) -> Iterator[Finding]:
    for number, line in enumerate(text.content.splitlines(), start=1):
        if found := pattern.search(line):
            yield text.finding(number, f"{found.group()!r}: {says}")


def promises_nothing(text: Text) -> Iterator[Finding]:
    """What is not done is an issue, not a comment."""
    yield from lines_with(PROMISES, text, "make it an issue, or do it")


def knows_no_machine(text: Text) -> Iterator[Finding]:
    """A path of one machine means nothing on another."""
    yield from lines_with(MACHINES, text, "a path of one machine")


def names_no_registry(text: Text) -> Iterator[Finding]:
    """Where packages come from is configured on each machine, not in the project."""
    yield from lines_with(REGISTRIES, text, "a registry is configured on the machine")


def lock_names_no_index(lock: Text) -> Iterator[Finding]:
    """The same for lock files, whatever the index is called."""
    yield from lines_with(ADDRESSES, lock, "a lock file holds names, versions and hashes")
