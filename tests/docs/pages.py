"""The pages, and what stands in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.house.project import Text, texts

FENCED = re.compile(r"^```(?P<info>[^\n`]*)\n(?P<code>.*?)^```$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"`([^`\n]+)`")
WRITTEN_BY_US = ("docs/cli.md", "docs/settings.md")
"""From the code, so they cannot disagree with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block; `info` is what stands behind the fence."""

    page: str
    line: int
    info: str
    code: str

    @property
    def language(self) -> str:
        return self.info.partition(" ")[0]

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def pages() -> Iterator[Text]:
    """Every Markdown file that somebody wrote."""
    return (text for text in texts() if text.path.endswith(".md") and text.path not in WRITTEN_BY_US)


def page(path: str) -> str:
    return next(text.content for text in texts() if text.path == path)


def blocks(*languages: str) -> list[Block]:
    return [block for text in pages() for block in _blocks(text) if block.language in languages]


def inline(text: Text) -> Iterator[str]:
    """What stands between backticks."""
    return (found[1] for found in INLINE.finditer(FENCED.sub("", text.content)))


def _blocks(text: Text) -> Iterator[Block]:
    for found in FENCED.finditer(text.content):
        line = text.content.count("\n", 0, found.start()) + 1
        yield Block(page=text.path, line=line, info=found["info"], code=found["code"])
