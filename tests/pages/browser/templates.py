"""Which of our templates are pages, and which of them a browser has open."""

from pathlib import Path

import jinja2
from jinja2 import meta
from playwright.async_api import Page

from idp.web.pages.templating import OURS

NAMED = """{{% extends "ours/{name}" %}}
{{% block head %}}{{{{ super() }}}}<meta name="template" content="{name}">{{% endblock %}}
"""
OPEN = "() => document.querySelector('meta[name=template]')?.content"


def pages() -> frozenset[str]:
    """All templates but those that others are made of."""
    environment = jinja2.Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    sources = {str(file.relative_to(OURS)): file.read_text() for file in OURS.rglob("*.html")}
    parts = {part for text in sources.values() for part in meta.find_referenced_templates(environment.parse(text))}
    return frozenset(sources.keys() - parts)


def name_themselves(folder: Path) -> Path:
    """An operator's templates: ours as they are, each of which says its name to whoever looks into its head."""
    for name in pages():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(NAMED.format(name=name))
    return folder


async def opened(page: Page) -> str | None:
    """The template of the open page; None where it is no page of ours."""
    name: str | None = await page.evaluate(OPEN)
    return name
