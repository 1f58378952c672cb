"""Flags for an app's OpenFeature SDK, over HTTP (OFREP 0.3)."""

from typing import Any

from tests.oidc.asking import Person
from tests.oidc.redeeming import App

FLAGS = "/ofrep/v1/evaluate/flags"


async def token(jane: Person, client: App, scope: str = "openid features") -> str:
    return (await client.redeem((await jane.ask(scope=scope)).code)).access_token


async def evaluate(client: App, path: str, access_token: str, body: Any = None, **headers: str) -> Any:
    sent = {"authorization": f"Bearer {access_token}", **headers}
    return await client.browser.post(path, json={"context": {}} if body is None else body, headers=sent)


async def test_one_flag_has_a_value_and_a_reason(jane: Person, client: App) -> None:
    answer = await evaluate(client, f"{FLAGS}/mfa", await token(jane, client))

    assert answer.json() == {"key": "mfa", "reason": "DEFAULT", "variant": "false", "value": False, "metadata": {}}


async def test_all_flags_come_with_an_etag(jane: Person, client: App) -> None:
    held = await token(jane, client)
    first = await evaluate(client, FLAGS, held)

    again = await evaluate(client, FLAGS, held, **{"if-none-match": first.headers["etag"]})

    assert {"mfa", "enableMfa"} <= {flag["key"] for flag in first.json()["flags"]}
    assert (again.status_code, again.content) == (304, b"")


async def test_an_unknown_flag_is_not_found(jane: Person, client: App) -> None:
    answer = await evaluate(client, f"{FLAGS}/nonsense", await token(jane, client))

    assert (answer.status_code, answer.json()) == (404, {"key": "nonsense", "errorCode": "FLAG_NOT_FOUND"})


async def test_a_body_that_cannot_be_read_is_a_parse_error(jane: Person, client: App) -> None:
    held = await token(jane, client)

    for path in (FLAGS, f"{FLAGS}/mfa"):
        answer = await evaluate(client, path, held, body={"context": []})
        assert (answer.status_code, answer.json()["errorCode"]) == (400, "PARSE_ERROR")


async def test_it_takes_the_scope(jane: Person, client: App) -> None:
    answer = await evaluate(client, FLAGS, await token(jane, client, "openid profile"))

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    assert 'scope="features"' in answer.headers["www-authenticate"]


async def test_a_page_of_another_origin_may_ask_whether_something_is_new(client: App) -> None:
    """`If-None-Match` is no header that scripts may send unasked; providers for browsers poll with it."""
    asked = {
        "origin": "https://app.example.com",
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type,if-none-match",
    }

    answer = await client.browser.options(FLAGS, headers=asked)

    allowed = answer.headers["access-control-allow-headers"].split(", ")
    assert set(asked["access-control-request-headers"].split(",")) <= set(allowed)
    assert {"etag", "retry-after"} <= set(answer.headers["access-control-expose-headers"].split(", "))


async def test_it_takes_a_token(client: App) -> None:
    answer = await client.browser.post(FLAGS, json={})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
