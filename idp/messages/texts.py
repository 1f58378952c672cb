"""The templates: where each is found, compiled once; an operator's are tried before the first person needs one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from idp.core.message import Template

if TYPE_CHECKING:
    import jinja2

OURS = Path(__file__).parent / "templates"

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


class Texts:
    """Templates, compiled on first use: a start pays for none of ours, nor for Jinja2."""

    __slots__ = ("_environment", "_found", "_languages", "_overrides")

    def __init__(self, languages: Sequence[str], overrides: Path | None) -> None:
        self._languages, self._overrides = languages, overrides
        self._environment: jinja2.Environment | None = None
        self._found: dict[tuple[str, Template, str], jinja2.Template | None] = {}

    def find(self, language: str, template: Template, kind: str) -> "jinja2.Template | None":
        """In this language, else in the first one, else in English. SHORT is there only where somebody wrote it."""
        key = language, template, kind
        if key not in self._found:
            self._found[key] = self._compiled(language, f"{template}.{kind}")
        return self._found[key]

    def _compiled(self, language: str, file: str) -> "jinja2.Template | None":
        from jinja2 import TemplatesNotFound  # noqa: PLC0415 - a tenth of a second

        self._environment = self._environment or _environment(self._overrides)
        folders = dict.fromkeys((language, self._languages[0], OF_LAST_RESORT))
        try:
            return self._environment.select_template([f"{folder}/{file}" for folder in folders])
        except TemplatesNotFound:
            return None


def compile_texts(languages: Sequence[str], overrides: Path | None) -> Texts:
    """All templates in `languages`; an operator's file wins over ours. Raises TemplatesRefused with every problem.

    Where the operator has a folder all are tried, ours too: they may extend or include one of the operator's.
    """
    texts = Texts(languages, overrides)
    problems = [
        TemplateProblem(file=f"{language}/", reason="there are no templates in this language")
        for language in languages
        if not any(_has_files(folder / language) for folder in (overrides, OURS) if folder)
    ]
    if overrides is not None:
        problems.extend(problems_in(texts, languages))
    if problems:
        raise TemplatesRefused(problems)
    return texts


def problems_in(texts: Texts, languages: Sequence[str]) -> Iterator[TemplateProblem]:
    """Compiles every template and fills it in for a try."""
    for language, template, kind in _wanted(languages):
        reason = None
        try:
            found = texts.find(language, template, kind)
            if found is not None:
                found.render(SAMPLE)
                found.render({**SAMPLE, **dict.fromkeys(OPTIONAL, "")})
            elif kind != SHORT:
                reason = "is missing"
        except Exception as error:  # an expression of the operator's may raise anything
            reason = _reason(error)
        if reason is not None:
            yield TemplateProblem(file=f"{language}/{template}.{kind}", reason=reason)


def _has_files(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def _environment(overrides: Path | None) -> "jinja2.Environment":
    import jinja2  # noqa: PLC0415 - see above

    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([overrides, OURS] if overrides else [OURS]),
        autoescape=jinja2.select_autoescape(enabled_extensions=("html",), default=False),
        undefined=jinja2.StrictUndefined,
        auto_reload=False,
        cache_size=-1,
    )


def _wanted(languages: Sequence[str]) -> Iterator[tuple[str, Template, str]]:
    return ((language, template, kind) for language in languages for template in Template for kind in KINDS)


def _reason(error: Exception) -> str:
    from jinja2 import TemplateSyntaxError  # noqa: PLC0415 - see above

    line = f"line {error.lineno}: " if isinstance(error, TemplateSyntaxError) else ""
    return f"{line}{str(error).partition(chr(10))[0] or type(error).__name__}"
