"""What no request gets past, whichever path it asks for."""

from collections.abc import Iterator

import pytest
from starlette.types import Message

from idp.testing.provider import TestProvider


@pytest.mark.parametrize("path", ["/auth/login", "/api/auth/login"])
async def test_a_client_that_goes_away_in_the_middle_of_its_body_is_no_failure_of_ours(
    idp: TestProvider, capfd: pytest.CaptureFixture[str], path: str
) -> None:
    """Whoever hangs up could else fill the log with errors."""
    arriving: Iterator[Message] = iter(
        [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]
    )
    sent: list[Message] = []

    async def receive() -> Message:
        return next(arriving)

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": path, "query_string": b"", "headers": headers}
    await idp.provider.application(scope, receive, send)

    idp.provider.logs.flush()
    assert sent == []
    assert "request.failed" not in "".join(capfd.readouterr())
