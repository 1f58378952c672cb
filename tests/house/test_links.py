"""Markdown: every link to a file of ours leads somewhere."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from posixpath import normpath
from urllib.parse import unquote

import pytest

from tests.house.project import TOP, Finding, Text, assert_none, texts

FENCE = re.compile(r"^(```|~~~).*?^\1\s*$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?[^)]*\)|^\s{0,3}\[[^\]]+\]:\s+<?(\S+?)>?(?:\s|$)", re.MULTILINE)
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
ELSEWHERE = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.IGNORECASE)


def blanked(found: re.Match[str]) -> str:
    """The same number of lines without their text, so that findings keep their line."""
    return "\n" * found.group().count("\n")


def anchors(markdown: str) -> set[str]:
    """The anchors that GitHub makes of the headings."""
    headings = (found[1].replace("`", "").lower() for found in HEADING.finditer(FENCE.sub("", markdown)))
    return {re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings}


def dead_links(text: Text) -> Iterator[Finding]:
    prose = CODE.sub("", FENCE.sub(blanked, text.content))
    for found in LINK.finditer(prose):
        target = found[1] or found[2]
        if not ELSEWHERE.match(target) and (wrong := what_is_wrong(text, *unquote(target).split("#", 1))):
            yield text.finding(prose.count("\n", 0, found.start()) + 1, f"{target}: {wrong}")


def what_is_wrong(text: Text, path: str, anchor: str = "") -> str | None:
    file = TOP / normpath(PurePosixPath(text.path).parent / path) if path else None
    if file is not None and not file.exists():
        return "no such file"
    if not anchor or (file is not None and file.suffix != ".md"):
        return None
    return None if anchor in anchors(file.read_text() if file else text.content) else "no such heading"


def test_links_lead_somewhere() -> None:
    assert_none(finding for text in texts() if text.path.endswith(".md") for finding in dead_links(text))


@pytest.mark.parametrize(
    "markdown",
    [
        "[the plan](no-such-file.md)",
        "![a picture](missing.svg)",
        "[the plan][1]\n\n[1]: no-such-file.md",
        "[below](#no-such-heading)",
        '[the plan](no-such-file.md "a title")',
    ],
)
def test_a_dead_link_is_seen(markdown: str) -> None:
    assert len(list(dead_links(Text(path="docs/planted.md", content=markdown)))) == 1


@pytest.mark.parametrize(
    "markdown",
    [
        "[elsewhere](https://example.com/x) [mail](mailto:a@example.com)",
        "[the licence](../LICENSE)",
        "# 1. What it `is`\n\n[above](#1-what-it-is)",
        "```\n[code](no-such-file.md)\n```\n\n`[code](no-such-file.md)`",
    ],
)
def test_a_live_link_passes(markdown: str) -> None:
    assert not list(dead_links(Text(path="docs/planted.md", content=markdown)))
