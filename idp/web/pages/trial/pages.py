"""Every page with an operator's templates and texts, shown for a try: what would break does so before the start."""

from collections.abc import Iterator
from pathlib import Path
from traceback import extract_tb
from typing import TYPE_CHECKING

from idp.web.pages.templating import OURS, Templates
from idp.web.pages.trial.hooks import missing_in
from idp.web.pages.trial.reading import PageProblem, Reading
from idp.web.pages.trial.specimens import occasions
from idp.web.pages.wording import Wording

if TYPE_CHECKING:
    import jinja2

MEND = "Mend the template, or remove it: ours then stands in."


def problems_with(wording: Wording, folder: Path | None) -> list[PageProblem]:
    """Of the templates in `folder`, and of the texts in the operator's catalogues, in every language."""
    templates = Templates(wording, folder)
    first = templates.environment(wording.languages[0])
    reading = Reading(environment=first)
    own = sorted(str(file.relative_to(folder)) for file in folder.rglob("*.html")) if folder else []
    found = [problem for name in own for problem in reading.problems(name)]
    if not found:
        found += _strays(reading, own)
        found += _incomplete(reading, own)
    if found:
        return found
    for language in wording.languages:
        found += _shown(templates.environment(language), reading, own)
    return list({str(problem): problem for problem in found}.values())


def pages() -> list[str]:
    """Our templates but those that others are made of."""
    import jinja2  # noqa: PLC0415 - a start without own templates does not pay for it

    loader = jinja2.FileSystemLoader(OURS)
    reading = Reading(environment=jinja2.Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.i18n"]))
    ours = loader.list_templates()
    return sorted(set(ours) - {named for name in ours for named in reading.named_by(name)})


def _strays(reading: Reading, own: list[str]) -> Iterator[PageProblem]:
    """Files that nobody would ever show."""
    ours = sorted(str(file.relative_to(OURS)) for file in OURS.rglob("*.html"))
    wanted = {named for name in own for named in reading.named_by(name)}
    for name in own:
        if name not in ours and name not in wanted:
            reason = "stands in for no template of ours, and none of yours names it"
            yield PageProblem(file=name, line=0, reason=reason, mend=f"Ours are: {', '.join(ours)}.")


def _incomplete(reading: Reading, own: list[str]) -> Iterator[PageProblem]:
    """Parts in place of ours from which our pages would import in vain."""
    for name in own:
        lacking = reading.macros(f"ours/{name}") - reading.macros(name) if (OURS / name).is_file() else frozenset[str]()
        if lacking:
            reason = f"lacks what pages import from ours: {', '.join(sorted(lacking))}"
            yield PageProblem(file=name, line=0, reason=reason, mend="Copy these macros from ours.")


def _shown(environment: "jinja2.Environment", reading: Reading, own: list[str]) -> Iterator[PageProblem]:
    for page in pages():
        texts: list[str] = []
        for values in occasions(page):
            try:
                texts.append(environment.get_template(page).render({"language": "en", **values}))
            except Exception as error:  # an expression of the operator's may raise anything
                yield _raised(error, page, own)
        if len(texts) == len(occasions(page)):
            line = reading.replaced(page) if page in own else 0
            for reason in missing_in(page, texts):
                yield PageProblem(file=page, line=line, reason=reason, mend=MEND)


def _raised(error: Exception, page: str, own: list[str]) -> PageProblem:
    """At the operator's own line, where one is to blame."""
    reason = str(error).partition("\n")[0] or type(error).__name__
    for frame in reversed(extract_tb(error.__traceback__)):
        name = next((name for name in own if frame.filename.endswith(f"/{name}")), None)
        if name is not None and not Path(frame.filename).is_relative_to(OURS):
            return PageProblem(file=name, line=frame.lineno or 0, reason=reason, mend=MEND)
    return PageProblem(file=page, line=0, reason=reason, mend=MEND)
