"""Requests that the client signed, and encrypted to us (OIDC Core §6.1, §10.2; RFC 9101 §4, §6.1)."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwe
from joserfc.jwk import ECKey, JWKRegistry

from idp.core.client import Client, ClientTerms, Profile
from idp.oauth.clients.discovery import Offer, provider_metadata
from idp.oauth.clients.flaws import refusal_of
from idp.oauth.clients.metadata import MetadataTerms, examine_metadata, metadata_to_json, parse_metadata
from idp.oauth.rules import OAuthRules
from idp.testing.provider import ISSUER, TestProvider, provider_at
from tests.oidc.asking import CALLBACK, Answer, Person, add_client, bought
from tests.oidc.redeeming import App
from tests.oidc.signing import FOREIGN, JWKS, object_of, sign, unsigned

PLAIN: dict[str, str | None] = dict.fromkeys(
    ("redirect_uri", "response_type", "scope", "state", "code_challenge", "code_challenge_method")
)
"""RFC 9101 §5: nothing outside but `client_id`."""
ON = MetadataTerms(encrypted_requests=True)


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    keys = {"master_key_file": tmp_path / "master.key", "rsa_bits": 2048}
    async with provider_at(tmp_path, template=template, keys=keys, oidc={"encrypted_requests": True}) as provider:
        yield provider


@pytest.fixture
async def app(op: TestProvider) -> Client:
    return await add_client(op, jwks=JWKS)


async def sealed(person: Person, text: str, alg: str = "ECDH-ES", enc: str = "A128CBC-HS256", **header: Any) -> str:
    """Encrypted to the key that our key set has for it."""
    keys = (await person.browser.get("/.well-known/jwks.json")).json()["keys"]
    kty = "RSA" if alg.startswith("RSA") else "EC"
    key = next(one for one in keys if one["use"] == "enc" and one["kty"] == kty)
    named = {"alg": alg, "enc": enc, "kid": key["kid"], "cty": "JWT", **header}
    registry = jwe.JWERegistry(algorithms=[alg, enc, "DEF"], strict_check_header=False)
    return jwe.encrypt_compact(named, text, JWKRegistry.import_key(key), registry=registry)


async def ask(person: Person, request: str, **outside: str | None) -> Answer:
    return await person.ask(**{**PLAIN, **outside}, request=request)


@pytest.mark.parametrize(
    ("alg", "enc"), [("RSA-OAEP-256", "A256GCM"), ("ECDH-ES", "A128CBC-HS256"), ("ECDH-ES+A256KW", "A128GCM")]
)
async def test_a_request_that_is_signed_and_then_encrypted(
    op: TestProvider, jane: Person, app: Client, alg: str, enc: str
) -> None:
    answer = await ask(jane, await sealed(jane, sign(object_of(op, nonce="inside")), alg, enc))

    assert answer.location.startswith(f"{CALLBACK}?code=")
    assert answer.told["state"] == "af0ifjsldkj"
    assert (await bought(op, answer.code))[1].nonce == "inside"


async def test_it_can_be_pushed(op: TestProvider, jane: Person, client: App, app: Client) -> None:
    """RFC 9126 §3."""
    token = await sealed(jane, sign(object_of(op)))
    own = client.authentication()

    pushed = await client.send("/oauth2/par", own.headers, request=token, client_id="app", **own.form)

    assert pushed.status == 201
    assert (await jane.ask(**PLAIN, request_uri=pushed.body["request_uri"])).code


@pytest.mark.parametrize("inside", ["signature", "issuer", "nested twice", "claims alone", "no text"])
async def test_what_is_wrong_inside_stays_wrong(op: TestProvider, jane: Person, app: Client, inside: str) -> None:
    """Whoever has our public key can encrypt: it proves nothing."""
    good = sign(object_of(op))
    wrong: Mapping[str, str] = {
        "signature": sign(object_of(op), key=FOREIGN),
        "issuer": sign(object_of(op, iss="another")),
        "nested twice": await sealed(jane, good),
        "claims alone": str(object_of(op)).replace("'", '"'),
        "no text": "é",
    }

    answer = await ask(jane, await sealed(jane, wrong[inside]), redirect_uri=CALLBACK, state="outside")

    assert (answer.error, answer.told["state"]) == ("invalid_request_object", "outside")


async def test_an_unsigned_one_is_judged_as_an_unsigned_one(op: TestProvider, jane: Person, app: Client) -> None:
    """Row 78: encryption is no signature."""
    token = await sealed(jane, unsigned(object_of(op)))
    await add_client(op, "loose", request_object_signing_alg="none")
    loose = await sealed(jane, unsigned(object_of(op, client_id="loose", iss="loose")))
    await add_client(op, "strict", jwks=JWKS, require_signed_request_object=True)
    strict = await sealed(jane, unsigned(object_of(op, client_id="strict", iss="strict")))

    assert (await ask(jane, token, redirect_uri=CALLBACK)).error == "request_not_supported"
    assert (await ask(jane, loose, client_id="loose")).code
    assert (await ask(jane, strict, client_id="strict", redirect_uri=CALLBACK)).error == "invalid_request_object"


async def test_where_signatures_are_demanded_encryption_takes_nothing_from_them(op: TestProvider, jane: Person) -> None:
    await add_client(op, jwks=JWKS, require_signed_request_object=True)

    assert (await ask(jane, await sealed(jane, sign(object_of(op))))).code


async def test_under_fapi_the_signature_is_judged_as_ever(op: TestProvider, jane: Person, client: App) -> None:
    """FAPI 2.0 Message Signing §5.3.2: no RS256, encrypted or not."""
    terms = ClientTerms(skip_consent=True, profile=Profile.FAPI2)
    metadata: dict[str, Any] = {"jwks": JWKS, "token_endpoint_auth_method": "private_key_jwt"}
    await add_client(op, "fapi", terms=terms, **metadata)
    weak = await sealed(jane, sign(object_of(op, client_id="fapi", iss="fapi"), "RS256"))

    answer = await ask(jane, weak, client_id="fapi", redirect_uri=CALLBACK)

    assert answer.error == "invalid_request_object"


@pytest.mark.parametrize("header", [{"zip": "DEF"}, {"kid": "another"}, {"p2c": 10**6}])
async def test_a_header_that_asks_for_more_is_refused(
    op: TestProvider, jane: Person, app: Client, header: dict[str, Any]
) -> None:
    token = await sealed(jane, sign(object_of(op)), **header)

    assert (await ask(jane, token, redirect_uri=CALLBACK)).error == "invalid_request_object"


@pytest.mark.parametrize("token", ["a.b.c.d.e", "....", "a.b.c.d.e.f"])
async def test_what_is_no_jwe_is_refused(jane: Person, app: Client, token: str) -> None:
    assert (await ask(jane, token, redirect_uri=CALLBACK)).error == "invalid_request_object"


async def test_a_turn_of_the_keys_loses_no_request(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §10.2.1."""
    token = await sealed(jane, sign(object_of(op)))

    await op.provider.keyring.rotate()

    assert (await ask(jane, token)).code
    assert (await ask(jane, await sealed(jane, sign(object_of(op))))).code


async def test_it_is_announced(jane: Person) -> None:
    """OIDC Discovery §3."""
    told = (await jane.browser.get("/.well-known/openid-configuration")).json()

    assert told["request_object_encryption_alg_values_supported"][:2] == ["RSA-OAEP-256", "ECDH-ES"]
    assert "A128CBC-HS256" in told["request_object_encryption_enc_values_supported"]


def test_where_it_is_off_it_is_not() -> None:
    told = provider_metadata(OAuthRules(issuer=ISSUER), Offer(signing=("RS256",)))

    assert not [member for member in told if member.startswith("request_object_encryption")]


async def test_where_it_is_off_an_encrypted_one_is_none(tmp_path: Path, template: Path) -> None:
    key = ECKey.generate_key("P-256")
    async with provider_at(tmp_path, template=template) as op, op.browser() as browser:
        await add_client(op, jwks=JWKS)
        registry = jwe.JWERegistry(algorithms=["ECDH-ES", "A128GCM"])
        token = jwe.encrypt_compact({"alg": "ECDH-ES", "enc": "A128GCM"}, sign(object_of(op)), key, registry=registry)
        answer = await ask(Person(op, browser), token, redirect_uri=CALLBACK)
        uses = {one["use"] for one in (await browser.get("/.well-known/jwks.json")).json()["keys"]}

    assert answer.error == "invalid_request_object"
    assert uses == {"sig"}


def test_a_client_may_register_that_it_encrypts() -> None:
    """OIDC Registration §2: A128CBC-HS256 where it names no `enc`."""
    asked = {"redirect_uris": [CALLBACK], "jwks": JWKS, "request_object_encryption_alg": "RSA-OAEP-256"}

    metadata = parse_metadata(asked, ON)

    assert metadata.request_object_encryption_enc == "A128CBC-HS256"
    assert parse_metadata(metadata_to_json(metadata), ON) == metadata


@pytest.mark.parametrize(
    ("terms", "member", "value"),
    [
        (MetadataTerms(), "request_object_encryption_alg", "RSA-OAEP-256"),
        (ON, "request_object_encryption_alg", "RSA1_5"),
        (ON, "request_object_encryption_alg", "PBES2-HS256+A128KW"),
        (ON, "request_object_encryption_alg", "dir"),
        (ON, "request_object_encryption_enc", "A128GCM"),
    ],
)
def test_what_we_do_not_do_is_refused(terms: MetadataTerms, member: str, value: str) -> None:
    """Off, weak, or `enc` without `alg`."""
    _, flaws = examine_metadata({"redirect_uris": [CALLBACK], "jwks": JWKS, member: value}, terms)

    assert [flaw.member for flaw in flaws] == [member]
    assert refusal_of(flaws).code == "invalid_client_metadata"
