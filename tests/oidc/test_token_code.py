"""Redeeming an authorization code (RFC 6749 §4.1.3, §4.1.4; RFC 7636 §4.5, §4.6; row 95)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.core.events import EventName
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import SECRET, Person, add_client, bought, change_client
from tests.oidc.redeeming import App, basic, header_of, recorded


async def test_a_code_buys_an_access_token_an_id_token_and_a_refresh_token(jane: Person, client: App) -> None:
    """RFC 6749 §5.1, OIDC Core §3.1.3.3."""
    told = await client.redeem((await jane.ask(scope="openid offline_access")).code)

    assert told.status == 200
    assert set(told.body) == {"access_token", "token_type", "expires_in", "scope", "refresh_token", "id_token"}
    assert (told.body["token_type"], told.body["expires_in"]) == ("Bearer", 600)
    assert told.body["scope"] == "openid offline_access"
    assert told.response.headers["cache-control"] == "no-store"
    assert told.response.headers["pragma"] == "no-cache"


async def test_the_access_token_says_what_rfc_9068_wants(jane: Person, client: App, account: Account) -> None:
    """RFC 9068 §2.1, §2.2."""
    told = await client.redeem((await jane.ask()).code)

    claims, now = told.claims, int(client.op.clock.now().timestamp())
    assert header_of(told.access_token) == {"alg": "ES256", "typ": "at+jwt", "kid": header_of(told.access_token)["kid"]}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == f"{ISSUER}/oauth2/userinfo"
    assert (claims["sub"], claims["client_id"], claims["scope"]) == (account.id, "app", "openid")
    assert (claims["iat"], claims["exp"]) == (now, now + 600)
    assert (claims["auth_time"], claims["amr"]) == (now - 60, ["pwd"])
    assert claims["jti"]
    assert claims["gid"]


async def test_two_access_tokens_of_one_second_differ(jane: Person, client: App) -> None:
    """Performance, advice 7."""
    one = await client.redeem((await jane.ask()).code)
    two = await client.refresh(one.refresh_token)

    assert one.access_token != two.access_token
    assert one.claims["jti"] != two.claims["jti"]


async def test_no_token_names_our_session(jane: Person, client: App) -> None:
    """`sid` is the client's own name for it: another client gets another one."""
    await add_client(client.op, "other")
    other = App(client.op, client.browser, client_id="other")

    mine = await client.redeem((await jane.ask()).code)
    theirs = await other.redeem((await jane.ask(client_id="other")).code)

    assert jane.session is not None
    names = {jane.session.id, mine.claims["sid"], theirs.claims["sid"]}
    assert len(names) == 3
    assert mine.claims["sid"] == mine.id_claims["sid"]


async def test_a_client_without_the_refresh_grant_gets_no_refresh_token(op: TestProvider, jane: Person) -> None:
    await add_client(op, grant_types=("authorization_code",))
    async with op.browser() as browser:
        told = await App(op, browser).redeem((await jane.ask(scope="openid offline_access")).code)

    assert told.status == 200
    assert "refresh_token" not in told.body


async def test_without_openid_there_is_no_id_token(op: TestProvider, jane: Person, client: App) -> None:
    told = await client.redeem((await jane.ask(scope="email")).code)

    assert told.status == 200
    assert "id_token" not in told.body


async def test_a_code_redeemed_twice_ends_everything_it_bought(jane: Person, client: App) -> None:
    """RFC 6749 §4.1.2: committed although the answer is a refusal."""
    code = (await jane.ask(scope="openid offline_access")).code
    told = await client.redeem(code)
    assert (await client.userinfo(told.access_token)).status_code == 200

    again = await client.redeem(code)

    assert (again.status, again.error) == (400, "invalid_grant")
    assert (await client.userinfo(told.access_token)).status_code == 401
    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"
    assert await recorded(client.op, EventName.CODE_REPLAYED) == 1


async def test_a_code_redeemed_again_after_its_life_ends_it_too(jane: Person, client: App) -> None:
    """oidcc-codereuse-30seconds, and later still."""
    code = (await jane.ask()).code
    told = await client.redeem(code)
    client.op.clock.advance(timedelta(seconds=90))

    assert (await client.redeem(code)).error == "invalid_grant"

    assert (await client.userinfo(told.access_token)).status_code == 401


async def test_a_code_lives_for_a_minute(jane: Person, client: App) -> None:
    """FAPI 2.0 §5.3.2.1; row 95."""
    code = (await jane.ask()).code
    client.op.clock.advance(timedelta(seconds=60))

    told = await client.redeem(code)

    assert told.error == "invalid_grant"
    assert await recorded(client.op, EventName.CODE_REPLAYED) == 0


@pytest.mark.parametrize(
    "form",
    [
        {"redirect_uri": "https://app.example.com/other"},
        {"redirect_uri": None},
        {"code_verifier": "a" * 43},
        {"code_verifier": None},
        {"code_verifier": "short"},
    ],
)
async def test_a_wrong_address_or_verifier_is_refused_and_burns_no_code(
    jane: Person, client: App, form: dict[str, str | None]
) -> None:
    """RFC 6749 §4.1.3, RFC 7636 §4.6: judged before it is claimed."""
    code = (await jane.ask()).code

    refused = await client.redeem(code, **form)

    assert refused.status == 400
    assert refused.error in {"invalid_grant", "invalid_request"}
    assert (await client.redeem(code)).status == 200


@pytest.mark.parametrize("verifier", ["a" * 43, None])
async def test_a_missing_verifier_is_told_as_a_wrong_one_is(jane: Person, client: App, verifier: str | None) -> None:
    """RFC 7636 §4.6; fapi2-security-profile-final-ensure-pkce-code-verifier-required and -incorrect-…-rejected."""
    code = (await jane.ask()).code

    assert (await client.redeem(code, code_verifier=verifier)).error == "invalid_grant"


async def test_an_address_that_was_not_named_need_not_be_repeated(jane: Person, client: App) -> None:
    """RFC 6749 §4.1.3: only if it was included."""
    code = (await jane.ask(redirect_uri=None, scope="email")).code

    assert (await client.redeem(code, redirect_uri=None)).status == 200


async def test_a_verifier_without_a_challenge_is_refused(jane: Person, client: App) -> None:
    """RFC 9700 §4.8.2: a downgrade, or an injected code (row 96)."""
    code = (await jane.ask(code_challenge=None, code_challenge_method=None)).code

    assert (await client.redeem(code)).error in {"invalid_grant", "invalid_request"}

    assert (await client.redeem(code, code_verifier=None)).status == 200


async def test_anothers_code_is_refused_and_stays_good(jane: Person, client: App) -> None:
    """Pocket ID CVE-2026-28513; FAPI: ensure-authorization-code-is-bound-to-client."""
    await add_client(client.op, "thief")
    code = (await jane.ask()).code

    stolen = await App(client.op, client.browser, client_id="thief").redeem(code)

    assert stolen.error == "invalid_grant"
    assert (await client.redeem(code)).status == 200


async def test_another_client_cannot_end_what_a_code_bought(jane: Person, client: App) -> None:
    await add_client(client.op, "spoiler")
    code = (await jane.ask()).code
    told = await client.redeem(code)

    await App(client.op, client.browser, client_id="spoiler").redeem(code)

    assert (await client.userinfo(told.access_token)).status_code == 200


@pytest.mark.parametrize("code", ["", "unknown", "ü", "a" * 3000])
async def test_what_is_no_code_is_refused(client: App, code: str) -> None:
    told = await client.redeem(code)

    assert told.status == 400
    assert told.error in {"invalid_grant", "invalid_request"}


async def test_a_code_dies_with_the_session(jane: Person, client: App) -> None:
    """Row 98."""
    code = (await jane.ask()).code
    session = jane.session
    assert session is not None
    await client.op.provider.store.transact(lambda work: work.sessions.revoke(session.id, client.op.clock.now()))

    assert (await client.redeem(code)).error == "invalid_grant"


async def test_a_code_dies_with_the_account(jane: Person, client: App, account: Account) -> None:
    """Row 98."""
    code = (await jane.ask()).code
    disabled = replace(account, disabled_at=client.op.clock.now())
    await client.op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await client.redeem(code)).error == "invalid_grant"


async def test_a_code_dies_with_its_grant(jane: Person, client: App) -> None:
    code = (await jane.ask()).code
    _, grant = await bought(client.op, code)
    await client.op.provider.store.transact(lambda work: work.oauth.grants.revoke(grant.id, client.op.clock.now()))

    assert (await client.redeem(code)).error == "invalid_grant"


async def test_a_scope_that_the_client_lost_is_not_granted_any_more(jane: Person, client: App, app: Client) -> None:
    """Row 97: allow-lists are looked at again."""
    code = (await jane.ask(scope="openid email profile")).code
    await change_client(client.op, replace(app, metadata=replace(app.metadata, scope=("openid", "email"))))

    told = await client.redeem(code)

    assert told.body["scope"] == "openid email"


async def test_a_grant_type_that_is_not_registered_is_refused(op: TestProvider, jane: Person) -> None:
    """RFC 6749 §5.2 (row 97)."""
    await add_client(op, grant_types=("client_credentials",))
    async with op.browser() as browser:
        told = await App(op, browser).redeem("any")

    assert (told.status, told.error) == (400, "unauthorized_client")


@pytest.mark.parametrize(
    "grant_type", ["password", "implicit", "urn:example:unknown", "urn:ietf:params:oauth:grant-type:token-exchange"]
)
async def test_an_unknown_grant_type_is_refused(client: App, grant_type: str) -> None:
    """RFC 6749 §5.2; row 104; token exchange is off by default."""
    assert (await client.ask(grant_type)).error == "unsupported_grant_type"


async def test_a_request_without_a_grant_type_is_refused(client: App) -> None:
    told = await client.post({"authorization": basic("app", SECRET)})

    assert (told.status, told.error) == (400, "invalid_request")


async def test_a_parameter_given_twice_is_refused(jane: Person, client: App) -> None:
    """RFC 6749 §3.2 (row 99, Keycloak CVE-2026-9689)."""
    body = f"grant_type=authorization_code&code={(await jane.ask()).code}&code=other"
    headers = {"content-type": "application/x-www-form-urlencoded", "authorization": basic("app", SECRET)}

    answer = await client.browser.post("/oauth2/token", content=body, headers=headers)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (b'{"grant_type": "authorization_code"}', "application/json"),
        (b"grant_type=x", "text/plain"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"a=%00", "application/x-www-form-urlencoded"),
        (b"\xff=a", "application/x-www-form-urlencoded"),
        (b"&".join(b"a%d=b" % number for number in range(101)), "application/x-www-form-urlencoded"),
    ],
)
async def test_what_is_no_form_is_refused(client: App, content: bytes, media_type: str) -> None:
    answer = await client.browser.post("/oauth2/token", content=content, headers={"content-type": media_type})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_get_is_no_token_request(client: App) -> None:
    """RFC 6749 §3.2: POST, and nothing is looked up in a query."""
    assert (await client.browser.get("/oauth2/token?grant_type=authorization_code")).status_code in {404, 405}


async def test_a_script_of_any_origin_may_ask_but_without_cookies(client: App) -> None:
    """Demands, real clients 11."""
    answer = await client.browser.post("/oauth2/token", data={"a": "b"}, headers={"origin": "https://spa.example"})

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_no_refusal_repeats_what_was_sent(jane: Person, client: App) -> None:
    """Rows 103, 133."""
    told = await client.redeem("c0de-that-is-wrong", code_verifier="v" * 43)

    assert "c0de" not in told.response.text
    assert "vvvv" not in told.response.text
