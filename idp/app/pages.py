"""The operator's decisions about pages."""

from dataclasses import replace

from idp.config.pages import Branding as Said
from idp.config.settings import Settings
from idp.web.pages.branding import Branding
from idp.web.pages.desk import PageSettings


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


def _branding(said: Said) -> Branding:
    return Branding(**{name: value for name, value in said.model_dump().items() if value is not None})
