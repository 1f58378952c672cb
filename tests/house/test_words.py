"""Words that may stand in no tracked file."""

import pytest

from tests.house import words
from tests.house.project import Text, TextRule, assert_none, texts

LOCKS = ("requirements/run.lock", "requirements/dev.lock")

SEEN: list[tuple[TextRule, str]] = [
    (words.promises_nothing, "# TO" + "DO: later"),
    (words.promises_nothing, "raise NotImplemented" + "Error"),
    (words.promises_nothing, "FIX" + "ME(jane)"),
    (words.knows_no_machine, "see /wo" + "rk/main/idp"),
    (words.knows_no_machine, 'open("/tm' + 'p/cookies.txt")'),
    (words.knows_no_machine, "~jane is /ho" + "me/jane/idp"),
    (words.names_no_registry, "https://pyp" + "i.org/simple"),
    (words.names_no_registry, '"resolved": "https://registry.npm' + 'js.org/jose"'),
    (words.lock_names_no_index, "--index-url https://packages.example.com/simple"),
    (words.lock_names_no_index, "--find-links wheels"),
    (words.lock_names_no_index, "idp @ https://example.com/idp.whl"),
]

UNSEEN: list[tuple[TextRule, str]] = [
    (words.promises_nothing, "todo el mundo"),
    (words.promises_nothing, "hacked accounts"),
    (words.knows_no_machine, "https://example.com/wo" + "rk/1 and idp/ro" + "ot/x"),
    (words.knows_no_machine, "GET /auth/login"),
    (words.names_no_registry, "https://example.org"),
    (words.lock_names_no_index, "anyio==4.16.0 ; python_version < '4' \\\n    --hash=sha256:59bb"),
]


@pytest.mark.parametrize("rule", [words.promises_nothing, words.knows_no_machine, words.names_no_registry])
def test_no_tracked_file_says_it(rule: TextRule) -> None:
    assert_none(finding for text in texts() for finding in rule(text))


def test_lock_files_name_no_index() -> None:
    assert_none(finding for text in texts() if text.path in LOCKS for finding in words.lock_names_no_index(text))


@pytest.mark.parametrize(("rule", "line"), SEEN)
def test_the_word_is_seen(rule: TextRule, line: str) -> None:
    assert len(list(rule(Text(path="docs/planted.md", content=f"first line\n{line}\n")))) == 1


@pytest.mark.parametrize(("rule", "content"), UNSEEN)
def test_what_is_right_passes(rule: TextRule, content: str) -> None:
    assert not list(rule(Text(path="docs/planted.md", content=content)))
