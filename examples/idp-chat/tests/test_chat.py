"""The chat plugin, by the suites that idp ships, against a webhook on loopback."""

import json
from collections.abc import Callable, Iterator, Sequence
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from idp_chat import Chat, ChatSettings
from pydantic import SecretStr

from idp.sdk import Message, SenderFailed
from idp.testing.conformance import CodeChannelConformance, SenderConformance
from idp.testing.context import account_view, message, plugin_context


class Webhook:
    """What was posted, and what is answered."""

    def __init__(self) -> None:
        self.posts: list[dict[str, str]] = []
        self.status = 200
        self.url = ""


@pytest.fixture
def webhook() -> Iterator[Webhook]:
    webhook = Webhook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            webhook.posts.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(webhook.status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *args: Any) -> None: ...

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        webhook.url = f"http://127.0.0.1:{server.server_port}/hooks/secret"
        thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield webhook
        server.shutdown()
        thread.join()


def chat(url: str) -> Chat:
    return Chat(ChatSettings(webhook_url=SecretStr(url), domain="example.com"), plugin_context("chat"))


class TestChannel(CodeChannelConformance):
    @pytest.fixture
    def plugin(self) -> Chat:
        return chat("http://127.0.0.1:9/")

    @pytest.mark.parametrize("email", ["jane@example.org", "jane@sub.example.com", "jane@example.com.evil.org"])
    def test_who_is_not_of_the_company_is_not_in_its_chat(self, plugin: Chat, email: str) -> None:
        assert plugin.address(account_view(email=email)) is None

    def test_the_name_in_the_chat_is_the_one_before_the_at(self, plugin: Chat) -> None:
        assert plugin.address(account_view(email="jane@example.com")) == "@jane"


class TestSender(SenderConformance):
    @pytest.fixture
    def plugin(self, webhook: Webhook) -> Chat:
        return chat(webhook.url)

    @pytest.fixture
    def broken(self) -> Chat:
        return chat("http://127.0.0.1:9/")

    @pytest.fixture
    def carried(self) -> Message:
        return message(channel="chat", to="@jane")

    @pytest.fixture
    def delivered(self, webhook: Webhook) -> Callable[[], Sequence[str]]:
        return lambda: [post["text"] for post in webhook.posts]

    async def test_it_goes_to_the_person_alone(self, running: Chat, carried: Message, webhook: Webhook) -> None:
        await running.send(carried)

        assert [post["channel"] for post in webhook.posts] == ["@jane"]

    async def test_a_webhook_that_refuses_is_tried_again(
        self, running: Chat, carried: Message, webhook: Webhook
    ) -> None:
        webhook.status = 503

        with pytest.raises(SenderFailed, match="HTTP 503"):
            await running.send(carried)
