"""An operator's templates and texts are tried before anybody needs them: at the start, and by `idp check`."""

from pathlib import Path

import pytest

from idp.config.problem import ConfigurationRefused
from idp.testing.provider import provider_at
from idp.web.pages.trial.hooks import HOOKS
from idp.web.pages.trial.pages import pages, problems_with
from idp.web.pages.trial.reading import PageProblem
from idp.web.pages.trial.texts import problems_in
from idp.web.pages.wording import OURS, Wording
from tests.house.project import TOP

LANGUAGES = ("en", "es")
LOGIN = '{% extends "ours/login.html" %}\n'


def tried(folder: Path, **files: str) -> list[PageProblem]:
    for name, text in files.items():
        (folder / f"{name}.html").write_text(text)
    return problems_with(Wording(LANGUAGES), folder)


def test_ours_stand_the_trial(tmp_path: Path) -> None:
    """In every state that the specimens bring about: a name that a page of ours needs is among them."""
    assert tried(tmp_path) == []
    assert len(pages()) >= 30


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("fine\n{% if %}", 2, "Expected an expression"),
        ("{{ 1 | nofilter }}", 1, "No filter named 'nofilter'"),
        ("\n{% extends 'ours/logon.html' %}", 2, 'there is no template "ours/logon.html"'),
        ("{% include 'footer.html' %}", 1, 'there is no template "footer.html"'),
        (LOGIN + "\n{% block besides %}x{% endblock %}", 3, 'nothing that it extends has a block "besides"'),
        (LOGIN + "{% block beside %}\n{{ super() }}{{ clent.name }}{% endblock %}", 3, "'clent' is undefined"),
        (LOGIN + "{% block beside %}\n{{ brand.nmae }}{% endblock %}", 3, "has no attribute 'nmae'"),
        (LOGIN + "{% block beside %}\n\n{{ 1 / 0 }}{% endblock %}", 4, "division by zero"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(tmp_path: Path, text: str, line: int, reason: str) -> None:
    (problem,) = tried(tmp_path, login=text)

    assert (problem.file, problem.line) == ("login.html", line)
    assert reason in problem.reason
    assert problem.mend


def test_a_block_that_was_meant_is_named(tmp_path: Path) -> None:
    (problem,) = tried(tmp_path, login=LOGIN + "{% block besides %}x{% endblock %}")

    assert problem.mend == 'Perhaps "beside" was meant.'


def test_a_block_within_a_block_is_ones_own(tmp_path: Path) -> None:
    text = LOGIN + "{% block beside %}{{ super() }}{% block badge %}Ask the front desk.{% endblock %}{% endblock %}"

    assert tried(tmp_path, login=text) == []


@pytest.mark.parametrize("page", HOOKS)
def test_a_page_without_its_hooks_is_refused(tmp_path: Path, page: str) -> None:
    """Where one block took them away, its line is told."""
    text = '{% extends "ours/' + page + '" %}\n{% block main %}Nothing.{% endblock %}'

    problems = tried(tmp_path, **{page.removesuffix(".html"): text})

    assert {problem.reason for problem in problems} == {f'has no element with the id "{hook}"' for hook in HOOKS[page]}
    assert {(problem.file, problem.line) for problem in problems} == {(page, 2)}


def test_the_hooks_are_those_that_the_docs_promise() -> None:
    table = (TOP / "docs" / "pages.md").read_text().split("## Hooks")[1].split("## Safety")[0]

    for hooks in HOOKS.values():
        for hook in hooks:
            assert f"`{hook}`" in table


def test_a_form_without_our_token_is_refused(tmp_path: Path) -> None:
    """Nobody could send it."""
    (problem,) = tried(tmp_path, forgot='<form method="post"><input name="email"></form>')

    assert "a form without our token" in problem.reason


def test_a_file_that_nobody_would_show_is_told(tmp_path: Path) -> None:
    (problem,) = tried(tmp_path, logn="Welcome.")

    assert "stands in for no template of ours" in problem.reason


def test_a_file_that_another_includes_is_none(tmp_path: Path) -> None:
    login = LOGIN + '{% block beside %}{{ super() }}{% include "badge.html" %}{% endblock %}'

    assert tried(tmp_path, login=login, badge="Ask.") == []


def test_a_part_must_have_what_pages_import_from_it(tmp_path: Path) -> None:
    (problem,) = tried(tmp_path, languages="{% macro language(tag) %}{{ tag }}{% endmacro %}")

    assert "language_name" in problem.reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('msgid "Allow %(app)s?"\nmsgstr "Let %(ap)s in?"', "names ap"),
        ('msgid "Sign in"\nmsgstr "100% sign in"', "a lone %"),
        ('msgid "Sign in"\nmsgtsr "x"', "cannot be read"),
    ],
)
def test_a_text_that_would_break_a_page_is_told_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "es.po").write_text('msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n' + text + "\n")

    (problem,) = problems_in(tmp_path)

    assert problem.file == "es.po"
    assert problem.line >= 3
    assert reason in problem.reason


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_catalogues_stand_it_too(language: str) -> None:
    assert not [problem for problem in problems_in(OURS) if problem.file == f"{language}.po"]


async def test_the_start_is_refused(tmp_path: Path, template: Path) -> None:
    own = tmp_path / "pages"
    own.mkdir()
    (own / "login.html").write_text("fine\n{% if %}")

    with pytest.raises(ConfigurationRefused) as refusal:
        async with provider_at(tmp_path / "data", template=template, pages={"templates": own}):
            pass

    assert str(refusal.value).startswith("pages.templates: login.html, line 2: Expected an expression")


async def test_so_it_is_for_a_text(tmp_path: Path, template: Path) -> None:
    locale = tmp_path / "locale"
    locale.mkdir()
    (locale / "en.po").write_text('msgid "Allow %(app)s?"\nmsgstr "Let %(ap)s in?"\n')

    with pytest.raises(ConfigurationRefused, match=r"pages\.locale: en\.po, line 1: names ap"):
        async with provider_at(tmp_path / "data", template=template, pages={"locale": locale}):
            pass
