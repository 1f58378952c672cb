"""Languages, and the catalogues that hold them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from idp.core.events import EventName
from idp.testing.provider import provider_at
from idp.web.pages.templating import Templates
from idp.web.pages.wording import Wording, wishes_of
from tests.pages.person import Person
from tests.pages.texts import TEMPLATE, catalogues, extracted, read, written

OWN = """
msgid ""
msgstr "Content-Type: text/plain; charset=utf-8\\n"

msgid "Sign in"
msgstr "{text}"
"""


def test_the_extracted_texts_are_the_templates_own() -> None:
    """`make texts` writes them anew."""
    assert TEMPLATE.read_bytes() == written(extracted())


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.stem)
def test_a_catalogue_holds_every_text_and_no_other(file: Path) -> None:
    wanted = {message.id for message in extracted() if message.id}

    held = {message.id: message for message in read(file) if message.id}

    assert set(held) == wanted
    assert not [name for name, message in held.items() if not message.string or message.fuzzy]


@pytest.mark.parametrize("file", catalogues(), ids=lambda file: file.stem)
def test_a_translation_names_what_the_text_names(file: Path) -> None:
    """Else a page breaks in one language only."""
    for message in read(file):
        assert names_in(str(message.string)) == names_in(str(message.id)) or not message.id, message.id


def names_in(text: str) -> set[str]:
    class Names(dict[str, str]):
        def __init__(self) -> None:
            super().__init__()
            self.seen: set[str] = set()

        def __missing__(self, name: str) -> str:
            self.seen.add(name)
            return ""

    names = Names()
    _ = text % names
    return names.seen


@pytest.mark.parametrize(
    ("wishes", "language"),
    [(["es"], "es"), (["es-MX"], "es"), (["de", "es_419"], "es"), (["de"], "en"), ([], "en"), (["EN-us"], "en")],
)
def test_the_first_wish_that_we_can_fulfil_decides(wishes: list[str], language: str) -> None:
    assert Wording(("en", "es")).choose(wishes) == language


@pytest.mark.parametrize(
    ("header", "wishes"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", ["es-MX", "es", "en"]),
        ("en;q=0.1, es", ["es", "en"]),
        ("*, en;q=0", []),
        ("en;q=x, es", ["es"]),
        ("", []),
        (",;,", []),
    ],
)
def test_accept_language_is_read_as_the_rfc_has_it(header: str, wishes: list[str]) -> None:
    assert wishes_of(header) == wishes


def test_a_long_header_is_cut_and_not_kept() -> None:
    """Row 116: nothing is cached by what a stranger asks for."""
    wording = Wording(("en",))

    assert len(wishes_of("x-" + "y," * 10_000)) <= 16
    assert wording.choose([f"l{n}" for n in range(1000)]) == "en"


async def test_an_operator_says_it_otherwise_and_adds_a_language(tmp_path: Path, template: Path) -> None:
    locale = tmp_path / "locale"
    locale.mkdir()
    (locale / "en.po").write_text(OWN.format(text="Log on"))
    (locale / "de.po").write_text(OWN.format(text="Anmelden"))
    languages: Mapping[str, object] = {"languages": ["en", "de"], "templates": _mails_in(tmp_path, "de")}
    settings: dict[str, Any] = {"pages": {"locale": locale}, "messages": languages}

    async with provider_at(tmp_path / "data", template=template, **settings) as idp, idp.browser() as browser:
        person = Person(browser)
        english = await person.open("/login", **{"accept-language": "en"})
        german = await person.open("/login", **{"accept-language": "de"})

    assert "<h1>Log on</h1>" in english.text
    assert "<h1>Anmelden</h1>" in german.text
    assert ">Password<" in german.text  # what is not in it is in ours


def _mails_in(folder: Path, language: str) -> Path:
    """Mails have to speak every language too: ours, under its name."""
    from idp.messages.texts import OURS

    mails = folder / "mails" / language
    mails.mkdir(parents=True)
    for file in (OURS / "en").iterdir():
        (mails / file.name).write_text(file.read_text())
    return folder / "mails"


NEVER_OF_ONE_ACCOUNT = {"account.deleted", "client.", "flag.", "keys.", "message.", "tenant."}


@pytest.mark.parametrize("name", [name.value for name in EventName])
def test_whatever_happens_to_an_account_is_told_in_words(name: str) -> None:
    """Not by the audit trail's own name for it."""
    templates = Templates(Wording(("es",)))
    macro = "{% from 'events.html' import event_words with context %}{{ event_words(name) }}"

    words = templates.environment("es").from_string(macro).render(name=name).strip()

    assert (words == name) == any(name.startswith(start) for start in NEVER_OF_ONE_ACCOUNT)
