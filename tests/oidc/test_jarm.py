"""Signed and encrypted answers (JWT Secured Authorization Response Mode)."""

from typing import Any

import pytest
from joserfc import jwe, jwk, jwt
from joserfc.jwk import ECKey, RSAKey

from idp.core.client import Client, ClientTerms, Profile
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import CALLBACK, Answer, Person, add_client, bought
from tests.oidc.redeeming import header_of, jwks


async def opened(op: TestProvider, answer: Answer, algorithm: str = "RS256") -> dict[str, Any]:
    """The claims of the one parameter `response`, verified by our published keys."""
    assert answer.told.keys() == {"response"}
    return await verified(op, answer.told["response"], algorithm)


async def verified(op: TestProvider, signed: str, algorithm: str = "RS256") -> dict[str, Any]:
    async with op.browser() as client:
        keys = jwk.KeySet.import_key_set((await client.get("/.well-known/jwks.json")).json())
    return jwt.decode(signed, keys, algorithms=[algorithm]).claims


@pytest.mark.parametrize("mode", ["jwt", "query.jwt"])
async def test_an_answer_is_signed_for_the_client(op: TestProvider, jane: Person, app: Client, mode: str) -> None:
    """§2.1, §2.3.1: `jwt` means the query for codes."""
    answer = await jane.ask(response_mode=mode)

    assert answer.location.startswith(f"{CALLBACK}?response=")
    claims = await opened(op, answer)
    assert claims.keys() == {"iss", "aud", "exp", "code", "state", "session_state"}
    assert (claims["iss"], claims["aud"], claims["state"]) == (ISSUER, "app", "af0ifjsldkj")
    assert 0 < claims["exp"] - op.clock.now().timestamp() <= 600
    assert (await bought(op, claims["code"]))[0].client_id == "app"


async def test_it_travels_in_a_fragment_or_a_form_as_well(op: TestProvider, jane: Person, app: Client) -> None:
    fragment = await jane.ask(response_mode="fragment.jwt")
    form = await jane.ask(response_mode="form_post.jwt")

    assert fragment.location.startswith(f"{CALLBACK}#response=")
    assert form.status == 200
    assert (await opened(op, fragment)).keys() == (await opened(op, form)).keys()


@pytest.mark.parametrize("algorithm", ["ES256", "PS256"])
async def test_the_client_says_by_which_algorithm(op: TestProvider, jane: Person, algorithm: str) -> None:
    """§3: authorization_signed_response_alg."""
    await add_client(op, authorization_signed_response_alg=algorithm)

    assert "code" in await opened(op, await jane.ask(response_mode="jwt"), algorithm)


async def test_fapi_has_an_algorithm_of_its_own(op: TestProvider, jane: Person) -> None:
    """FAPI 2.0 Security Profile §5.4.1: no RS256."""
    await add_client(op, terms=ClientTerms(skip_consent=True, profile=Profile.FAPI2))

    assert "error" in await opened(op, await jane.ask(response_mode="jwt"), "PS256")


async def test_errors_are_signed_too(op: TestProvider, jane: Person, app: Client) -> None:
    claims = await opened(op, await jane.ask(response_mode="jwt", scope="nobody-knows"))

    assert claims.keys() == {"iss", "aud", "exp", "error", "error_description", "state"}
    assert claims["error"] == "invalid_scope"


async def test_a_no_is_signed_as_well(op: TestProvider, stranger: Person, app: Client) -> None:
    asked = await stranger.ask(response_mode="form_post.jwt")
    assert asked.page is not None

    answer = await stranger.deny(asked.page[1])

    assert answer.response_mode == "form_post.jwt"
    claims = await opened(op, Answer(asked.response, answer.parameters))
    assert claims["error"] == "access_denied"


async def test_a_signed_answer_is_no_id_token_hint(op: TestProvider, jane: Person, app: Client) -> None:
    """Row 77: one kind of token is not taken for another."""
    answer = await jane.ask(response_mode="jwt")

    assert (await jane.ask(id_token_hint=answer.told["response"])).error == "invalid_request"


@pytest.mark.parametrize(
    ("alg", "enc"), [("RSA-OAEP-256", None), ("ECDH-ES", "A256GCM"), ("ECDH-ES+A256KW", "A128GCM")]
)
async def test_it_is_encrypted_as_the_client_registered(
    op: TestProvider, jane: Person, alg: str, enc: str | None
) -> None:
    """§2.2, §3: signed, then encrypted; A128CBC-HS256 where no `enc` is registered."""
    key = RSAKey.generate_key(2048) if alg.startswith("RSA") else ECKey.generate_key("P-256")
    registered: dict[str, Any] = {
        "authorization_encrypted_response_alg": alg,
        "authorization_encrypted_response_enc": enc,
    }
    await add_client(op, jwks=jwks(key, use="enc", kid="for-us"), **registered)

    answer = await jane.ask(response_mode="jwt")

    sealed = answer.told["response"]
    header = header_of(sealed)
    assert answer.told.keys() == {"response"}
    assert (header["alg"], header["enc"]) == (alg, enc or "A128CBC-HS256")
    assert (header["cty"], header["kid"]) == ("JWT", "for-us")
    opened = jwe.decrypt_compact(sealed, key, algorithms=[alg, header["enc"]]).plaintext
    assert opened is not None
    claims = await verified(op, opened.decode())
    assert (claims["iss"], claims["aud"]) == (ISSUER, "app")
    assert (await bought(op, claims["code"]))[0].client_id == "app"


async def test_errors_are_encrypted_too(op: TestProvider, jane: Person) -> None:
    key = ECKey.generate_key("P-256")
    await add_client(op, jwks=jwks(key, use="enc"), authorization_encrypted_response_alg="ECDH-ES")

    sealed = (await jane.ask(response_mode="jwt", scope="nobody-knows")).told["response"]

    opened = jwe.decrypt_compact(sealed, key, algorithms=["ECDH-ES", "A128CBC-HS256"]).plaintext
    assert opened is not None
    assert (await verified(op, opened.decode()))["error"] == "invalid_scope"


async def test_who_asks_for_no_token_is_told_in_the_clear(op: TestProvider, jane: Person) -> None:
    """§2.3: what is encrypted is the JWT, and the response mode asks for it."""
    key = ECKey.generate_key("P-256")
    await add_client(op, jwks=jwks(key, use="enc"), authorization_encrypted_response_alg="ECDH-ES")

    assert (await jane.ask()).code


@pytest.mark.parametrize("scope", ["openid", "nobody-knows"])
async def test_without_a_key_to_encrypt_for_nothing_is_sent(op: TestProvider, jane: Person, scope: str) -> None:
    """Not in the clear: neither a code nor an error."""
    signing = ECKey.generate_key("P-256")
    await add_client(op, jwks=jwks(signing, use="sig"), authorization_encrypted_response_alg="ECDH-ES")

    answer = await jane.ask(response_mode="jwt", scope=scope)

    assert (answer.status, answer.location) == (400, "")
    assert "invalid_request" in answer.response.text
