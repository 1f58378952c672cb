"""The texts of the pages' templates, and their catalogues: `python -m tests.pages.texts` writes them anew."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from tests.house.project import TOP

PAGES = TOP / "idp" / "web" / "pages"
LOCALE = PAGES / "locale"
TEMPLATE = LOCALE / "pages.pot"
WHEN = datetime(2026, 1, 1, tzinfo=UTC)
"""A catalogue's date would change with every run, and tell nothing that git does not."""

OPTIONS = {"trimmed": "true", "newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}


def extracted() -> Catalog:
    """Every text, with the templates that use it."""
    catalogue = Catalog(project="idp", creation_date=WHEN, fuzzy=False, header_comment="# The texts of our pages.")
    found = extract_from_dir(
        PAGES / "templates", method_map=[("**.html", "jinja2")], options_map={"**.html": dict(OPTIONS)}
    )
    for file, _, message, comments, context in sorted(found):
        catalogue.add(message, locations=[(file, 0)], auto_comments=comments, context=context)
    return catalogue


def written(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=100, sort_output=True, include_lineno=False)
    return buffer.getvalue()


def read(file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=file.stem if file.suffix == ".po" else None)


def catalogues() -> list[Path]:
    return sorted(LOCALE.glob("*.po"))


def main() -> None:
    """The template as it is extracted; each catalogue with what is new in it, to be translated."""
    template = extracted()
    TEMPLATE.write_bytes(written(template))
    for file in catalogues():
        catalogue = read(file)
        catalogue.update(template, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        file.write_bytes(written(catalogue))


if __name__ == "__main__":
    main()
