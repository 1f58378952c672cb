"""Mail by SMTP."""

import ipaddress
import ssl
import unicodedata
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal, Self

import aiosmtplib
from pydantic import Field, SecretStr, field_validator, model_validator

from idp.sdk import Message, PluginSettings, Sender, SenderFailed

PORTS = {"starttls": 587, "tls": 465, "none": 25}


class SmtpSettings(PluginSettings):
    host: str = Field(min_length=1)
    """The mail server's name; its certificate must be good for it."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """587 for starttls, 465 for tls, 25 for none, unless set."""

    security: Literal["starttls", "tls", "none"] = "starttls"
    """`starttls` or `tls`; `none` only for a server on this machine."""

    user: str | None = None
    """The name to sign in with, if the server wants one."""

    password: SecretStr | None = None
    """The password to sign in with."""

    sender: str | None = None
    """Who mails are from, `Example <no-reply@example.com>`; without it the address and name of `[messages]`."""

    ca_file: Path | None = None
    """Certificates (PEM) to trust in place of the system's."""

    time_out_seconds: float = Field(default=10, gt=0, le=30)
    """How long the server may take to connect, and to answer each command."""

    @field_validator("sender")
    @classmethod
    def _one_address(cls, sender: str | None) -> str | None:
        if sender is not None:
            mailbox(sender)
        return sender

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.security == "none" and not _is_loopback(self.host):
            raise ValueError("security = none is for a server on this machine only")
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        return self


class SmtpSender(Sender[SmtpSettings]):
    """Sends mail by an SMTP server."""

    sdk_version = 1
    channel = "email"
    time_out_seconds = 60  # the outbox waits, no person does

    async def start(self) -> None:
        settings = self.settings
        ca_file = str(settings.ca_file) if settings.ca_file else None
        self._tls = ssl.create_default_context(cafile=ca_file)
        self._tls.minimum_version = ssl.TLSVersion.TLSv1_2

    async def send(self, message: Message) -> None:
        settings = self.settings
        sender = self._sender_of(message)
        mail = self._mail(message, sender)
        try:
            await aiosmtplib.send(
                mail,
                sender=sender.addr_spec,
                recipients=[message.to],
                hostname=settings.host,
                port=settings.port or PORTS[settings.security],
                local_hostname=sender.domain,
                username=settings.user,
                password=settings.password.get_secret_value() if settings.password else None,
                timeout=settings.time_out_seconds,
                use_tls=settings.security == "tls",
                start_tls=settings.security == "starttls",
                tls_context=self._tls if settings.security != "none" else None,
            )
        except (aiosmtplib.SMTPException, OSError) as error:
            raise _failure(error) from None

    def _sender_of(self, message: Message) -> Address:
        try:
            if written := message.sender or self.settings.sender:
                return mailbox(written)
            return Address(self.context.data["from_name"], addr_spec=self.context.data["from_address"])
        except (ValueError, IndexError, KeyError):
            raise SenderFailed("nobody to send it from: set messages.from_address") from None

    def _mail(self, message: Message, sender: Address) -> EmailMessage:
        """Headers are set on an EmailMessage, never built from strings (CPython CVE-2024-6923, threat row 107)."""
        if _has_controls(message.to) or _has_controls(message.subject):
            raise SenderFailed("control characters in a header", permanent=True)
        mail = EmailMessage(policy=policy.SMTP)
        try:
            mail["To"] = Address(addr_spec=message.to)
            mail["From"] = sender
            mail["Subject"] = message.subject
            mail["Date"] = format_datetime(self.context.clock.now())
            mail["Message-ID"] = f"<{message.id}@{sender.domain}>"
        except (ValueError, IndexError):
            raise SenderFailed("not one address", permanent=True) from None
        mail["Auto-Submitted"] = "auto-generated"  # RFC 3834 §5
        mail.set_content(message.text)
        if message.html is not None:
            mail.add_alternative(message.html, subtype="html")
        return mail


def mailbox(text: str) -> Address:
    """One mailbox, `Name <local@domain>`. Raises ValueError."""
    name, address = parseaddr(text)
    if "@" not in address or _has_controls(text):
        raise ValueError("must be one address: Name <local@domain>")
    try:
        return Address(name, addr_spec=address)
    except IndexError:
        raise ValueError("must be one address: Name <local@domain>") from None


def _failure(error: Exception) -> SenderFailed:
    """Never the server's text: it quotes addresses."""
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=[refused, *_]):
            return SenderFailed(f"recipient refused with {refused.code}", permanent=refused.code // 100 == 5)
        case aiosmtplib.SMTPResponseException():
            return SenderFailed(f"{type(error).__name__}: the server answered {error.code}")
    return SenderFailed(type(error).__name__)


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(char) in ("Cc", "Zl", "Zp") for char in text)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
