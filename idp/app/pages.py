"""The operator's decisions about pages."""

from dataclasses import replace

from idp.config.pages import Branding as Said
from idp.config.problem import Problem
from idp.config.settings import Settings
from idp.web.pages.branding import Branding
from idp.web.pages.desk import PageSettings
from idp.web.pages.wording import Wording


def page_settings(settings: Settings) -> PageSettings:
    pages, usual = settings.pages, settings.branding
    return PageSettings(
        languages=settings.messages.languages,
        branding=replace(_branding(usual), name=usual.name or settings.messages.from_name),
        brandings={name: _branding(own.branding) for name, own in settings.jurisdictions.items()},
        templates=pages.templates,
        locale=pages.locale,
        sign_up=pages.sign_up,
    )


def page_problems(settings: Settings) -> list[Problem]:
    """What is wrong with the operator's own templates and texts; nothing is read where there are none."""
    folder, locale = settings.pages.templates, settings.pages.locale
    if folder is None and locale is None:
        return []
    from idp.web.pages.trial.pages import problems_with  # noqa: PLC0415 - the start of who has none pays nothing
    from idp.web.pages.trial.texts import problems_in  # noqa: PLC0415 - see above

    found = [("pages.locale", problem) for problem in (problems_in(locale) if locale else ())]
    if not found:
        wording = Wording(settings.messages.languages, locale)
        found = [("pages.templates", problem) for problem in problems_with(wording, folder)]
    return [Problem(key=key, reason=str(problem), mend=problem.mend) for key, problem in found]


def _branding(said: Said) -> Branding:
    return Branding(**{name: value for name, value in said.model_dump().items() if value is not None})
