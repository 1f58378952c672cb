"""Userinfo (OIDC Core §5.3, RFC 6750)."""

from dataclasses import replace
from typing import Any

import pytest
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Profile
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import USERINFO, App, Told, header_of, jwks


async def bought(jane: Person, client: App, scope: str = "openid profile email", **parameters: str) -> Told:
    told = await client.redeem((await jane.ask(scope=scope, **parameters)).code)
    assert told.status == 200, told.body
    return told


async def test_get_and_post_answer_the_same(jane: Person, client: App) -> None:
    """§5.3.1."""
    told = await bought(jane, client)

    by_get = await client.userinfo(told.access_token)
    by_post = await client.browser.post(USERINFO, headers={"authorization": f"Bearer {told.access_token}"})
    by_form = await client.browser.post(USERINFO, data={"access_token": told.access_token})

    assert by_get.status_code == 200
    assert by_get.json() == by_post.json() == by_form.json()
    assert by_get.json()["email"] == "jane@example.com"


async def test_the_subject_is_the_id_tokens(jane: Person, client: App) -> None:
    """§5.3.2."""
    told = await bought(jane, client, "openid")

    assert (await client.userinfo(told.access_token)).json() == {"sub": told.id_claims["sub"]}


async def test_a_claim_that_was_named_is_told(jane: Person, client: App) -> None:
    """§5.5: oidcc-claims-essential."""
    told = await bought(jane, client, "openid", claims='{"userinfo":{"name":{"essential":true}}}')

    assert (await client.userinfo(told.access_token)).json()["name"] == "Jane Doe"
    assert "name" not in told.id_claims


async def test_a_token_in_the_query_is_not_looked_at(jane: Person, client: App) -> None:
    """RFC 6750 §2.3 and RFC 9700 §4.3.2: addresses end in logs."""
    told = await bought(jane, client)

    answer = await client.browser.get(f"{USERINFO}?access_token={told.access_token}")

    assert answer.status_code == 401
    assert "error" not in answer.headers["www-authenticate"]


@pytest.mark.parametrize("token", ["nonsense", "a.b.c", "", "é"])
async def test_what_is_no_token_is_refused_with_a_challenge(op: TestProvider, client: App, token: str) -> None:
    """RFC 6750 §3.1."""
    answer = await client.browser.get(USERINFO, headers=[(b"authorization", f"Bearer {token}".encode())])

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer ")
    assert answer.headers["cache-control"] == "no-store"


async def test_a_token_without_openid_is_not_enough(jane: Person, client: App) -> None:
    """RFC 6750 §3, §3.1: insufficient_scope is 403, and the challenge names the scope to ask for."""
    told = await bought(jane, client, "profile")

    answer = await client.userinfo(told.access_token)

    assert (answer.status_code, answer.json()["error"]) == (403, "insufficient_scope")
    challenge = answer.headers["www-authenticate"]
    assert challenge.startswith('Bearer error="insufficient_scope"')
    assert 'scope="openid"' in challenge


async def test_a_cookies_token_is_no_access_token(op: TestProvider, jane: Person, client: App) -> None:
    """Row 77: one kind of token is not taken for another."""
    cookie = client.browser.cookies.get("access-token") or jane.browser.cookies["access-token"]

    assert (await client.userinfo(cookie)).status_code == 401


async def test_an_id_token_is_no_access_token(jane: Person, client: App) -> None:
    told = await bought(jane, client)

    assert (await client.userinfo(told.body["id_token"])).status_code == 401


async def test_it_ends_with_the_session(op: TestProvider, jane: Person, client: App) -> None:
    """Row 98: a sign-out is in effect at once, whatever the token says of itself."""
    told = await bought(jane, client)
    session = jane.session
    assert session is not None

    await op.provider.store.transact(lambda work: work.sessions.revoke(session.id, op.clock.now()))

    assert (await client.userinfo(told.access_token)).status_code == 401


async def test_it_outlives_the_session_where_offline_access_was_granted(
    op: TestProvider, jane: Person, client: App
) -> None:
    """OIDC Core §11."""
    told = await bought(jane, client, "openid offline_access")
    session = jane.session
    assert session is not None

    await op.provider.store.transact(lambda work: work.sessions.revoke(session.id, op.clock.now()))

    assert (await client.userinfo(told.access_token)).status_code == 200


async def test_it_can_be_a_signed_token(op: TestProvider, jane: Person, client: App) -> None:
    """§5.3.2: oidcc-userinfo-rs256. Its type is its own, so it passes for no ID token."""
    await add_client(op, "signing", userinfo_signed_response_alg="RS256")
    signing = App(op, client.browser, client_id="signing")
    told = await signing.redeem((await jane.ask(client_id="signing")).code)

    answer = await signing.userinfo(told.access_token)

    keys = KeySet.import_key_set((await client.browser.get("/.well-known/jwks.json")).json())
    claims = jwt.decode(answer.text, keys, algorithms=["RS256"]).claims
    assert answer.headers["content-type"] == "application/jwt"
    assert (claims["iss"], claims["aud"], claims["sub"]) == (ISSUER, "signing", told.id_claims["sub"])
    assert header_of(answer.text)["typ"] not in {"JWT", "at+jwt"}


async def test_it_can_be_encrypted(op: TestProvider, jane: Person, client: App) -> None:
    """§5.3.2: signed, then encrypted."""
    key = ECKey.generate_key("P-256")
    await add_client(
        op,
        "sealing",
        userinfo_encrypted_response_alg="ECDH-ES+A128KW",
        userinfo_encrypted_response_enc="A128GCM",
        jwks=jwks(key, use="enc"),
    )
    sealing = App(op, client.browser, client_id="sealing")
    told = await sealing.redeem((await jane.ask(client_id="sealing")).code)

    answer = await sealing.userinfo(told.access_token)

    opened = jwe.decrypt_compact(answer.text, key, algorithms=["ECDH-ES+A128KW", "A128GCM"]).plaintext
    keys = KeySet.import_key_set((await client.browser.get("/.well-known/jwks.json")).json())
    assert jwt.decode((opened or b"").decode(), keys, algorithms=["RS256"]).claims["sub"] == told.id_claims["sub"]


async def test_whatever_a_fapi_client_registered_rs256_signs_nothing_for_it(op: TestProvider) -> None:
    """FAPI 2.0 Security Profile §5.4.1: the profile may have come after the registration."""
    openid = op.provider.openid
    assert openid is not None
    terms = ClientTerms(profile=Profile.FAPI2)
    rs256 = await add_client(op, "late", terms=terms, userinfo_signed_response_alg="RS256")
    es256 = await add_client(op, "soon", terms=terms, userinfo_signed_response_alg="ES256")
    rules = openid.world.rules

    found = {rules.signs_with(rs256, alg, usual) for alg, usual in (("RS256", "RS256"), (None, "RS256"))}

    assert found == {"PS256"}
    assert rules.signs_with(rs256, "RS256", "ES256") == "ES256"
    assert rules.signs_with(es256, es256.metadata.userinfo_signed_response_alg) == "ES256"
    assert header_of(await openid.introspect.packed(rs256, {"active": False}))["alg"] == "PS256"


async def test_any_pages_script_may_ask(jane: Person, client: App) -> None:
    """oidc-demands, 11: by token, so no cookie is at stake."""
    told = await bought(jane, client)

    answer = await client.userinfo(told.access_token, origin="https://spa.example")

    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers


async def test_a_disabled_account_has_no_userinfo(
    op: TestProvider, jane: Person, client: App, account: Account, app: Client
) -> None:
    told = await bought(jane, client, "openid offline_access")

    def disable(work: Any) -> None:
        found = work.accounts.by_id(account.id)
        work.accounts.update(type(found)(**{**_fields(found), "disabled_at": op.clock.now()}))

    await op.provider.store.transact(disable)

    assert (await client.userinfo(told.access_token)).status_code == 401


async def test_a_disabled_client_is_told_nothing_more(op: TestProvider, jane: Person, client: App, app: Client) -> None:
    told = await bought(jane, client)
    assert (await client.userinfo(told.access_token)).status_code == 200

    await op.provider.store.transact(lambda work: work.oauth.clients.update(replace(app, disabled_at=op.clock.now())))

    assert (await client.userinfo(told.access_token)).status_code == 401


def _fields(account: Account) -> dict[str, Any]:
    return {name: getattr(account, name) for name in Account.__slots__}
