"""private_key_jwt and client_secret_jwt (RFC 7523 §2.2, §3; OIDC Core §9; FAPI 2.0 §5.3.2.1)."""

import hmac
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

import pytest
from joserfc.jwk import ECKey, Key, OctKey

from idp.core.client import ClientSecret, ClientTerms, Profile
from idp.core.ids import ClientId
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import SECRET, add_client, change_client
from tests.oidc.redeeming import ASSERTION_TYPE, KEYS, App, encoded, jwks, sign

CREDENTIALS = "client_credentials"


async def machine(client: App, algorithm: str = "ES256", *, profile: Profile | None = None, **metadata: Any) -> App:
    """A program that signs its assertions by the key it registered."""
    key = KEYS["RS256" if algorithm == "PS256" else algorithm]
    usual = {
        "grant_types": ("client_credentials",),
        "redirect_uris": (),
        "scope": ("jobs:run",),
        "token_endpoint_auth_method": "private_key_jwt",
        "jwks": jwks(key),
    }
    terms = ClientTerms(profile=profile)
    await add_client(client.op, "machine", terms=terms, **{**usual, **metadata})
    return App(client.op, client.browser, "machine", "private_key_jwt", key=key, algorithm=algorithm)


async def show(client: App, assertion: str, **form: str | None) -> str | None:
    """The error, or None for a token."""
    fields = {"grant_type": CREDENTIALS, "client_assertion_type": ASSERTION_TYPE, "client_assertion": assertion}
    return (await client.post(**{**fields, **form})).error


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "PS256", "RS256"])
async def test_an_assertion_proves_the_client(client: App, algorithm: str) -> None:
    app = await machine(client, algorithm)

    assert (await app.ask(CREDENTIALS)).status == 200
    assert (await app.ask(CREDENTIALS, client_id="machine")).status == 200


async def test_an_ed25519_key_by_its_newer_name(client: App) -> None:
    """RFC 9864."""
    app = await machine(client, "EdDSA")
    now = int(client.op.clock.now().timestamp())
    claims = {"iss": "machine", "sub": "machine", "aud": ISSUER, "jti": "1", "exp": now + 60}

    assert await show(app, sign({"alg": "Ed25519"}, claims, KEYS["EdDSA"])) is None


async def test_an_assertion_serves_once(client: App) -> None:
    app = await machine(client)
    assertion = app.assertion()

    assert await show(app, assertion) is None
    assert await show(app, assertion) == "invalid_client"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "another"},
        {"iss": None},
        {"sub": "another"},
        {"sub": None},
        {"aud": "https://elsewhere.example"},
        {"aud": None},
        {"aud": ["https://elsewhere.example", 7]},
        {"exp": -1},
        {"exp": 0},
        {"exp": None},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 2 * 3600},
        {"nbf": 61},
        {"iat": 61},
        {"jti": None},
        {"jti": ""},
        {"jti": 7},
        {"jti": "x" * 257},
    ],
)
async def test_an_assertion_with_a_wrong_claim_is_refused(client: App, changes: Mapping[str, Any]) -> None:
    """RFC 7523 §3: times are relative to now."""
    app, now = await machine(client), int(client.op.clock.now().timestamp())
    moved = {
        name: now + value if name in {"exp", "nbf", "iat"} and type(value) is int else value
        for name, value in changes.items()
    }

    assert await show(app, app.assertion(**moved)) == "invalid_client"


async def test_an_assertion_of_five_minutes_ago_is_refused(client: App) -> None:
    """fapi2 …-with-exp-is-5-minutes-in-past-fails."""
    app, now = await machine(client, profile=Profile.FAPI2), int(client.op.clock.now().timestamp())

    assert await show(app, app.assertion(exp=now - 300)) == "invalid_client"


async def test_a_clock_that_is_8_seconds_ahead_is_forgiven(client: App) -> None:
    """fapi2 …-nbf-8-seconds-in-the-future-is-accepted; iat likewise."""
    app, now = await machine(client), int(client.op.clock.now().timestamp())

    assert await show(app, app.assertion(nbf=now + 8, iat=now + 8)) is None


@pytest.mark.parametrize("aud", [ISSUER, f"{ISSUER}/oauth2/token", [ISSUER], ["https://x.example", f"{ISSUER}/"]])
async def test_plain_clients_may_name_issuer_or_endpoint(client: App, aud: object) -> None:
    """RFC 7523 §3; oidcc-ensure-client-assertion-with-iss-aud-succeeds."""
    app = await machine(client)

    assert await show(app, app.assertion(aud=aud)) is None


@pytest.mark.parametrize("aud", [f"{ISSUER}/oauth2/token", f"{ISSUER}/oauth2/par", [ISSUER], f"{ISSUER}/"])
async def test_under_fapi_the_audience_is_the_issuer_as_a_string(client: App, aud: object) -> None:
    """FAPI 2.0 §5.3.2.1: par-test-array-as-audience-fails and its like."""
    app = await machine(client, profile=Profile.FAPI2)

    assert await show(app, app.assertion(aud=aud)) == "invalid_client"
    assert await show(app, app.assertion(aud=ISSUER)) == "invalid_request"  # known, and then without a key to bind to


async def test_under_fapi_rs256_is_refused(client: App) -> None:
    """ensure-signed-client-assertion-with-RS256-fails."""
    app = await machine(client, "RS256", profile=Profile.FAPI2)

    assert await show(app, app.assertion()) == "invalid_client"


async def test_a_registered_algorithm_is_the_only_one(client: App) -> None:
    app = await machine(client, "RS256", token_endpoint_auth_signing_alg="PS256")

    assert await show(app, app.assertion()) == "invalid_client"
    app.algorithm = "PS256"
    assert await show(app, app.assertion()) is None


async def test_foreign_and_unsigned_assertions_are_refused(client: App) -> None:
    """Rows 78, 79: another's key, `none`, and an HMAC under the public key."""
    app = await machine(client)
    app.key = ECKey.generate_key("P-256")
    assert await show(app, app.assertion()) == "invalid_client"

    _, body, _ = app.assertion().split(".")
    unsigned = encoded(b'{"alg":"none"}')
    assert await show(app, f"{unsigned}.{body}.") == "invalid_client"

    message = encoded(b'{"alg":"HS256"}') + f".{body}"
    mac = hmac.digest(cast(ECKey, KEYS["ES256"]).as_pem(private=False), message.encode(), "sha256")
    assert await show(app, f"{message}.{encoded(mac)}") == "invalid_client"


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "ES256", "crit": ["b64"], "b64": False},
        {"alg": "ES256", "b64": True},
        {"alg": "ES256", "zip": "DEF"},
        {"alg": "ES256", "kid": 7},
        {"alg": None},
        {"alg": ["ES256"]},
        {"alg": "ES384"},
    ],
)
async def test_a_header_that_asks_for_more_is_refused(client: App, header: Mapping[str, object]) -> None:
    """Row 84."""
    app, now = await machine(client), int(client.op.clock.now().timestamp())
    claims = {"iss": "machine", "sub": "machine", "aud": ISSUER, "jti": "1", "exp": now + 60}

    assert await show(app, sign(header, claims, KEYS["ES256"])) == "invalid_client"


@pytest.mark.parametrize("assertion", ["", "x", "a.b.c", "a.b", "e30.e30.e30", "é.é.é", "x" * 20000])
async def test_what_is_no_jwt_is_refused(client: App, assertion: str) -> None:
    """Row 115: never a 500."""
    await machine(client)

    assert await show(client, assertion) == "invalid_client"


async def test_the_type_must_be_told(client: App) -> None:
    app = await machine(client)

    assert await show(app, app.assertion(), client_assertion_type="urn:x") == "invalid_client"
    assert await show(app, app.assertion(), client_assertion_type=None) == "invalid_client"


async def test_client_id_and_assertion_must_agree(client: App) -> None:
    app = await machine(client)

    assert await show(app, app.assertion(), client_id="app") == "invalid_client"


async def test_a_client_with_a_secret_does_not_sign(client: App) -> None:
    await machine(client)
    other = App(client.op, client.browser, "app", "private_key_jwt", key=KEYS["ES256"])

    assert await show(other, other.assertion()) == "invalid_client"


async def test_a_kid_chooses_among_the_keys(client: App) -> None:
    spare: Key = ECKey.generate_key("P-256")
    listed = {"keys": [*jwks(spare, kid="old")["keys"], *jwks(KEYS["ES256"], kid="new")["keys"]]}
    app, now = await machine(client, jwks=listed), int(client.op.clock.now().timestamp())

    def signed(kid: str | None, number: int) -> str:
        claims = {"iss": "machine", "sub": "machine", "aud": ISSUER, "jti": f"{kid}{number}", "exp": now + 60}
        return sign({"alg": "ES256", "kid": kid}, claims, KEYS["ES256"])

    assert await show(app, signed("new", 1)) is None
    assert await show(app, signed(None, 2)) is None
    assert await show(app, signed("old", 3)) == "invalid_client"
    assert await show(app, signed("gone", 4)) == "invalid_client"


async def test_a_key_for_encryption_signs_nothing(client: App) -> None:
    app = await machine(client, jwks=jwks(KEYS["ES256"], use="enc"))

    assert await show(app, app.assertion()) == "invalid_client"


async def test_client_secret_jwt(op: TestProvider, client: App) -> None:
    """OIDC Core §9: an HMAC under the client's secret, which is sealed for that alone."""
    await machine(client, jwks=None, token_endpoint_auth_method="client_secret_jwt")
    sealer = op.provider.verbs.world.sealer
    known = await op.provider.store.read(lambda work: work.oauth.clients.by_id(ClientId("machine")))
    assert known is not None
    kept = ClientSecret(
        digest=ClientSecret.digest_of(SECRET),
        sealed=sealer.seal(SECRET.encode(), ClientSecret.context_of("machine")),
    )
    await change_client(op, replace(known, secrets=(kept,)))
    app = App(op, client.browser, "machine", "client_secret_jwt", key=OctKey.import_key(SECRET), algorithm="HS256")

    assert (await app.ask(CREDENTIALS)).status == 200
    app.key = OctKey.import_key("another-secret-of-some-length")
    assert (await app.ask(CREDENTIALS)).error == "invalid_client"
    app.key, app.algorithm = KEYS["ES256"], "ES256"
    assert (await app.ask(CREDENTIALS)).error == "invalid_client"
