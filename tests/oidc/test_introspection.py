"""Introspection and revocation (RFC 7662, RFC 9701, RFC 7009)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from idp.core.account import Account
from idp.core.client import Client, ClientTerms
from idp.core.session import Source
from idp.oauth.clients.administer import NewClient
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import SECRET, Person, add_client, change_client
from tests.oidc.redeeming import App, Told, header_of, jwks

INTROSPECT, REVOKE = "/oauth2/introspect", "/oauth2/revoke"


async def bought(jane: Person, client: App) -> Told:
    told = await client.redeem((await jane.ask(scope="openid offline_access")).code)
    assert told.status == 200, told.body
    return told


async def introspect(client: App, token: str | None, **headers: str) -> Told:
    own = client.authentication()
    return await client.send(INTROSPECT, {**own.headers, **headers}, token=token, **own.form)


async def revoke(client: App, token: str | None, **form: str) -> int:
    own = client.authentication()
    return (await client.send(REVOKE, own.headers, token=token, **own.form, **form)).status


async def test_a_live_access_token_is_described(jane: Person, client: App) -> None:
    """RFC 7662 §2.2."""
    told = await bought(jane, client)

    about = (await introspect(client, told.access_token)).body

    assert about["active"] is True
    assert (about["client_id"], about["token_type"], about["iss"]) == ("app", "Bearer", ISSUER)
    assert {"sub", "scope", "exp", "iat", "jti", "aud"} <= set(about)
    assert "gid" not in about


async def test_a_refresh_token_is_described_until_it_is_used(jane: Person, client: App) -> None:
    told = await bought(jane, client)
    assert (await introspect(client, told.refresh_token)).body["active"] is True

    await client.refresh(told.refresh_token)

    assert (await introspect(client, told.refresh_token)).body == {"active": False}


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "é", "x" * 5000])
async def test_what_is_no_token_is_not_active_and_no_error(client: App, token: str) -> None:
    """RFC 7662 §2.2."""
    about = await introspect(client, token)

    assert (about.status, about.body) == (200, {"active": False})


async def test_an_expired_token_is_not_active(op: TestProvider, jane: Person, client: App) -> None:
    told = await bought(jane, client)

    op.clock.advance(timedelta(minutes=11))

    assert (await introspect(client, told.access_token)).body == {"active": False}


async def test_another_clients_token_is_not_active(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 7662 §4: nobody fishes for others' tokens."""
    told = await bought(jane, client)
    await add_client(op, "other")

    assert (await introspect(App(op, client.browser, client_id="other"), told.access_token)).body == {"active": False}


async def test_a_cookies_token_is_none_of_ours(jane: Person, client: App) -> None:
    """Row 77."""
    assert (await introspect(client, jane.browser.cookies["access-token"])).body == {"active": False}


@pytest.mark.parametrize("client_id", ["bloom", ISSUER])
async def test_nor_is_it_for_a_client_of_the_name_that_it_carries(
    op: TestProvider, jane: Person, client: App, client_id: str
) -> None:
    """Row 77: the contract, as the client, and the issuer, as an audience."""
    await add_client(op, client_id, token_endpoint_auth_method="client_secret_post")
    named = App(op, client.browser, client_id=client_id, method="client_secret_post")

    assert (await introspect(named, jane.browser.cookies["access-token"])).body == {"active": False}


async def test_an_api_asks_about_the_tokens_for_it_and_no_others(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 7662 §1: a client whose id is what stands in `aud`, as an operator makes it."""
    api = "https://api.example.com"
    openid = op.provider.openid
    assert openid is not None
    await openid.administer_resources.create(api, ["read"], None)
    document = {"grant_types": ["client_credentials"], "token_endpoint_auth_method": "client_secret_post"}
    wanted = NewClient(document=document, terms=ClientTerms(), id=api, secret=SECRET)
    await openid.administer_clients.create(wanted, Source(address="", contract="cli"))
    named = App(op, client.browser, client_id=api, method="client_secret_post")

    meant = await client.redeem((await jane.ask(f"&resource={api}", scope="openid read")).code)
    assert (await introspect(named, meant.access_token)).body["active"] is True
    assert (await introspect(named, meant.refresh_token)).body == {"active": False}

    other = await bought(jane, client)
    assert (await introspect(named, other.access_token)).body == {"active": False}


async def test_with_the_session_its_tokens_are_not_active(op: TestProvider, jane: Person, client: App) -> None:
    """Row 98: what a resource server is told is what is true now."""
    told = await client.redeem((await jane.ask(scope="openid")).code)
    session = jane.session
    assert session is not None

    await op.provider.store.transact(lambda work: work.sessions.revoke(session.id, op.clock.now()))

    assert (await introspect(client, told.access_token)).body == {"active": False}
    assert (await introspect(client, told.refresh_token)).body == {"active": False}


async def test_a_disabled_accounts_tokens_are_not_active(
    op: TestProvider, jane: Person, client: App, account: Account
) -> None:
    """Rows 22, 98."""
    told = await bought(jane, client)

    disabled = replace(account, disabled_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await introspect(client, told.access_token)).body == {"active": False}
    assert (await introspect(client, told.refresh_token)).body == {"active": False}


async def test_the_caller_must_prove_itself(op: TestProvider, client: App) -> None:
    """RFC 7662 §2.1."""
    await add_client(op, "public", token_endpoint_auth_method="none")
    public = App(op, client.browser, client_id="public", method="none")

    assert (await introspect(public, "x")).error == "invalid_client"
    assert (await client.send(INTROSPECT, token="x")).error == "invalid_client"


async def test_the_token_is_required(client: App) -> None:
    assert (await introspect(client, None)).error == "invalid_request"


async def test_the_answer_can_be_signed(jane: Person, client: App) -> None:
    """RFC 9701 §5."""
    told = await bought(jane, client)

    answer = (await introspect(client, told.access_token, accept="application/token-introspection+jwt")).response

    keys = KeySet.import_key_set((await client.browser.get("/.well-known/jwks.json")).json())
    claims = jwt.decode(answer.text, keys, algorithms=["RS256"]).claims
    assert answer.headers["content-type"].startswith("application/token-introspection+jwt")
    assert header_of(answer.text)["typ"] == "token-introspection+jwt"
    assert (claims["iss"], claims["aud"]) == (ISSUER, "app")
    assert claims["token_introspection"]["active"] is True
    assert "sub" not in claims  # RFC 9701 §5: or it might pass for an access token


@pytest.mark.parametrize(
    ("alg", "enc"), [("RSA-OAEP-256", None), ("ECDH-ES", "A256GCM"), ("ECDH-ES+A128KW", "A128GCM")]
)
@pytest.mark.parametrize("accept", ["application/token-introspection+jwt", "application/json"])
async def test_the_answer_is_encrypted_where_that_was_registered(
    jane: Person, client: App, app: Client, alg: str, enc: str | None, accept: str
) -> None:
    """RFC 9701 §6: signed, then encrypted; A128CBC-HS256 without `enc`; whatever the caller accepts."""
    told = await bought(jane, client)
    key = RSAKey.generate_key(2048) if alg.startswith("RSA") else ECKey.generate_key("P-256")
    asked = replace(
        app.metadata,
        jwks=jwks(key, use="enc", kid="for-us"),
        introspection_encrypted_response_alg=alg,
        introspection_encrypted_response_enc=enc,
    )
    await change_client(client.op, replace(app, metadata=asked))

    answer = (await introspect(client, told.access_token, accept=accept)).response

    assert answer.headers["content-type"].startswith("application/token-introspection+jwt")
    header = header_of(answer.text)
    assert (header["alg"], header["enc"]) == (alg, enc or "A128CBC-HS256")
    assert (header["cty"], header["kid"]) == ("JWT", "for-us")
    opened = jwe.decrypt_compact(answer.text, key, algorithms=[alg, header["enc"]]).plaintext
    assert opened is not None
    keys = KeySet.import_key_set((await client.browser.get("/.well-known/jwks.json")).json())
    claims = jwt.decode(opened.decode(), keys, algorithms=["RS256"]).claims
    assert header_of(opened.decode())["typ"] == "token-introspection+jwt"
    assert (claims["iss"], claims["aud"], claims["token_introspection"]["active"]) == (ISSUER, "app", True)


async def test_without_a_key_to_encrypt_for_nothing_is_told(jane: Person, client: App, app: Client) -> None:
    told = await bought(jane, client)
    asked = replace(app.metadata, jwks={"keys": []}, introspection_encrypted_response_alg="ECDH-ES")
    await change_client(client.op, replace(app, metadata=asked))

    about = await introspect(client, told.access_token)

    assert (about.status, about.error) == (400, "invalid_request")


async def test_a_revoked_refresh_token_takes_all_it_bought_along(jane: Person, client: App) -> None:
    """RFC 7009 §2.1."""
    told = await bought(jane, client)

    assert await revoke(client, told.refresh_token) == 200

    assert (await client.refresh(told.refresh_token)).error == "invalid_grant"
    assert (await client.userinfo(told.access_token)).status_code == 401
    assert (await introspect(client, told.access_token)).body == {"active": False}


async def test_a_revoked_access_token_ends_alone(jane: Person, client: App) -> None:
    told = await bought(jane, client)

    assert await revoke(client, told.access_token, token_type_hint="refresh_token") == 200

    assert (await client.userinfo(told.access_token)).status_code == 401
    again = await client.refresh(told.refresh_token)
    assert again.status == 200
    assert (await client.userinfo(again.access_token)).status_code == 200


@pytest.mark.parametrize("token", ["nonsense", "a.b.c"])
async def test_revoking_what_is_no_token_succeeds(client: App, token: str) -> None:
    """RFC 7009 §2.2."""
    assert await revoke(client, token) == 200


async def test_a_client_revokes_its_own_tokens_only(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 7009 §2.1."""
    told = await bought(jane, client)
    await add_client(op, "other")
    other = App(op, client.browser, client_id="other")

    assert await revoke(other, told.refresh_token) == 400
    assert await revoke(other, told.access_token) == 400

    assert (await client.userinfo(told.access_token)).status_code == 200


async def test_a_public_client_revokes_by_its_name(op: TestProvider, jane: Person, client: App) -> None:
    """RFC 7009 §2.1."""
    await add_client(op, "public", token_endpoint_auth_method="none")
    public = App(op, client.browser, client_id="public", method="none")
    told = await public.redeem((await jane.ask(client_id="public", scope="openid")).code)

    assert await revoke(public, told.access_token) == 200

    assert (await client.userinfo(told.access_token)).status_code == 401
