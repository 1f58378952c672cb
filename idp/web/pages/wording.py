"""Texts for people: which language, and the catalogue that holds it.

Source and key of every text is its English wording in a template. A catalogue is a `.po` file, read when the first page
in its language is shown; an operator's own comes before ours, text by text, and may bring a language that we lack.
"""

import gettext
from collections.abc import Iterable, Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path

OURS = Path(__file__).parent / "locale"
SOURCE = "en"
LONGEST_HEADER = 256
MOST_WISHES = 16


class Wording:
    """`languages` are those the operator offers, the first for people whose own is not among them (row 116)."""

    __slots__ = ("_catalogues", "_folders", "languages")

    def __init__(self, languages: Sequence[str], own: Path | None = None) -> None:
        self.languages = tuple(languages) or (SOURCE,)
        self._folders = (own, OURS) if own else (OURS,)
        self._catalogues: dict[str, gettext.NullTranslations] = {}

    def choose(self, wishes: Iterable[str]) -> str:
        """`es` for `es-MX`; wishes in their order."""
        for wish in wishes:
            asked = wish.lower().replace("_", "-")
            for offered in self.languages:
                if offered.lower() in (asked, asked.partition("-")[0]):
                    return offered
        return self.languages[0]

    def catalogue(self, language: str) -> gettext.NullTranslations:
        if language not in self._catalogues:
            self._catalogues[language] = self._read(language)
        return self._catalogues[language]

    def _read(self, language: str) -> gettext.NullTranslations:
        names = dict.fromkeys((language.replace("-", "_"), language.partition("-")[0]))
        files = [folder / f"{name}.po" for folder in self._folders for name in names]
        found = [_compiled(file) for file in files if file.is_file()]
        for catalogue, next_one in pairwise(found):
            catalogue.add_fallback(next_one)
        return found[0] if found else gettext.NullTranslations()


def wishes_of(accept_language: str) -> list[str]:
    """The languages of an Accept-Language header, best first (RFC 9110 §12.5.4); what is malformed is left out."""
    weighed: list[tuple[float, str]] = []
    for part in accept_language[:LONGEST_HEADER].split(",")[:MOST_WISHES]:
        language, _, weight = part.strip().partition(";")
        try:
            quality = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if language and language != "*" and quality > 0:
            weighed.append((quality, language))
    return [language for _, language in sorted(weighed, key=lambda wish: -wish[0])]


def _compiled(file: Path) -> gettext.NullTranslations:
    """Through memory: the file that people edit is the file that is read, and none beside it can be stale."""
    from babel.messages import mofile, pofile  # noqa: PLC0415 - a start does not pay for it

    with file.open("rb") as source:
        catalogue = pofile.read_po(source, abort_invalid=True)
    compiled = BytesIO()
    mofile.write_mo(compiled, catalogue)
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
