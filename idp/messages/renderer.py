"""From a letter to a message: language, text and subject chosen, everything that people wrote kept harmless."""

import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from idp.core.ids import MessageId
from idp.core.message import Letter, Message
from idp.messages.texts import HTML, SHORT, SUBJECT, TEXT, compile_texts

MACHINE_READABLE = ("code", "token", "link")
MINUTES_SHOWN = 120


class MessageRenderer:
    """Renders in `languages`, the first being that of people whose own we do not speak.

    `service` is the name in texts to people of no jurisdiction. `overrides` is the operator's folder of templates,
    laid out like ours. `senders` are the mailboxes that mails of a jurisdiction are from, by its name.
    Mail gets subject, text and HTML; SMS a short text; any other channel subject and short text.
    """

    def __init__(
        self,
        *,
        languages: Sequence[str] = ("en",),
        service: str,
        overrides: Path | None = None,
        senders: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self._languages = tuple(languages)
        self._service = _one_line(service)
        self._senders = dict(senders)
        self._texts = compile_texts(self._languages, overrides)

    def render(self, letter: Letter, message_id: MessageId) -> Message:
        language = self._language_of(letter)
        values = self._values(letter, language)
        mail = letter.channel == "email"
        return Message(
            id=message_id,
            channel=letter.channel,
            to=letter.to,
            subject="" if letter.channel == "sms" else _one_line(self._fill(letter, language, SUBJECT, values)),
            text=self._text(letter, language, values, short=not mail),
            html=self._fill(letter, language, HTML, values) if mail else None,
            sender=self._senders.get(letter.jurisdiction or "") if mail else None,
            data={key: letter.data[key] for key in MACHINE_READABLE if key in letter.data},
        )

    def _language_of(self, letter: Letter) -> str:
        """`es` for `es-MX`; the first configured one for what we do not speak (from a fixed list, threat row 116)."""
        asked = (letter.language or "").lower().replace("_", "-")
        wanted = (asked, asked.partition("-")[0])
        return next((language for language in wanted if language in self._languages), self._languages[0])

    def _values(self, letter: Letter, language: str) -> Mapping[str, object]:
        written = {key: _one_line(value) for key, value in letter.data.items()}
        minutes = int(written.get("minutes") or 0)
        hours = int(written.get("hours") or 0)
        if minutes >= MINUTES_SHOWN and minutes % 60 == 0:
            hours = minutes // 60
        return {
            "name": "",
            "code": "",
            "token": "",
            "link": "",
            "confirmed": "",
            **written,
            "minutes": minutes,
            "hours": hours or None,
            "language": language,
            "jurisdiction": _one_line(letter.jurisdiction or "") or self._service,
        }

    def _text(self, letter: Letter, language: str, values: Mapping[str, object], *, short: bool) -> str:
        kind = SHORT if short and self._texts.find(language, letter.template, SHORT) else TEXT
        return _without_gaps(self._fill(letter, language, kind, values))

    def _fill(self, letter: Letter, language: str, kind: str, values: Mapping[str, object]) -> str:
        template = self._texts.find(language, letter.template, kind)
        if template is None:
            raise LookupError(f"no text for {letter.template}.{kind}")
        return template.render(values)


def _one_line(text: str) -> str:
    """Without control characters and line breaks: a name is no place for a header or a link (threat rows 103, 107)."""
    plain = "".join(" " if unicodedata.category(char) in ("Cc", "Cf", "Zl", "Zp", "Cs") else char for char in text)
    return " ".join(plain.split())


def _without_gaps(text: str) -> str:
    """Paragraphs left out leave no more than one empty line."""
    paragraphs = [paragraph.strip("\n") for paragraph in text.split("\n\n")]
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph.strip())
