"""The templates: ours, the operator's, and what is refused before anybody depends on it."""

import re
from pathlib import Path

import pytest

from idp.core.ids import MessageId
from idp.core.message import Letter, Message, Template
from idp.messages.renderer import MessageRenderer
from idp.messages.texts import OURS, TemplateProblem, TemplatesRefused, compile_texts, problems_in


def write(folder: Path, **files: str) -> Path:
    """`en__mfa_code_subject="…"` is `en/mfa_code.subject.txt`."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def rendered(renderer: MessageRenderer, language: str = "en") -> Message:
    letter = Letter(
        template=Template.MFA_CODE,
        channel="email",
        to="jane@example.com",
        language=language,
        data={"code": "012345", "minutes": "10", "name": "<b>"},
    )
    return renderer.render(letter, MessageId("1"))


def refused(folder: Path, *languages: str) -> tuple[TemplateProblem, ...]:
    with pytest.raises(TemplatesRefused) as refusal:
        MessageRenderer(languages=languages or ("en",), service="Example", overrides=folder)
    return refusal.value.problems


def test_an_operators_file_wins_and_the_others_stay(tmp_path: Path) -> None:
    write(tmp_path, en__mfa_code_DOT_subject_DOT_txt="Code {{ code }}")

    message = rendered(MessageRenderer(service="Example", overrides=tmp_path))

    assert message.subject == "Code 012345"
    assert "Your sign-in code is:" in message.text


def test_the_frame_of_all_html_may_be_the_operators(tmp_path: Path) -> None:
    write(tmp_path, layout_DOT_html="<main>{% block body %}{% endblock %}</main>")

    html = rendered(MessageRenderer(service="Example", overrides=tmp_path)).html or ""

    assert html.startswith("<main>")
    assert "&lt;b&gt;" in html


def test_an_operators_html_is_escaped_like_ours(tmp_path: Path) -> None:
    write(tmp_path, en__mfa_code_DOT_html="<p>{{ name }}</p>")

    assert rendered(MessageRenderer(service="Example", overrides=tmp_path)).html == "<p>&lt;b&gt;</p>"


def test_a_language_may_be_added_and_begun_with_one_file(tmp_path: Path) -> None:
    """What is not translated yet is in the first language."""
    write(tmp_path, fr__mfa_code_DOT_subject_DOT_txt="{{ code }} est votre code")

    message = rendered(MessageRenderer(languages=("es", "fr"), service="Example", overrides=tmp_path), "fr")

    assert message.subject == "012345 est votre code"
    assert "Su código de acceso es:" in message.text


def test_a_language_without_a_single_text_is_refused(tmp_path: Path) -> None:
    (problem,) = refused(tmp_path, "en", "fr")

    assert str(problem) == "fr/: there are no templates in this language"


def test_every_template_that_does_not_compile_or_fill_is_told_at_once(tmp_path: Path) -> None:
    write(
        tmp_path,
        en__mfa_code_DOT_txt="{{ code }",
        en__mfa_code_DOT_subject_DOT_txt="{{ cod }}",
        en__reset_password_DOT_html='{% extends "nowhere.html" %}',
        en__sign_in_code_DOT_sms_DOT_txt="{{ code | shout }}",
        en__confirm_account_DOT_txt="{{ minutes + code }}",
    )

    problems = {problem.file: problem.reason for problem in refused(tmp_path)}

    assert set(problems) == {
        "en/mfa_code.txt",
        "en/mfa_code.subject.txt",
        "en/reset_password.html",
        "en/sign_in_code.sms.txt",
        "en/confirm_account.txt",
    }
    assert problems["en/mfa_code.txt"].startswith("line 1: ")
    assert problems["en/mfa_code.subject.txt"] == "'cod' is undefined"


def test_a_name_used_only_sometimes_is_tried_too(tmp_path: Path) -> None:
    write(tmp_path, en__mfa_code_DOT_txt="{% if not link %}{{ lnik }}{% endif %}")

    assert [problem.reason for problem in refused(tmp_path)] == ["'lnik' is undefined"]


def test_ours_compile_and_fill_in_every_language() -> None:
    """A start does not try them: this does."""
    languages = [path.name for path in OURS.iterdir() if path.is_dir()]

    assert list(problems_in(compile_texts(languages, None), languages)) == []


def test_ours_have_the_same_files_in_every_language() -> None:
    languages = {path.name: {file.name for file in path.iterdir()} for path in OURS.iterdir() if path.is_dir()}

    assert languages["en"] == languages["es"]


def test_html_of_ours_includes_nothing_that_is_not_escaped() -> None:
    """Jinja2 escapes by the name of the file that is included, not of the one that includes it."""
    for path in OURS.rglob("*.html"):
        for included in re.findall(r'(?:include|extends|import) "([^"]+)"', path.read_text()):
            assert included.endswith(".html"), path
