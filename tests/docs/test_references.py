"""What the code cites is there, and what the pages count is right."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from idp.web.bloom import refuse
from idp.web.bloom.operations import OPERATIONS as BLOOM
from idp.web.nodeloom.operations import OPERATIONS as NODELOOM
from idp.web.nodeloom.present import WORDS
from tests.docs.pages import page
from tests.house.project import modules

ROWS = re.compile(r"\b[Rr]ows? (\d+(?:(?:[-–]|, | and | to )\d+)*)")
SECTIONS = re.compile(r"bloom\.md ((?:§[\d.]+\d|§\d+)(?:(?: #\d+)?, §[\d.]+\d|, §\d+)*)")
NUMBERED = re.compile(r"^#{2,3} (\d+(?:\.\d+)?)", re.MULTILINE)


def cited(pattern: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """(place, what is cited) in all code."""
    for module in modules():
        yield from ((module.path, found[1]) for found in pattern.finditer(module.content))


def numbers_in(text: str) -> Iterator[int]:
    """`26-31, 44 and 45` spelt out."""
    for part in re.split(r", | and ", text):
        first, _, last = part.replace("–", "-").replace(" to ", "-").partition("-")
        yield from range(int(first), int(last or first) + 1)


def test_every_row_that_the_code_cites_is_in_the_threat_table() -> None:
    rows = re.findall(r"^\| (\d+(?:–\d+)?) \|", page("docs/threats.md"), re.MULTILINE)
    there = {number for row in rows for number in numbers_in(row)}

    asked = {(place, number) for place, text in cited(ROWS) for number in numbers_in(text)}

    assert there == set(range(1, 141))
    assert {(place, number) for place, number in asked if number not in there} == set()


def test_every_section_of_blooms_page_that_the_code_cites_is_there() -> None:
    there = set(NUMBERED.findall(page("docs/contracts/bloom.md")))

    asked = {(place, one) for place, text in cited(SECTIONS) for one in re.findall(r"§([\d.]*\d)", text)}

    assert len(asked) > 10
    assert {(place, one) for place, one in asked if one not in there} == set()


@pytest.mark.parametrize(
    ("pattern", "there"), [(r"architecture, section (\d+)", 8), (r"architecture, decisions? (\d+)", 8)]
)
def test_every_part_of_the_architecture_that_the_code_cites_is_there(pattern: str, there: int) -> None:
    asked = [int(number) for _, number in cited(re.compile(pattern))]

    assert asked
    assert max(asked) <= there


@pytest.mark.parametrize(("path", "operations"), [("nodeloom", NODELOOM), ("bloom", BLOOM)])
def test_every_endpoint_is_on_its_contracts_page(path: str, operations: tuple[object, ...]) -> None:
    text = page(f"docs/contracts/{path}.md")

    assert [one.path for one in operations if f"{one.path}`" not in text] == []  # type: ignore[attr-defined]


def test_every_code_of_nodelooms_refusals_is_on_its_page() -> None:
    text = page("docs/contracts/nodeloom.md")
    # counted before a face sees it, and refused in the words of the whole server
    codes = {code for _, _, code, _ in WORDS} | {"mfa_required"}

    assert {code for code in codes if f"`{code}`" not in text} - {"body_too_large"} == set()


def test_every_message_of_blooms_refusals_is_on_its_page() -> None:
    text = page("docs/contracts/bloom.md")
    messages = {message for _, _, message in refuse.PLAIN} | {refuse.THROTTLED}

    assert {message for message in messages if message not in text} - {"Not Found"} == set()


def test_the_assessment_counts_right() -> None:
    text = page("docs/asvs.md")
    counted: Counter[str] = Counter()
    for ids, _, verdict in re.findall(r"^\| ([\d., ]+) \| ([12]) \| (\S+) \|", text, re.MULTILINE):
        counted[verdict] += len(ids.split(", "))

    summary = text.split("\n## ")[0]
    told = [int(number) for number in re.findall(r"\b(\d+) (?:of|L1|not applicable|for whoever|deviations)", summary)]

    assert sum(counted.values()) == 253
    assert told == [counted["met"], 253, counted["n/a"], counted["operator"], counted["deviates"]]
    deviations = {
        one for ids in re.findall(r"^\| ([\d., ]+) \| \d \| deviates", text, re.MULTILINE) for one in ids.split(", ")
    }
    listed = re.findall(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \|", page("docs/threats.md"), re.MULTILINE)
    assert deviations == {one for ids in listed for one in ids.split(", ")}
