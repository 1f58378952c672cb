"""What people read: the right words, in their language, and nothing that a stranger wrote into them."""

import itertools
from typing import Any

import pytest

from idp.core.ids import MessageId
from idp.core.message import Letter, Message, Template
from idp.messages.renderer import MessageRenderer

EVIL = 'Jane\r\nBcc: all@example.com <script>alert("x")</script>\x1b[2J'
DATA = {"code": "012345", "minutes": "10", "name": "Jane Doe", "confirmed": "yes"}
LINK = "https://app.example.com/users/confirm?token=T&x=1"


@pytest.fixture(scope="module")
def renderer() -> MessageRenderer:
    return MessageRenderer(languages=("en", "es"), service="Example", senders={"Bay Area": "Bay <bay@example.org>"})


def letter(template: Template = Template.SIGN_IN_CODE, **changes: Any) -> Letter:
    given: dict[str, Any] = {"channel": "email", "to": "jane@example.com", "jurisdiction": "Bay Area", "data": DATA}
    return Letter(template=template, **{**given, **changes})


def render(renderer: MessageRenderer, template: Template = Template.SIGN_IN_CODE, **changes: Any) -> Message:
    return renderer.render(letter(template, **changes), MessageId("m1"))


EVERY = list(itertools.product(Template, ("en", "es"), ("email", "sms", "push")))


@pytest.mark.parametrize(("template", "language", "channel"), EVERY)
def test_every_text_is_there_in_every_language_for_every_channel(
    renderer: MessageRenderer, template: Template, language: str, channel: str
) -> None:
    data = {**DATA, "token": "T", "link": LINK}

    message = render(renderer, template, language=language, channel=channel, data=data)

    assert (message.id, message.channel, message.to) == ("m1", channel, "jane@example.com")
    assert "Bay Area" in message.text
    assert "{" not in message.text
    assert bool(message.subject) is (channel != "sms")
    assert (message.html is not None) is (channel == "email")


def test_a_sign_in_code_is_announced_as_bloom_does(renderer: MessageRenderer) -> None:
    assert render(renderer).subject == "012345 is your secure Bay Area sign-in code"
    unconfirmed = render(renderer, data={**DATA, "confirmed": ""})
    assert unconfirmed.subject == "012345 is your secure Bay Area verification code"
    assert render(renderer, Template.MFA_CODE).subject == "012345 is your secure Bay Area sign-in code"


def test_a_text_message_is_one_short_line(renderer: MessageRenderer) -> None:
    message = render(renderer, Template.MFA_CODE, channel="sms")

    assert message.text == "012345 is your Bay Area sign-in code, good for 10 minutes. Never share it."
    assert message.subject == ""
    assert message.html is None


def test_a_channel_of_a_strangers_gets_subject_and_short_text(renderer: MessageRenderer) -> None:
    message = render(renderer, Template.MFA_CODE, channel="push")

    assert message.subject
    assert len(message.text.splitlines()) == 1


@pytest.mark.parametrize(
    ("language", "greeting"),
    [("es", "Hola"), ("es-MX", "Hola"), ("ES_mx", "Hola"), ("en", "Hello"), ("fr", "Hello"), (None, "Hello")],
)
def test_people_read_their_own_language_or_the_first(
    renderer: MessageRenderer, language: str | None, greeting: str
) -> None:
    assert render(renderer, language=language).text.startswith(greeting)


def test_the_first_language_is_the_operators_choice() -> None:
    assert render(MessageRenderer(languages=("es", "en"), service="X"), language="fr").text.startswith("Hola")


@pytest.mark.parametrize("language", ["../../secrets", "x" * 100_000, "\x00"])
def test_a_language_is_one_of_a_list(renderer: MessageRenderer, language: str) -> None:
    """Threat row 116."""
    assert render(renderer, language=language).text.startswith("Hello")


@pytest.mark.parametrize(
    ("minutes", "life"),
    [("1", "1 minute,"), ("10", "10 minutes,"), ("90", "90 minutes,"), ("120", "2 hours,"), ("1440", "24 hours,")],
)
def test_a_life_is_told_as_people_say_it(renderer: MessageRenderer, minutes: str, life: str) -> None:
    assert f"good for {life}" in render(renderer, data={**DATA, "minutes": minutes}).text


@pytest.mark.parametrize("template", [Template.CONFIRM_ACCOUNT, Template.RESET_PASSWORD, Template.CONFIRM_EMAIL])
def test_a_link_may_be_missing(renderer: MessageRenderer, template: Template) -> None:
    """No app to lead to: the text comes without one (Bloom: no appUrl)."""
    with_link = render(renderer, template, data={**DATA, "token": "T", "link": LINK})
    without = render(renderer, template, data={**DATA, "token": "T"})

    assert LINK in with_link.text
    assert "https://" not in without.text
    assert "\n\n\n" not in without.text
    assert "href" not in (without.html or "")


def test_a_link_is_a_link_in_html(renderer: MessageRenderer) -> None:
    html = render(renderer, Template.CONFIRM_ACCOUNT, data={**DATA, "token": "T", "link": LINK}).html or ""

    assert 'href="https://app.example.com/users/confirm?token=T&amp;x=1"' in html


@pytest.mark.parametrize(("template", "language", "channel"), EVERY)
def test_nobody_writes_headers_markup_or_control_characters(
    renderer: MessageRenderer, template: Template, language: str, channel: str
) -> None:
    """Threat rows 103 and 107: names, links and jurisdictions are somebody's words."""
    data = {**DATA, "name": EVIL, "code": EVIL, "token": EVIL, "link": EVIL}

    message = render(renderer, template, language=language, channel=channel, jurisdiction=EVIL, data=data)

    assert message.subject.isprintable()
    for text in (message.text, message.html or ""):
        assert "\r" not in text
        assert "\x1b" not in text
        assert "\nBcc:" not in text
    assert "<script" not in (message.html or "")
    assert 'alert("x")' not in (message.html or "")


def test_machines_read_code_token_and_link_and_no_more(renderer: MessageRenderer) -> None:
    message = render(renderer, data={**DATA, "token": "T", "link": LINK})

    assert message.data == {"code": "012345", "token": "T", "link": LINK}


def test_without_a_jurisdiction_the_service_has_a_name(renderer: MessageRenderer) -> None:
    assert render(renderer, jurisdiction=None).subject == "012345 is your secure Example sign-in code"


def test_a_jurisdiction_with_a_mailbox_writes_from_it(renderer: MessageRenderer) -> None:
    assert render(renderer).sender == "Bay <bay@example.org>"
    assert render(renderer, jurisdiction="Elsewhere").sender is None
    assert render(renderer, channel="sms").sender is None


def test_a_name_may_be_missing(renderer: MessageRenderer) -> None:
    assert render(renderer, data={"code": "1", "minutes": "10"}).text.startswith("Hello,\n")
