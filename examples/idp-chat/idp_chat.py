"""A second factor by a direct message in the company's chat (incoming webhooks of Mattermost or Rocket.Chat)."""

import httpx2
from pydantic import SecretStr

from idp.sdk import AccountView, CodeChannel, Message, PluginSettings, Sender, SenderFailed


class ChatSettings(PluginSettings):
    webhook_url: SecretStr
    """The incoming webhook's address. Secret: whoever knows it can post."""

    domain: str
    """The e-mail domain whose people are in the chat, by the name before the @."""


class Chat(CodeChannel[ChatSettings], Sender[ChatSettings]):
    """Second factor by a code in a direct message of the company's chat."""

    sdk_version = 1
    method = "chat"
    channel = "chat"

    def address(self, account: AccountView) -> str | None:
        name, _, domain = account.email.rpartition("@")
        return f"@{name}" if account.email_proved and domain == self.settings.domain else None

    async def start(self) -> None:
        self.client = httpx2.AsyncClient(timeout=4)

    async def stop(self) -> None:
        await self.client.aclose()

    async def send(self, message: Message) -> None:
        url = self.settings.webhook_url.get_secret_value()
        try:
            answer = await self.client.post(url, json={"channel": message.to, "text": message.text})
        except httpx2.HTTPError as error:
            raise SenderFailed(type(error).__name__) from None
        if not answer.is_success:
            raise SenderFailed(f"HTTP {answer.status_code}")
