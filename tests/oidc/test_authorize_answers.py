"""How the authorization endpoint answers: where to, in which mode, with what (RFC 6749 §4.1.2, RFC 9207)."""

from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import CALLBACK, CHALLENGE, Person, add_client, bought


async def test_a_code_goes_to_the_client_with_state_and_issuer(jane: Person, app: Client) -> None:
    """RFC 6749 §4.1.2, RFC 9207 §2."""
    answer = await jane.ask(state="af0ifjsldkj")

    assert answer.status == 303
    assert answer.location.startswith(f"{CALLBACK}?")
    assert answer.told.keys() == {"code", "state", "iss", "session_state"}
    assert (answer.told["state"], answer.told["iss"]) == ("af0ifjsldkj", ISSUER)


async def test_a_request_without_state_gets_an_answer_without_state(jane: Person, app: Client) -> None:
    assert (await jane.ask(state=None)).told.keys() == {"code", "iss", "session_state"}


@pytest.mark.parametrize("length", [1000, 4000])
async def test_long_state_is_echoed_whole(jane: Person, app: Client, length: int) -> None:
    """FAPI 2.0: never cut."""
    state = "s&=%+ é" * (length // 7)

    assert (await jane.ask(state=state)).told["state"] == state


async def test_a_long_nonce_is_kept_whole(op: TestProvider, jane: Person, app: Client) -> None:
    nonce = "n" * 1000

    answer = await jane.ask(nonce=nonce)

    _, grant = await bought(op, answer.code)
    assert grant.nonce == nonce


async def test_a_code_is_256_random_bits_of_which_no_copy_is_stored(
    op: TestProvider, jane: Person, app: Client
) -> None:
    codes = {(await jane.ask()).code for _ in range(3)}

    assert len(codes) == 3
    assert all(code is not None and len(code) == 43 for code in codes)
    database = (op.provider.settings.data / "idp.db").read_bytes()
    wal = (op.provider.settings.data / "idp.db-wal").read_bytes()
    assert not any(code and (code.encode() in database or code.encode() in wal) for code in codes)


async def test_a_code_lives_for_a_minute_and_knows_what_it_was_asked_with(
    op: TestProvider, jane: Person, app: Client, account: Account
) -> None:
    """Row 95: bound to client, redirect URI, challenge, person and session."""
    answer = await jane.ask(scope="openid email", nonce="n-0S6", dpop_jkt=CHALLENGE)

    kept, grant = await bought(op, answer.code)
    assert kept.expires_at - kept.issued_at == timedelta(seconds=60)
    assert (kept.client_id, kept.redirect_uri, kept.code_challenge) == ("app", CALLBACK, CHALLENGE)
    assert kept.dpop_jkt == CHALLENGE
    assert jane.session is not None
    assert (grant.account_id, grant.subject, grant.session_id) == (account.id, account.id, jane.session.id)
    assert (grant.scope, grant.nonce, grant.methods) == (("openid", "email"), "n-0S6", ("pwd",))
    assert grant.authenticated_at == jane.session.authenticated_at


async def test_an_answer_in_the_fragment(jane: Person, app: Client) -> None:
    answer = await jane.ask(response_mode="fragment")

    assert answer.location.startswith(f"{CALLBACK}#code=")
    assert answer.told.keys() == {"code", "state", "iss", "session_state"}


async def test_an_answer_in_a_form_that_posts_itself(jane: Person, app: Client) -> None:
    """OAuth 2.0 Form Post Response Mode §2: with a button for browsers without script."""
    answer = await jane.ask(response_mode="form_post", state='"><script>alert(1)</script>')

    page = answer.response.text
    assert answer.status == 200
    assert answer.told.keys() == {"code", "state", "iss", "session_state"}
    assert answer.told["state"] == '"><script>alert(1)</script>'
    assert f'<form id="answer" method="post" action="{CALLBACK}">' in page
    assert '<button id="go-on" type="submit">' in page
    assert "alert(1)</script>" not in page
    assert answer.response.headers["cache-control"] == "no-store"


async def test_an_answer_to_another_sites_form_gives_no_cookie(jane: Person, app: Client) -> None:
    """It brings none of ours (SameSite=Lax): a new one would end what is open in the browser's other tabs."""
    jane.browser.cookies.clear()

    answer = await jane.post(response_mode="form_post", prompt="none", scope="nobody-knows")
    refused = await jane.post(redirect_uri="https://evil.example")

    assert (answer.status, refused.status) == (200, 400)
    assert "set-cookie" not in answer.response.headers
    assert "set-cookie" not in refused.response.headers


async def test_the_form_may_run_one_script_of_ours_and_post_to_the_client(jane: Person, app: Client) -> None:
    """Rows 94, 103."""
    answer = await jane.ask(response_mode="form_post")

    policy = answer.response.headers["content-security-policy"].split("; ")
    assert {"default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"} < set(policy)
    assert "form-action 'self' https: https://app.example.com" in policy
    script = await jane.browser.get("/oauth2/form_post.js")
    assert (script.status_code, script.text) == (200, 'document.getElementById("answer").submit();\n')
    assert script.headers["content-type"].startswith("text/javascript")


async def test_the_query_of_a_redirect_uri_stays_as_it_is(op: TestProvider, jane: Person) -> None:
    """RFC 6749 §3.1.2."""
    uri = f"{CALLBACK}?tenant=a%20b&x=%C3%A9"
    await add_client(op, redirect_uris=(uri,))

    answer = await jane.ask(redirect_uri=uri)

    assert answer.location.startswith(f"{uri}&code=")


async def test_errors_travel_as_codes_do(jane: Person, app: Client) -> None:
    """RFC 6749 §4.1.2.1, in the resolved mode."""
    plain = await jane.ask(scope="nobody-knows")
    fragment = await jane.ask(scope="nobody-knows", response_mode="fragment")
    form = await jane.ask(scope="nobody-knows", response_mode="form_post")

    assert plain.told.keys() == fragment.told.keys() == form.told.keys()
    assert plain.told.keys() == {"error", "error_description", "state", "iss"}
    assert {plain.error, fragment.error, form.error} == {"invalid_scope"}
    assert "#" in fragment.location
    assert form.status == 200


async def test_an_unknown_response_mode_is_told_in_the_usual_one(jane: Person, app: Client) -> None:
    answer = await jane.ask(response_mode="carrier_pigeon")

    assert answer.location.startswith(f"{CALLBACK}?error=invalid_request")


@pytest.mark.parametrize("response_type", ["token", "id_token", "code id_token", "code token", "none", "CODE"])
async def test_only_codes_are_given(jane: Person, app: Client, response_type: str) -> None:
    """Row 104: there is no implicit grant and no hybrid flow."""
    answer = await jane.ask(response_type=response_type)

    assert answer.location.startswith(f"{CALLBACK}?")
    assert answer.error == "unsupported_response_type"


async def test_a_missing_response_type_is_an_invalid_request(jane: Person, app: Client) -> None:
    assert (await jane.ask(response_type=None)).error == "invalid_request"


@pytest.mark.parametrize("metadata", [{"grant_types": ("client_credentials",)}, {"response_types": ()}])
async def test_a_client_without_the_code_grant_gets_none(
    op: TestProvider, jane: Person, metadata: dict[str, Any]
) -> None:
    """Row 97."""
    await add_client(op, **metadata)

    assert (await jane.ask()).error == "unauthorized_client"


async def test_a_posted_request_is_answered_after_a_way_round_by_get(jane: Person, app: Client) -> None:
    """OIDC Core §3.1.2.1: both methods. By GET come the cookies, which another site's form does not bring."""
    sent = await jane.post()

    assert sent.status == 303
    assert sent.location.startswith("/oauth2/authorize?client_id=app&request_uri=urn")
    answer = await jane.browser.get(sent.location)
    assert "code=" in answer.headers["location"]
    assert "state=af0ifjsldkj" in answer.headers["location"]


async def test_a_posted_request_is_good_for_one_answer(jane: Person, app: Client) -> None:
    sent = await jane.post()

    first, second = [await jane.browser.get(sent.location) for _ in range(2)]

    assert "code=" in first.headers["location"]
    assert second.status_code == 400


async def test_a_pushed_request_may_be_posted_by_name(jane: Person, app: Client) -> None:
    first = await jane.post()
    name = dict(parse_qsl(urlsplit(first.location).query))["request_uri"]

    again = await jane.post(request_uri=name)

    assert again.location == first.location


async def test_what_is_wrong_with_a_posted_request_is_told_at_once(jane: Person, app: Client) -> None:
    assert (await jane.post(scope="nobody-knows")).error == "invalid_scope"
    assert (await jane.post(redirect_uri="https://evil.example")).error_page == "invalid_request"


async def test_a_body_that_is_no_form_is_refused(jane: Person, app: Client) -> None:
    answer = await jane.browser.post("/oauth2/authorize", json={"client_id": "app"})

    assert answer.status_code == 400
    assert 'id="error"' in answer.text


async def test_answers_may_go_through_a_popup_and_are_never_stored(jane: Person, app: Client) -> None:
    """`display=popup`: the window that opened it would lose it behind a same-origin policy."""
    headers = (await jane.ask(display="popup")).response.headers

    assert headers["cross-origin-opener-policy"] == "unsafe-none"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_request_that_is_too_large_is_not_read(jane: Person, app: Client) -> None:
    assert (await jane.post(x="x" * 65536)).status == 413


@pytest.mark.parametrize("origin", ["https://evil.example", "https://app.example.com", "http://localhost:3100"])
async def test_no_script_reads_an_answer_or_a_page(stranger: Person, app: Client, origin: str) -> None:
    """No CORS here, not for those either who may call the cookie endpoints: a form's token is on the pages."""
    asked = await stranger.ask()
    paths = [
        "/oauth2/authorize?client_id=app",
        asked.location,
        f"/oauth2/authorize/{asked.location.rpartition('/')[2]}",
    ]

    answers = [await stranger.browser.get(path, headers={"Origin": origin}) for path in paths]
    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    answers.append(await stranger.browser.options(asked.location, headers=preflight))

    assert all("access-control-allow-origin" not in answer.headers for answer in answers)


async def test_head_does_not_act(op: TestProvider, jane: Person, app: Client) -> None:
    """Row 8."""
    answer = await jane.browser.head("/oauth2/authorize?client_id=app&redirect_uri=x")

    assert answer.status_code == 404
