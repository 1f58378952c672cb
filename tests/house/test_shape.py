"""The shape of a file."""

import pytest

from tests.house.project import assert_kept, planted
from tests.house.shape import has_few_arguments, has_short_functions, is_short, says_what_it_is


def test_files_have_at_most_400_lines() -> None:
    assert_kept(is_short, "idp/", "tests/", "benchmarks/", "examples/", ".ci/")


def test_every_module_says_what_it_is() -> None:
    assert_kept(says_what_it_is, "idp/", "tests/", "benchmarks/", "examples/", ".ci/")


def test_functions_have_at_most_30_lines() -> None:
    assert_kept(has_short_functions, "idp/")


def test_functions_take_at_most_five_arguments() -> None:
    assert_kept(has_few_arguments, "idp/")


@pytest.mark.parametrize(("path", "seen"), [("idp/web/long.py", 1), ("idp/storage/migrations/versions/0001.py", 0)])
def test_a_long_file_is_seen_unless_it_is_a_migration(path: str, seen: int) -> None:
    assert len(list(is_short(planted("x = 1\n" * 401, path)))) == seen
    assert not list(is_short(planted("x = 1\n" * 400, path)))


def test_a_missing_docstring_is_seen() -> None:
    assert list(says_what_it_is(planted("x = 1\n")))
    assert list(says_what_it_is(planted("")))
    assert not list(says_what_it_is(planted('"""One thing."""\n')))


def test_a_long_function_is_seen_and_its_docstring_is_free() -> None:
    docstring = '    """' + "\n    a word" * 40 + '"""\n'

    assert list(has_short_functions(planted("def f():\n" + "    x = 1\n" * 30)))
    assert not list(has_short_functions(planted("def f():\n" + docstring + "    x = 1\n" * 29)))


def test_a_sixth_argument_is_seen_and_self_is_free() -> None:
    assert list(has_few_arguments(planted("def f(a, b, c, d, e, f): ...")))
    assert list(has_few_arguments(planted("async def f(a, /, b, *, c, d, e, f): ...")))
    assert not list(has_few_arguments(planted("def f(self, a, b, c, d, e): ...")))
