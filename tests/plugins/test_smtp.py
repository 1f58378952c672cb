"""Mail, against a real SMTP server on loopback."""

import socket
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from idp.core.ids import MessageId
from idp.plugins.smtp import SmtpSender, SmtpSettings
from idp.sdk import SenderFailed
from idp.testing.conformance import SenderConformance
from idp.testing.context import message, plugin_context
from tests.plugins.mail_server import LOOPBACK, Letterbox, knows, make_certificate, serving

FROM = "Example <no-reply@example.com>"


@pytest.fixture
def letterbox() -> Letterbox:
    return Letterbox()


@pytest.fixture
def plain_port(letterbox: Letterbox) -> Iterator[int]:
    with serving(letterbox) as port:
        yield port


@asynccontextmanager
async def running(**settings: Any) -> AsyncIterator[SmtpSender]:
    given = SmtpSettings.model_validate({"host": LOOPBACK, "sender": FROM, "time_out_seconds": 2, **settings})
    sender = SmtpSender(given, plugin_context("smtp"))
    await sender.start()
    yield sender
    await sender.stop()


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        return int(unused.getsockname()[1])


class TestSmtpSender(SenderConformance):
    @pytest.fixture
    def plugin(self, plain_port: int) -> SmtpSender:
        settings = SmtpSettings(host=LOOPBACK, port=plain_port, security="none", sender=FROM)
        return SmtpSender(settings, plugin_context("smtp"))

    @pytest.fixture
    def broken(self) -> SmtpSender:
        settings = SmtpSettings(host=LOOPBACK, port=closed_port(), security="none", sender=FROM)
        return SmtpSender(settings, plugin_context("smtp"))

    @pytest.fixture
    def delivered(self, letterbox: Letterbox) -> Callable[[], Sequence[str]]:
        return lambda: [mail.get_body(("plain",)).get_content() for mail in letterbox.mails]  # type: ignore[union-attr]


async def test_a_mail_says_who_what_and_that_a_machine_wrote_it(letterbox: Letterbox, plain_port: int) -> None:
    async with running(port=plain_port, security="none") as sender:
        await sender.send(message(html="<p>483920</p>"))

    (mail,), (envelope,) = letterbox.mails, letterbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.com", ["jane@example.com"])
    assert (mail["From"], mail["To"]) == ("Example <no-reply@example.com>", "jane@example.com")
    assert mail["Subject"] == "483920 is your secure Example sign-in code"
    assert mail["Message-ID"] == f"<{message().id}@example.com>"
    assert mail["Date"].datetime == sender.context.clock.now()
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]


async def test_a_jurisdiction_writes_from_its_own_mailbox(letterbox: Letterbox, plain_port: int) -> None:
    async with running(port=plain_port, security="none") as sender:
        await sender.send(message(sender="Bay Area <bayarea@example.org>"))

    assert letterbox.mails[0]["From"] == "Bay Area <bayarea@example.org>"
    assert letterbox.envelopes[0].mail_from == "bayarea@example.org"


async def test_without_a_mailbox_of_its_own_it_takes_the_operators(letterbox: Letterbox, plain_port: int) -> None:
    settings = SmtpSettings(host=LOOPBACK, port=plain_port, security="none")
    data = {"from_address": "idp@example.net", "from_name": "The operator"}
    sender = SmtpSender(settings, plugin_context("smtp", data=data))
    await sender.start()

    await sender.send(message())

    assert letterbox.mails[0]["From"] == "The operator <idp@example.net>"


async def test_without_any_mailbox_nothing_is_sent() -> None:
    sender = SmtpSender(SmtpSettings(host=LOOPBACK, security="none"), plugin_context("smtp"))
    await sender.start()

    with pytest.raises(SenderFailed, match="nobody to send it from"):
        await sender.send(message())


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_it_encrypts_and_signs_in(letterbox: Letterbox, tmp_path: Path, security: str) -> None:
    ca_file, context = make_certificate(tmp_path)
    login = knows("idp", "s3cr3t")
    served = (
        {"tls_context": context, "require_starttls": True, "auth_required": True, "authenticator": login}
        if security == "starttls"
        else {"ssl_context": context, "auth_require_tls": False, "authenticator": login}
    )
    with serving(letterbox, **served) as port:
        async with running(port=port, security=security, ca_file=ca_file, user="idp", password="s3cr3t") as sender:
            await sender.send(message())
        async with running(port=port, security=security, ca_file=ca_file, user="idp", password="wrong") as sender:
            with pytest.raises(SenderFailed, match="SMTPAuthenticationError: the server answered 535"):
                await sender.send(message())

    assert len(letterbox.mails) == 1
    if security == "starttls":
        assert letterbox.was_encrypted == [True]


async def test_a_server_that_does_not_encrypt_gets_nothing(letterbox: Letterbox, plain_port: int) -> None:
    """A stripped STARTTLS must not send the code in the clear."""
    async with running(port=plain_port, security="starttls") as sender:
        with pytest.raises(SenderFailed):
            await sender.send(message())

    assert letterbox.mails == []


async def test_a_certificate_that_nobody_vouches_for_gets_nothing(letterbox: Letterbox, tmp_path: Path) -> None:
    _, context = make_certificate(tmp_path)
    with serving(letterbox, tls_context=context) as port:
        async with running(port=port, security="starttls") as sender:
            with pytest.raises(SenderFailed):
                await sender.send(message())

    assert letterbox.mails == []


async def test_a_certificate_for_another_host_gets_nothing(letterbox: Letterbox, tmp_path: Path) -> None:
    ca_file, context = make_certificate(tmp_path, "127.0.0.2")
    with serving(letterbox, tls_context=context) as port:
        async with running(port=port, security="starttls", ca_file=ca_file) as sender:
            with pytest.raises(SenderFailed):
                await sender.send(message())

    assert letterbox.mails == []


@pytest.mark.parametrize(
    "change",
    [
        {"subject": "Hello\r\nBcc: everybody@example.com"},
        {"subject": "Hello\nX: y"},
        {"subject": "Hello\u2028X: y"},
        {"to": "jane@example.com\r\nBcc: everybody@example.com"},
        {"to": "jane@example.com, everybody@example.com"},
        {"to": "Jane <jane@example.com>"},
        {"to": "jane"},
        {"to": ""},
        {"id": MessageId("1\r\nBcc: x")},
    ],
)
async def test_nobody_writes_headers_or_recipients_of_their_own(
    letterbox: Letterbox, plain_port: int, change: dict[str, str]
) -> None:
    """CPython CVE-2024-6923, Jakarta Mail CVE-2025-7962, threat rows 75 and 107."""
    async with running(port=plain_port, security="none") as sender:
        with pytest.raises(SenderFailed) as failure:
            await sender.send(message(**change))

    assert letterbox.mails == []
    assert failure.value.permanent
    assert str(failure.value) in ("control characters in a header", "not one address")
    if "subject" in change:
        assert str(failure.value) == "control characters in a header"


async def test_a_body_may_look_like_the_end_of_a_mail(letterbox: Letterbox, plain_port: int) -> None:
    text = "one\n.\nMAIL FROM:<x@example.com>\n..two\n"

    async with running(port=plain_port, security="none") as sender:
        await sender.send(message(text=text))

    body = letterbox.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().splitlines() == text.splitlines()
    assert len(letterbox.mails) == 1


async def test_a_refused_recipient_is_told_by_number_and_given_up(letterbox: Letterbox, plain_port: int) -> None:
    letterbox.refusals = {
        "nobody@example.com": "550 5.1.1 <nobody@example.com> unknown",
        "full@example.com": "452 4.2.2 <full@example.com> over quota",
    }
    async with running(port=plain_port, security="none") as sender:
        with pytest.raises(SenderFailed, match=r"^recipient refused with 550$") as unknown:
            await sender.send(message(to="nobody@example.com"))
        with pytest.raises(SenderFailed, match=r"^recipient refused with 452$") as later:
            await sender.send(message(to="full@example.com"))

    assert unknown.value.permanent
    assert not later.value.permanent


async def test_a_server_that_does_not_want_it_is_tried_again(letterbox: Letterbox, plain_port: int) -> None:
    letterbox.answer_to_data = "451 4.3.0 try jane@example.com later"

    async with running(port=plain_port, security="none") as sender:
        with pytest.raises(SenderFailed, match=r"^SMTPDataError: the server answered 451$") as failure:
            await sender.send(message())

    assert not failure.value.permanent


async def test_a_server_that_says_nothing_is_left() -> None:
    with socket.create_server((LOOPBACK, 0)) as silent:
        async with running(port=silent.getsockname()[1], security="none", time_out_seconds=0.1) as sender:
            with pytest.raises(SenderFailed, match="Timeout"):
                await sender.send(message())


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"host": "mail.example.com", "security": "none"}, "for a server on this machine only"),
        ({"host": "10.0.0.1", "security": "none"}, "for a server on this machine only"),
        ({"host": "mail.example.com", "user": "idp"}, "user and password go together"),
        ({"host": "mail.example.com", "sender": "nobody"}, "must be one address"),
        ({"host": "mail.example.com", "sender": "a@example.com\nBcc: b@example.com"}, "must be one address"),
        ({"host": "mail.example.com", "port": 0}, "greater than or equal to 1"),
        ({"host": "mail.example.com", "security": "maybe"}, "Input should be 'starttls', 'tls' or 'none'"),
    ],
)
def test_settings_that_are_no_good_are_refused(settings: dict[str, object], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        SmtpSettings.model_validate({"sender": FROM, **settings})


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "::1"])
def test_no_encryption_is_needed_on_this_machine(host: str) -> None:
    assert SmtpSettings(host=host, security="none").host == host
