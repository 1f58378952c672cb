"""The templates: where each is found, compiled once, tried before the first person depends on it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from idp.core.message import Template

SUBJECT, TEXT, HTML, SHORT = "subject.txt", "txt", "html", "sms.txt"
KINDS = (SUBJECT, TEXT, HTML, SHORT)
OF_LAST_RESORT = "en"

SAMPLE: Mapping[str, object] = {
    "name": "Jane Doe",
    "jurisdiction": "Example",
    "code": "012345",
    "token": "token",
    "link": "https://app.example.com/?token=token",
    "minutes": 10,
    "hours": None,
    "confirmed": "yes",
    "language": "en",
}
"""Every name that a template may use."""

OPTIONAL = ("name", "link", "hours", "confirmed", "code", "token")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateProblem:
    """A template that cannot be used: `file` is relative to the folder of templates."""

    file: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.reason}"


class TemplatesRefused(Exception):
    """The server does not start with these templates."""

    def __init__(self, problems: Sequence[TemplateProblem]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


Texts = Mapping[tuple[str, Template, str], jinja2.Template]
"""Compiled templates by language, template and kind; SHORT is there only where somebody wrote it."""


def compile_texts(languages: Sequence[str], overrides: Path | None) -> Texts:
    """All templates in `languages`; an operator's file wins over ours. Raises TemplatesRefused with every problem."""
    environment = _environment(overrides)
    texts: dict[tuple[str, Template, str], jinja2.Template] = {}
    problems: list[TemplateProblem] = [
        TemplateProblem(file=f"{language}/", reason="there are no templates in this language")
        for language in languages
        if not any(name.startswith(f"{language}/") for name in environment.list_templates())
    ]
    for language, template, kind in _wanted(languages):
        try:
            texts[language, template, kind] = _compiled(environment, languages, language, f"{template}.{kind}")
        except jinja2.TemplatesNotFound:
            if kind != SHORT:
                problems.append(TemplateProblem(file=f"{language}/{template}.{kind}", reason="is missing"))
        except Exception as error:  # an expression of the operator's may raise anything
            problems.append(TemplateProblem(file=f"{language}/{template}.{kind}", reason=_reason(error)))
    if problems:
        raise TemplatesRefused(problems)
    return texts


def _environment(overrides: Path | None) -> jinja2.Environment:
    ours = jinja2.PackageLoader("idp.messages", "templates")
    loaders = [jinja2.FileSystemLoader(overrides), ours] if overrides else [ours]
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(loaders),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        cache_size=-1,
    )


def _wanted(languages: Sequence[str]) -> Iterator[tuple[str, Template, str]]:
    return ((language, template, kind) for language in languages for template in Template for kind in KINDS)


def _compiled(environment: jinja2.Environment, languages: Sequence[str], language: str, file: str) -> jinja2.Template:
    """The file in this language, else in the first one, else in English: compiled, and filled in for a try."""
    folders = dict.fromkeys((language, languages[0], OF_LAST_RESORT))
    template = environment.select_template([f"{folder}/{file}" for folder in folders])
    template.render(SAMPLE)
    template.render({**SAMPLE, **dict.fromkeys(OPTIONAL, "")})
    return template


def _reason(error: Exception) -> str:
    line = f"line {error.lineno}: " if isinstance(error, jinja2.TemplateSyntaxError) else ""
    return f"{line}{str(error).partition(chr(10))[0] or type(error).__name__}"
