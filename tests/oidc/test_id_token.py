"""ID tokens (OIDC Core §2, §3.1.3.6, §5.5, §10, §16.14)."""

import base64
import hashlib
import json
from dataclasses import replace
from datetime import timedelta

import pytest
from joserfc import jwe, jws
from joserfc.jwk import ECKey, KeySet, RSAKey

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Profile
from idp.core.errors import SessionExpired
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person, add_client, change_client
from tests.oidc.redeeming import App, Told, claims_of, encoded, header_of, jwks

SINGLE_FACTOR = "https://refeds.org/profile/sfa"
ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]


async def told_by(jane: Person, client: App, **request: str | None) -> Told:
    told = await client.redeem((await jane.ask(client_id=client.client_id, **request)).code)
    assert told.status == 200, told.body
    return told


async def published(op: TestProvider) -> KeySet:
    async with op.browser() as browser:
        return KeySet.import_key_set((await browser.get("/.well-known/jwks.json")).json())


async def test_it_says_who_signed_in_when_and_how(jane: Person, client: App, account: Account) -> None:
    """§2; exact `iss`, one audience."""
    told, now = await told_by(jane, client, nonce="n-0S6_WzA2Mj"), int(client.op.clock.now().timestamp())

    assert told.id_claims == {
        "iss": ISSUER,
        "sub": account.id,
        "aud": "app",
        "azp": "app",
        "iat": now,
        "exp": now + 600,
        "auth_time": now - 60,
        "nonce": "n-0S6_WzA2Mj",
        "acr": SINGLE_FACTOR,
        "amr": ["pwd"],
        "sid": told.id_claims["sid"],
        "at_hash": told.id_claims["at_hash"],
    }


async def test_without_a_nonce_it_has_none(jane: Person, client: App) -> None:
    """oidcc-ensure-request-without-nonce-succeeds-for-code-flow."""
    assert "nonce" not in (await told_by(jane, client)).id_claims


@pytest.mark.parametrize("algorithm", ALGORITHMS)
async def test_it_is_signed_as_the_client_registered(jane: Person, client: App, app: Client, algorithm: str) -> None:
    """OIDC Registration §2: any key that signs is in the published set, under its kid."""
    await change_client(client.op, replace(app, metadata=replace(app.metadata, id_token_signed_response_alg=algorithm)))

    token = (await told_by(jane, client)).body["id_token"]

    assert header_of(token)["alg"] == algorithm
    assert header_of(token)["typ"] == "JWT"
    keys = await published(client.op)
    key = keys.get_by_kid(header_of(token)["kid"])
    method = jws.JWSRegistry.algorithms[algorithm]
    head, body, tail = token.split(".")
    assert method.verify(f"{head}.{body}".encode(), base64.urlsafe_b64decode(tail + "=="), key)


async def test_rs256_is_what_nobody_registered(jane: Person, client: App) -> None:
    """oidcc-idtoken-signature."""
    assert header_of((await told_by(jane, client)).body["id_token"])["alg"] == "RS256"


@pytest.mark.parametrize(
    ("algorithm", "name"), [("RS256", "sha256"), ("ES256", "sha256"), ("PS256", "sha256"), ("EdDSA", "sha512")]
)
async def test_at_hash_is_the_half_of_the_signatures_hash(
    jane: Person, client: App, app: Client, algorithm: str, name: str
) -> None:
    """§3.1.3.6."""
    await change_client(client.op, replace(app, metadata=replace(app.metadata, id_token_signed_response_alg=algorithm)))

    told = await told_by(jane, client)

    digest = hashlib.new(name, told.access_token.encode()).digest()
    assert told.id_claims["at_hash"] == encoded(digest[: len(digest) // 2])


async def test_the_claims_parameter_puts_claims_into_it(jane: Person, client: App) -> None:
    """§5.5; those of the scope stay at userinfo (§5.4)."""
    wanted = json.dumps({"id_token": {"email": {"essential": True}, "given_name": None}})

    told = await told_by(jane, client, scope="openid profile email", claims=wanted)
    plain = await told_by(jane, client, scope="openid profile email")

    assert told.id_claims["email"] == "jane@example.com"
    assert "given_name" in told.id_claims
    assert "family_name" not in told.id_claims
    assert "email" not in plain.id_claims


async def test_no_claim_takes_the_place_of_the_protocols(jane: Person, client: App) -> None:
    wanted = json.dumps({"id_token": {"iss": {"value": "x"}, "aud": {"value": "x"}, "exp": None}})

    told = await told_by(jane, client, claims=wanted)

    assert (told.id_claims["iss"], told.id_claims["aud"]) == (ISSUER, "app")


async def test_a_pairwise_client_sees_a_subject_of_its_own(op: TestProvider, jane: Person, client: App) -> None:
    """§8.1: the same in ID token, access token and userinfo."""
    await add_client(op, "pair", subject_type="pairwise")
    pair = App(op, client.browser, "pair")

    told = await told_by(jane, pair)
    other = await told_by(jane, client)

    assert told.id_claims["sub"] != other.id_claims["sub"]
    assert told.claims["sub"] == told.id_claims["sub"]
    assert (await pair.userinfo(told.access_token)).json()["sub"] == told.id_claims["sub"]
    assert (await pair.refresh(told.refresh_token)).id_claims["sub"] == told.id_claims["sub"]


async def test_a_lifetime_of_the_clients_own(jane: Person, client: App, app: Client) -> None:
    await change_client(client.op, replace(app, terms=replace(app.terms, id_token_life=timedelta(minutes=1))))

    told = await told_by(jane, client)

    assert told.id_claims["exp"] - told.id_claims["iat"] == 60


async def test_nothing_we_sign_outlives_its_published_key(jane: Person, client: App, app: Client) -> None:
    """Row 88: a day at most, whatever a client's terms say."""
    terms = replace(app.terms, id_token_life=timedelta(days=300), access_life=timedelta(days=300))
    await change_client(client.op, replace(app, terms=terms))

    told = await told_by(jane, client)

    assert told.id_claims["exp"] - told.id_claims["iat"] == 24 * 3600
    assert told.body["expires_in"] == 24 * 3600
    await client.op.provider.keyring.rotate()
    client.op.clock.advance(timedelta(hours=24))
    await client.op.provider.keyring.tend()
    assert header_of(told.body["id_token"])["kid"] in {key.kid for key in await published(client.op)}


ENCRYPTIONS = [
    ("RSA-OAEP-256", "A256GCM"),
    ("RSA-OAEP-256", None),
    ("ECDH-ES", "A128GCM"),
    ("ECDH-ES+A128KW", "A128CBC-HS256"),
    ("ECDH-ES+A256KW", "A256GCM"),
]


@pytest.mark.parametrize(("alg", "enc"), ENCRYPTIONS)
async def test_it_is_encrypted_as_the_client_registered(
    jane: Person, client: App, app: Client, alg: str, enc: str | None
) -> None:
    """§16.14: signed, then encrypted; A128CBC-HS256 where no `enc` is registered."""
    key = RSAKey.generate_key(2048) if alg.startswith("RSA") else ECKey.generate_key("P-256")
    signing = ECKey.generate_key("P-256")
    listed = {"keys": [*jwks(signing, use="sig")["keys"], *jwks(key, use="enc", kid="for-us")["keys"]]}
    encrypted = replace(
        app.metadata, jwks=listed, id_token_encrypted_response_alg=alg, id_token_encrypted_response_enc=enc
    )
    await change_client(client.op, replace(app, metadata=encrypted))

    token = (await told_by(jane, client)).body["id_token"]

    header = header_of(token)
    assert (header["alg"], header["enc"], header["cty"]) == (alg, enc or "A128CBC-HS256", "JWT")
    assert header["kid"] == "for-us"
    opened = jwe.decrypt_compact(token, key, algorithms=[alg, header["enc"]])
    assert opened.plaintext is not None
    assert claims_of(opened.plaintext.decode())["aud"] == "app"


async def test_a_client_without_a_key_to_encrypt_for_gets_nothing(jane: Person, client: App, app: Client) -> None:
    encrypted = replace(app.metadata, jwks={"keys": []}, id_token_encrypted_response_alg="ECDH-ES")
    await change_client(client.op, replace(app, metadata=encrypted))

    told = await client.redeem((await jane.ask()).code)

    assert (told.status, told.error) == (400, "invalid_request")


async def test_under_fapi_no_rs256(jane: Person, client: App, app: Client) -> None:
    """FAPI 2.0 §5.4.1, whatever stands in older metadata: ID tokens and access tokens."""
    metadata = replace(app.metadata, access_token_signed_response_alg="RS256")
    code = (await jane.ask()).code
    await change_client(client.op, replace(app, metadata=metadata, terms=ClientTerms(profile=Profile.FAPI2)))
    client.dpop_key = ECKey.generate_key("P-256")

    told = await client.redeem(code)

    assert header_of(told.body["id_token"])["alg"] == "PS256"
    assert header_of(told.access_token)["alg"] == "ES256"


async def test_an_id_token_is_no_access_token(jane: Person, client: App) -> None:
    """Row 77."""
    token = (await told_by(jane, client)).body["id_token"]

    assert (await client.userinfo(token)).status_code == 401


async def test_it_serves_as_a_hint_even_when_it_is_over(jane: Person, client: App, account: Account) -> None:
    """§3.1.2.1, id_token_hint: ours, whenever it was."""
    told = await told_by(jane, client)
    hints = client.op.provider.keyring.verifier()
    client.op.clock.advance(timedelta(days=1))

    assert hints.verify_hint(told.body["id_token"])["sub"] == account.id
    with pytest.raises(SessionExpired):
        hints.verify_hint(told.access_token)
    with pytest.raises(SessionExpired):
        hints.verify_hint(told.body["id_token"][:-4] + "AAAA")
