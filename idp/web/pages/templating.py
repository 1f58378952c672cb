"""The pages' templates: everything is escaped, an operator's file stands in for ours of the same name."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from idp.web.pages import times
from idp.web.pages.wording import Wording

if TYPE_CHECKING:
    import jinja2

OURS = Path(__file__).parent / "templates"


class Templates:
    """Compiled on first use, once a language: a start pays for none of them, nor for Jinja2.

    An operator's folder is as trusted as the operator's config: a template is a program. What people wrote is escaped
    in both (row 103). A whole page of ours is `ours/…` to a template that extends it.
    """

    __slots__ = ("_environments", "_own", "_wording")

    def __init__(self, wording: Wording, own: Path | None = None) -> None:
        self._wording, self._own = wording, own
        self._environments: dict[str, jinja2.Environment] = {}

    def fill(self, template: str, language: str, values: Mapping[str, object]) -> str:
        return self.environment(language).get_template(template).render(values)

    def environment(self, language: str) -> "jinja2.Environment":
        if language not in self._environments:
            self._environments[language] = self._made(language)
        return self._environments[language]

    def _made(self, language: str) -> "jinja2.Environment":
        import jinja2  # noqa: PLC0415 - a tenth of a second

        ours = jinja2.FileSystemLoader(OURS)
        first = [jinja2.FileSystemLoader(self._own)] if self._own else []
        environment = jinja2.Environment(
            loader=jinja2.ChoiceLoader([*first, ours, jinja2.PrefixLoader({"ours": ours})]),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        catalogue = self._wording.catalogue(language)
        # the extension's own methods, which no type stub knows
        install = getattr(environment, "install_gettext_callables")  # noqa: B009 - the extension adds it, unknown to types
        install(catalogue.gettext, catalogue.ngettext, newstyle=True)
        environment.filters["moment"] = lambda moment: times.moment(moment, language)
        environment.filters["day"] = lambda moment: times.day(moment, language)
        environment.filters["ago"] = lambda moment, now: times.ago(moment, now, language)
        return environment
