"""Text messages by Twilio's HTTP API."""

import ipaddress
from typing import Self
from urllib.parse import urlsplit

import httpx2
from pydantic import Field, SecretStr, field_validator, model_validator

from idp.sdk import Message, PluginSettings, Sender, SenderFailed

NO_SUCH_RECIPIENT = frozenset({21211, 21214, 21217, 21610, 21614})
"""Twilio's codes for numbers that are invalid, are no mobile ones, or have unsubscribed."""


class TwilioSettings(PluginSettings):
    account_sid: str = Field(pattern=r"^AC[0-9A-Za-z]{32}$")
    """The account (`AC…`)."""

    auth_token: SecretStr
    """The account's secret token."""

    sender: str | None = None
    """The number or name that messages are from; or else set `messaging_service_sid`."""

    messaging_service_sid: str | None = Field(default=None, pattern=r"^MG[0-9A-Za-z]{32}$")
    """The messaging service (`MG…`) that chooses the number."""

    base_url: str = "https://api.twilio.com"
    """Where the API is. Plain http is accepted on this machine only, for tests."""

    time_out_seconds: float = Field(default=10, gt=0, le=30)
    """How long one request may take."""

    @field_validator("base_url")
    @classmethod
    def _guarded(cls, base_url: str) -> str:
        parts = urlsplit(base_url)
        if parts.scheme != "https" and not (parts.scheme == "http" and _is_loopback(parts.hostname or "")):
            raise ValueError("must be an https address")
        return base_url.rstrip("/")

    @model_validator(mode="after")
    def _one_origin(self) -> Self:
        if (self.sender is None) == (self.messaging_service_sid is None):
            raise ValueError("set one of sender and messaging_service_sid")
        return self


class TwilioSender(Sender[TwilioSettings]):
    """Sends text messages by Twilio."""

    sdk_version = 1
    channel = "sms"
    time_out_seconds = 60  # the outbox waits, no person does

    async def start(self) -> None:
        settings = self.settings
        self._client = httpx2.AsyncClient(
            base_url=settings.base_url,
            auth=(settings.account_sid, settings.auth_token.get_secret_value()),
            timeout=settings.time_out_seconds,
            follow_redirects=False,
        )

    async def stop(self) -> None:
        await self._client.aclose()

    async def send(self, message: Message) -> None:
        settings = self.settings
        origin = (
            {"From": settings.sender}
            if settings.sender
            else {"MessagingServiceSid": settings.messaging_service_sid or ""}
        )
        try:
            answer = await self._client.post(
                f"/2010-04-01/Accounts/{settings.account_sid}/Messages.json",
                data={"To": message.to, "Body": message.text, **origin},
            )
        except httpx2.HTTPError as error:
            raise SenderFailed(type(error).__name__) from None
        if answer.status_code != httpx2.codes.CREATED:
            raise _failure(answer)


def _failure(answer: httpx2.Response) -> SenderFailed:
    """Status and code; never the text, which quotes the number."""
    try:
        code = answer.json()["code"]
    except (ValueError, TypeError, KeyError):
        code = None
    reason = f"HTTP {answer.status_code}" + (f", code {code}" if isinstance(code, int) else "")
    return SenderFailed(reason, permanent=code in NO_SUCH_RECIPIENT)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
