"""An operator's catalogues: whether each can be read, and names nothing that our texts do not fill in."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from idp.web.pages.trial.reading import PageProblem

MEND = "Mend the text, or take it out: ours then stands in."


_FILLED_IN = re.compile(r"%\((\w+)\)s")
_LONE = re.compile(r"%(?!\(\w+\)s)")
"""Python would take what follows for a format."""


def problems_in(folder: Path) -> Iterator[PageProblem]:
    from babel.messages.pofile import PoFileError, read_po  # noqa: PLC0415 - a start does not pay for it

    for file in sorted(folder.glob("*.po")):
        try:
            with file.open("rb") as source:
                catalogue = read_po(source, abort_invalid=True)
        except (PoFileError, ValueError) as error:
            line = getattr(error, "lineno", 0)
            yield PageProblem(file=file.name, line=line, reason=f"cannot be read: {error}", mend="Write it as gettext.")
            continue
        for message in catalogue:
            if message.id and (reason := _wrong(_forms(message.id), _forms(message.string))):
                yield PageProblem(file=file.name, line=message.lineno or 0, reason=reason, mend=MEND)


def _forms(text: str | Sequence[str] | None) -> tuple[str, ...]:
    """One, or singular and plural."""
    return (text,) if isinstance(text, str) else tuple(text or ())


def _wrong(originals: tuple[str, ...], forms: tuple[str, ...]) -> str:
    """Why a page would break that shows it, or ""."""
    known = {name for text in originals for name in _asked_by(text)}
    for text in forms:
        if _LONE.search(text.replace("%%", "")):
            return "holds a lone %: write %%"
        if strange := _asked_by(text) - known:
            return f"names {', '.join(sorted(strange))}, which is not filled in there"
    return ""


def _asked_by(text: str) -> set[str]:
    return set(_FILLED_IN.findall(text))
