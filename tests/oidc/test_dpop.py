"""DPoP at the token endpoint and at resources (RFC 9449)."""

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from joserfc.jwk import ECKey, RSAKey

from idp.core.client import Client
from idp.testing.provider import ISSUER, TestProvider, provider_at
from tests.oidc.asking import SECRET, Person, add_client
from tests.oidc.redeeming import KEYS, TOKEN, USERINFO, App, Told, basic, digest, encoded, jwks, sign

MACHINE: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("jobs:run",)}
PRIVATE = ECKey.generate_key("P-256")


@pytest.fixture
async def machine(op: TestProvider, app: Client) -> AsyncIterator[App]:
    """A client that asks for tokens of its own, and has a key for proofs."""
    await add_client(op, "machine", **MACHINE)
    async with op.browser() as browser:
        yield App(op, browser, "machine", dpop_key=PRIVATE)


@pytest.fixture
async def bound(op: TestProvider, app: Client) -> AsyncIterator[App]:
    """The program behind `app`, with a key for proofs."""
    async with op.browser() as browser:
        yield App(op, browser, dpop_key=ECKey.generate_key("P-256"))


async def show(app: App, *proofs: str) -> Told:
    """A token request with these proofs."""
    headers = [("authorization", basic("machine", SECRET)), *(("dpop", proof) for proof in proofs)]
    return Told(await app.browser.post(TOKEN, data={"grant_type": "client_credentials"}, headers=headers))


async def test_a_proof_binds_the_access_token(machine: App) -> None:
    """§5, §6.1."""
    told = await machine.ask("client_credentials")

    assert told.body["token_type"] == "DPoP"
    assert told.claims["cnf"] == {"jkt": machine.jkt}


async def test_without_a_proof_it_is_a_bearer_token(machine: App) -> None:
    told = await show(machine)

    assert told.body["token_type"] == "Bearer"
    assert "cnf" not in told.claims


async def test_a_client_that_promised_proofs_must_bring_one(op: TestProvider, machine: App) -> None:
    """§5.2, `dpop_bound_access_tokens`."""
    await add_client(op, "promised", **MACHINE, dpop_bound_access_tokens=True)
    app = App(op, machine.browser, "promised")

    assert (await app.ask("client_credentials")).error == "invalid_dpop_proof"
    app.dpop_key = PRIVATE
    assert (await app.ask("client_credentials")).status == 200


@pytest.mark.parametrize("member", ["jti", "htm", "htu", "iat"])
async def test_a_proof_without_a_member_is_refused(machine: App, member: str) -> None:
    """§4.3, 3."""
    assert (await show(machine, machine.proof(**{member: None}))).error == "invalid_dpop_proof"


@pytest.mark.parametrize(
    "changes",
    [
        {"htm": "GET"},
        {"htm": "post"},
        {"htu": f"{ISSUER}/oauth2/par"},
        {"htu": "https://elsewhere.example/oauth2/token"},
        {"htu": "http://localhost:3101/oauth2/token"},
        {"htu": "not an address"},
        {"htu": "http://[::1"},
        {"htu": 7},
        {"jti": ""},
        {"jti": "x" * 257},
        {"jti": 7},
        {"iat": -61},
        {"iat": -3600},
        {"iat": 61},
        {"iat": 3600},
        {"iat": "now"},
        {"iat": True},
        {"exp": -1},
        {"nbf": 61},
    ],
)
async def test_a_proof_for_something_else_is_refused(machine: App, changes: Mapping[str, Any]) -> None:
    """§4.3, 8 to 11; §11.1."""
    now = int(machine.op.clock.now().timestamp())
    moved: dict[str, Any] = {
        name: now + value if name in {"iat", "exp", "nbf"} and type(value) is int else value
        for name, value in changes.items()
    }

    assert (await show(machine, machine.proof(**moved))).error == "invalid_dpop_proof"


@pytest.mark.parametrize(
    "header",
    [
        {"typ": None},
        {"typ": "JWT"},
        {"typ": "at+jwt"},
        {"alg": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"jwk": None},
        {"jwk": "key"},
        {"jwk": {}},
        {"jwk": {"kty": "oct", "k": "c2VjcmV0"}},
        {"jwk": PRIVATE.as_dict(private=True)},
        {"jwk": KEYS["EdDSA"].as_dict(private=False)},
        {"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}},
        {"jwk": {**PRIVATE.as_dict(private=False), "use": "enc"}},
        {"crit": ["exp"]},
    ],
)
async def test_a_proof_with_a_wrong_header_is_refused(machine: App, header: Mapping[str, object]) -> None:
    """§4.3, 4 to 7: a private key in the header as well."""
    proof = machine.proof(header=header) if header.get("alg", "ES256") in {"ES256", None} else _as(machine, header)

    assert (await show(machine, proof)).error == "invalid_dpop_proof"


async def test_a_proof_is_signed_by_a_key_as_large_as_is_demanded(
    anyio_backend: str, tmp_path: Path, template: Path
) -> None:
    """ASVS 11.2.3."""
    async with (
        provider_at(tmp_path, template=template, oidc={"smallest_rsa": 3072}) as strict,
        strict.browser() as browser,
    ):
        await add_client(strict, "machine", **MACHINE)
        keys = [rsa.generate_private_key(65537, bits) for bits in (2048, 3071, 3072)]
        *small, large = (App(strict, browser, "machine", dpop_key=RSAKey.import_key(key)) for key in keys)

        assert [(await app.ask("client_credentials")).error for app in small] == ["invalid_dpop_proof"] * 2
        assert (await large.ask("client_credentials")).status == 200


def _as(app: App, header: Mapping[str, object]) -> str:
    """A good proof whose header was changed afterwards."""
    _, body, tail = app.proof().split(".")
    changed = encoded(f'{{"typ":"dpop+jwt","alg":"{header["alg"]}"}}'.encode())
    return f"{changed}.{body}.{tail}"


async def test_a_proof_with_a_wrong_signature_is_refused(machine: App) -> None:
    other = ECKey.generate_key("P-256").as_dict(private=False)

    assert (await show(machine, machine.proof(header={"jwk": other}))).error == "invalid_dpop_proof"


@pytest.mark.parametrize("bits", [1024, 16384])
async def test_an_rsa_key_that_is_too_small_or_too_large_is_refused(machine: App, bits: int) -> None:
    """RFC 7518 §3.3; row 87."""
    modulus = encoded((1 << (bits - 1) | 1).to_bytes(bits // 8))
    header = {"alg": "RS256", "jwk": {"kty": "RSA", "n": modulus, "e": "AQAB"}}

    assert (await show(machine, machine.proof(header=header))).error == "invalid_dpop_proof"


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256", "PS256"])
async def test_every_asymmetric_algorithm_of_ours_serves(machine: App, algorithm: str) -> None:
    key, now = KEYS["RS256" if algorithm == "PS256" else algorithm], int(machine.op.clock.now().timestamp())
    header = {"typ": "dpop+jwt", "alg": algorithm, "jwk": jwks(key)["keys"][0]}

    told = await show(machine, sign(header, {"jti": "1", "htm": "POST", "htu": ISSUER + TOKEN, "iat": now}, key))

    assert told.claims["cnf"] == {"jkt": key.thumbprint()}


@pytest.mark.parametrize(
    "changes",
    [
        {"htu": f"{ISSUER}{TOKEN}?query=1#fragment"},
        {"htu": "HTTP://LOCALHOST:3100/oauth2/token"},
        {"iat": -10},
        {"iat": 10},
        {"nbf": 0, "exp": 300},
        {"extra": "claim"},
    ],
)
async def test_what_the_specification_forgives_is_forgiven(machine: App, changes: Mapping[str, Any]) -> None:
    """§4.3, 9; FAPI 2.0 §5.3.2.1; fapi2 check-dpop-proof-nbf-exp."""
    now = int(machine.op.clock.now().timestamp())
    moved: dict[str, Any] = {
        name: now + value if name in {"iat", "exp", "nbf"} else value for name, value in changes.items()
    }

    assert (await show(machine, machine.proof(header={"extra": "member"}, **moved))).status == 200


async def test_two_proofs_are_one_too_many(machine: App) -> None:
    """§4.3, 1."""
    assert (await show(machine, machine.proof(), machine.proof())).error == "invalid_dpop_proof"


@pytest.mark.parametrize("proof", ["", "x", "a.b.c", "e30.e30.e30"])
async def test_what_is_no_jwt_is_refused(machine: App, proof: str) -> None:
    told = await machine.ask("client_credentials", {"dpop": proof})

    assert told.error == "invalid_dpop_proof"


async def test_a_proof_serves_once(machine: App) -> None:
    """§11.1; another key may use the same `jti`."""
    now, proof = int(machine.op.clock.now().timestamp()), machine.proof(jti="one")
    assert (await show(machine, proof)).status == 200
    assert (await show(machine, proof)).error == "invalid_dpop_proof"

    other = App(machine.op, machine.browser, "machine", dpop_key=ECKey.generate_key("P-256"))
    assert (await show(machine, other.proof(jti="one", iat=now))).status == 200


async def test_a_code_bound_to_a_key_takes_that_key(jane: Person, bound: App) -> None:
    """§10; fapi2 ensure-token-endpoint-fails-with-mismatched-dpop-jkt. The code is not burnt."""
    code = (await jane.ask(dpop_jkt=bound.jkt)).code
    own, bound.dpop_key = bound.dpop_key, ECKey.generate_key("P-256")
    assert (await bound.redeem(code)).error == "invalid_grant"
    bound.dpop_key = None
    assert (await bound.redeem(code)).error == "invalid_grant"

    bound.dpop_key = own
    assert (await bound.redeem(code)).status == 200


async def test_a_public_clients_refresh_token_is_bound_to_the_key(op: TestProvider, jane: Person, bound: App) -> None:
    """§5: and it is not rotated, since the key stands behind it."""
    await add_client(op, "spa", token_endpoint_auth_method="none")
    app = App(op, bound.browser, "spa", "none", dpop_key=bound.dpop_key)
    told = await app.redeem((await jane.ask(client_id="spa")).code)

    app.dpop_key = ECKey.generate_key("P-256")
    assert (await app.refresh(told.refresh_token)).error == "invalid_grant"
    app.dpop_key = None
    assert (await app.refresh(told.refresh_token)).error == "invalid_grant"
    app.dpop_key = bound.dpop_key
    again = await app.refresh(told.refresh_token)

    assert again.claims["cnf"] == {"jkt": app.jkt}
    assert again.refresh_token == told.refresh_token


async def test_a_confidential_client_may_turn_its_key(jane: Person, bound: App) -> None:
    """§5: its refresh tokens are bound to the client, by its authentication."""
    told = await bound.redeem((await jane.ask()).code)
    bound.dpop_key = ECKey.generate_key("P-256")

    assert (await bound.refresh(told.refresh_token)).claims["cnf"] == {"jkt": bound.jkt}


def resource_proof(app: App, token: str, **changes: Any) -> dict[str, str]:
    usual = {"htm": "GET", "htu": ISSUER + USERINFO, "access_token": token}
    return {"dpop": app.proof(**{**usual, **changes})}


async def look(app: App, token: str, scheme: str = "DPoP", **headers: str) -> httpx2.Response:
    return await app.userinfo(token, scheme, **headers)


async def test_a_bound_token_opens_with_its_proof(jane: Person, bound: App) -> None:
    """§7.1; the scheme in any case (fapi2 access-token-type-header-case-sensitivity)."""
    token = (await bound.redeem((await jane.ask()).code)).access_token

    for scheme in ("DPoP", "dpop", "DPOP"):
        assert (await look(bound, token, scheme, **resource_proof(bound, token))).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"ath": None},
        {"ath": "wrong"},
        {"ath": digest("another token")},
        {"htm": "POST"},
        {"htu": ISSUER + TOKEN},
        {"jti": None},
    ],
)
async def test_a_wrong_proof_opens_nothing(jane: Person, bound: App, changes: Mapping[str, Any]) -> None:
    """§4.3, 11; §7.1: 401, with a challenge that names the scheme."""
    token = (await bound.redeem((await jane.ask()).code)).access_token

    answer = await look(bound, token, **resource_proof(bound, token, **changes))

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith('DPoP error="invalid_dpop_proof"')
    assert "ES256" in answer.headers["www-authenticate"]


async def test_a_bound_token_is_no_bearer_token(jane: Person, bound: App) -> None:
    """§7.2: with the other scheme, without a proof, or in a form."""
    token = (await bound.redeem((await jane.ask()).code)).access_token

    answers = [
        await look(bound, token, "Bearer"),
        await look(bound, token, "Bearer", **resource_proof(bound, token)),
        await look(bound, token),
        await bound.browser.post(USERINFO, data={"access_token": token}),
    ]

    assert {answer.status_code for answer in answers} == {401}


async def test_a_bearer_token_does_not_pass_for_a_bound_one(jane: Person, client: App, bound: App) -> None:
    """§7.2."""
    token = (await client.redeem((await jane.ask()).code)).access_token

    assert (await look(bound, token, **resource_proof(bound, token))).status_code == 401


async def test_anothers_key_does_not_open(jane: Person, bound: App) -> None:
    token = (await bound.redeem((await jane.ask()).code)).access_token
    bound.dpop_key = ECKey.generate_key("P-256")

    assert (await look(bound, token, **resource_proof(bound, token))).status_code == 401


async def test_a_proof_opens_once(jane: Person, bound: App) -> None:
    token = (await bound.redeem((await jane.ask()).code)).access_token
    proof = resource_proof(bound, token)

    assert (await look(bound, token, **proof)).status_code == 200
    assert (await look(bound, token, **proof)).status_code == 401


@pytest.fixture
async def noncing(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[App]:
    """A client of a provider that wants nonces in proofs."""
    async with provider_at(tmp_path, template=template, oidc={"dpop_nonces": True}) as op, op.browser() as browser:
        await add_client(op, "machine", **MACHINE)
        yield App(op, browser, "machine", dpop_key=PRIVATE)


async def test_a_proof_carries_our_nonce_where_the_operator_wants_that(noncing: App) -> None:
    """§8: refused once, with the nonce to use; every answer brings the next."""
    refused = await noncing.ask("client_credentials")
    assert (refused.status, refused.error) == (400, "use_dpop_nonce")
    nonce = refused.response.headers["dpop-nonce"]

    told = await noncing.ask("client_credentials", {"dpop": noncing.proof(nonce=nonce)})

    assert told.status == 200
    assert told.response.headers["dpop-nonce"]
    assert (await noncing.ask("client_credentials", {"dpop": noncing.proof(nonce="made-up")})).error == "use_dpop_nonce"


async def test_a_nonce_serves_for_some_minutes_and_no_longer(noncing: App) -> None:
    """§8: the next one is known before the last is refused."""
    nonce = (await noncing.ask("client_credentials")).response.headers["dpop-nonce"]

    noncing.op.clock.advance(timedelta(minutes=5))
    assert (await noncing.ask("client_credentials", {"dpop": noncing.proof(nonce=nonce)})).status == 200
    noncing.op.clock.advance(timedelta(minutes=5))
    assert (await noncing.ask("client_credentials", {"dpop": noncing.proof(nonce=nonce)})).error == "use_dpop_nonce"
