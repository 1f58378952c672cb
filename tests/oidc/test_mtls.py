"""mTLS client authentication and certificate-bound tokens (RFC 8705), the certificate from a proxy (RFC 9440)."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from idp.testing.provider import MORNING, TestProvider, provider_at
from tests.oidc.asking import Person, add_client
from tests.oidc.certificates import Certified, as_rfc9440
from tests.oidc.redeeming import App, Told

HEADER = "client-cert"
CERTIFICATE = Certified(MORNING)
MACHINE: dict[str, Any] = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": ("jobs:run",)}
OUTSIDE = "203.0.113.9"


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    """Behind a proxy on loopback that shows client certificates."""
    settings: dict[str, Any] = {
        "oidc": {"certificate_header": "Client-Cert"},
        "server": {"trusted_proxies": ["127.0.0.1"]},
    }
    async with provider_at(tmp_path, template=template, **settings) as provider:
        yield provider


@pytest.fixture
async def browser(op: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with op.browser() as client:
        yield client


async def ask(browser: httpx2.AsyncClient, shown: str | None, **form: str) -> Told:
    data = {"grant_type": "client_credentials", "client_id": "machine", **form}
    headers = {HEADER: shown} if shown is not None else {}
    return Told(await browser.post("/oauth2/token", data=data, headers=headers))


def dn(value: str) -> dict[str, Any]:
    return {**MACHINE, "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": value}


@pytest.mark.parametrize(
    "names",
    [
        {"tls_client_auth_subject_dn": "CN=client,O=Example,C=US"},
        {"tls_client_auth_san_dns": "client.example.com"},
        {"tls_client_auth_san_uri": "urn:example:client"},
        {"tls_client_auth_san_email": "client@example.com"},
        {"tls_client_auth_san_ip": "192.0.2.7"},
    ],
)
async def test_a_certificate_with_the_registered_name_proves_the_client(
    op: TestProvider, browser: httpx2.AsyncClient, names: dict[str, Any]
) -> None:
    """§2.1.2."""
    await add_client(op, "machine", **MACHINE, token_endpoint_auth_method="tls_client_auth", **names)

    assert (await ask(browser, CERTIFICATE.rfc9440)).status == 200
    assert (await ask(browser, CERTIFICATE.pem)).status == 200


@pytest.mark.parametrize(
    "names",
    [
        {"tls_client_auth_subject_dn": "CN=another,O=Example,C=US"},
        {"tls_client_auth_subject_dn": "CN=client"},
        {"tls_client_auth_subject_dn": "not a name"},
        {"tls_client_auth_san_dns": "example.com"},
        {"tls_client_auth_san_uri": "urn:example"},
        {"tls_client_auth_san_email": "other@example.com"},
        {"tls_client_auth_san_ip": "192.0.2.8"},
        {},
    ],
)
async def test_a_certificate_with_another_name_does_not(
    op: TestProvider, browser: httpx2.AsyncClient, names: dict[str, Any]
) -> None:
    await add_client(op, "machine", **MACHINE, token_endpoint_auth_method="tls_client_auth", **names)

    told = await ask(browser, CERTIFICATE.rfc9440)

    assert (told.status, told.error) == (401, "invalid_client")


@pytest.mark.parametrize(
    "shown", [None, "", "x", ":!:", "%", "%2", ":AAAA:", "-----BEGIN CERTIFICATE-----", "A" * 20000]
)
async def test_what_is_no_certificate_proves_nothing(
    op: TestProvider, browser: httpx2.AsyncClient, shown: str | None
) -> None:
    """Row 115: never a 500."""
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))

    told = await ask(browser, shown)

    assert (told.status, told.error) == (401, "invalid_client")


async def test_a_certificate_of_a_stranger_in_front_is_not_believed(op: TestProvider) -> None:
    """RFC 9440 §2.4: anybody can send the header; only the proxy's counts."""
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))

    async with op.browser(OUTSIDE) as browser:
        told = await ask(browser, CERTIFICATE.rfc9440)

    assert told.error == "invalid_client"


async def test_two_headers_are_none(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """A proxy that adds its own beside a client's leaves us none to believe."""
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))
    headers = [(HEADER, CERTIFICATE.rfc9440), (HEADER, CERTIFICATE.rfc9440)]

    answer = await browser.post(
        "/oauth2/token", data={"grant_type": "client_credentials", "client_id": "machine"}, headers=headers
    )

    assert answer.json()["error"] == "invalid_client"


async def test_without_the_setting_no_header_is_read(anyio_backend: str, tmp_path: Path, template: Path) -> None:
    settings: dict[str, Any] = {"server": {"trusted_proxies": ["127.0.0.1"]}}
    async with (
        provider_at(
            tmp_path / "other",
            template=template,
            keys={"master_key_file": tmp_path / "other" / "master.key"},
            **settings,
        ) as op,
        op.browser() as browser,
    ):
        await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))

        assert (await ask(browser, CERTIFICATE.rfc9440)).error == "invalid_client"


async def test_an_expired_certificate_proves_nothing(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))
    op.clock.advance(timedelta(days=31))

    assert (await ask(browser, CERTIFICATE.rfc9440)).error == "invalid_client"


async def test_a_self_signed_certificate_proves_the_client_whose_key_it_has(
    op: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """§2.2: whatever it says of itself."""
    method = {**MACHINE, "token_endpoint_auth_method": "self_signed_tls_client_auth"}
    await add_client(op, "machine", **method, jwks={"keys": ["nonsense", CERTIFICATE.jwk]})
    impostor = Certified(MORNING)

    assert (await ask(browser, CERTIFICATE.rfc9440)).status == 200
    assert (await ask(browser, impostor.rfc9440)).error == "invalid_client"
    assert (await ask(browser, None)).error == "invalid_client"


async def test_a_key_that_jose_has_no_name_for_proves_nothing(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """Row 115: TLS knows curves, kinds of keys and versions of certificates that we do not."""
    method = {**MACHINE, "token_endpoint_auth_method": "self_signed_tls_client_auth"}
    await add_client(op, "machine", **method, jwks={"keys": [CERTIFICATE.jwk]})
    der = CERTIFICATE.certificate.public_bytes(Encoding.DER)
    version, curve = bytes.fromhex("a003020102"), bytes.fromhex("2a8648ce3d030107")  # v3; P-256
    unknown = [der.replace(curve, curve[:-1] + b"\x63"), der.replace(version, version[:-1] + b"\x03")]
    shown = [Certified(MORNING, curve=ec.BrainpoolP256R1()).rfc9440, *map(as_rfc9440, unknown)]

    assert [(await ask(browser, one)).error for one in shown] == ["invalid_client"] * 3


@pytest.mark.parametrize(
    ("registered", "good", "odd"),
    [
        ({"tls_client_auth_subject_dn": "CN=client,O=Example,C=US"}, b"\x0c\x06client", b"\x03\x06client"),
        ({"tls_client_auth_san_dns": "client.example.com"}, b"\x82\x12Client", b"\xa3\x12Client"),
        ({"tls_client_auth_san_dns": "client.example.com"}, bytes.fromhex("551d11"), bytes.fromhex("551d63")),
    ],
    ids=["bits for a text", "an X.400 address", "no names at all"],
)
async def test_names_that_cannot_be_read_prove_nothing(
    op: TestProvider, browser: httpx2.AsyncClient, registered: dict[str, Any], good: bytes, odd: bytes
) -> None:
    """Row 115: TLS hands on what it does not look into."""
    await add_client(op, "machine", **MACHINE, token_endpoint_auth_method="tls_client_auth", **registered)
    der = CERTIFICATE.certificate.public_bytes(Encoding.DER)
    assert good in der

    assert (await ask(browser, as_rfc9440(der.replace(good, odd)))).error == "invalid_client"


async def test_a_secret_does_not_do_for_a_client_of_certificates(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))

    assert (await ask(browser, CERTIFICATE.rfc9440, client_secret="a-secret-of-the-test")).error == "invalid_client"


async def test_tokens_are_bound_to_the_certificate_where_the_client_registered_that(
    op: TestProvider, browser: httpx2.AsyncClient
) -> None:
    """§3: `cnf` with `x5t#S256`; still a Bearer token by its scheme (§3)."""
    await add_client(op, "machine", **dn("CN=client,O=Example,C=US"), tls_client_certificate_bound_access_tokens=True)

    told = await ask(browser, CERTIFICATE.rfc9440)

    assert told.claims["cnf"] == {"x5t#S256": CERTIFICATE.thumbprint}
    assert told.body["token_type"] == "Bearer"


async def test_a_bound_token_opens_with_its_certificate_alone(op: TestProvider, browser: httpx2.AsyncClient) -> None:
    """§3, and §4 for the refresh token of a public client."""
    await add_client(op, "app", token_endpoint_auth_method="none", tls_client_certificate_bound_access_tokens=True)
    jane = Person(op, browser)
    await jane.sign_in(await op.add_account("jane@example.com"))
    app = App(op, browser, "app", "none")
    code = (await jane.ask()).code
    assert (await app.redeem(code)).error == "invalid_request"

    app.headers = {HEADER: CERTIFICATE.rfc9440}
    told = await app.redeem(code)

    shown = {HEADER: CERTIFICATE.rfc9440}
    assert (await app.userinfo(told.access_token, **shown)).status_code == 200
    assert (await app.userinfo(told.access_token)).status_code == 401
    assert (await app.userinfo(told.access_token, **{HEADER: Certified(MORNING).rfc9440})).status_code == 401
    app.headers = {HEADER: Certified(MORNING).rfc9440}
    assert (await app.refresh(told.refresh_token)).error == "invalid_grant"
    app.headers = shown
    assert (await app.refresh(told.refresh_token)).status == 200


async def test_with_authorities_of_ours_a_name_alone_is_worth_nothing(tmp_path: Path, template: Path) -> None:
    """RFC 8705 §2.1: a proxy that hands on what it did not verify hands on what anybody wrote."""
    authority = Certified(MORNING, subject="CN=authority")
    bundle = tmp_path / "authorities.pem"
    bundle.write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    settings: dict[str, Any] = {
        "oidc": {"certificate_header": "Client-Cert", "certificate_authorities": str(bundle)},
        "server": {"trusted_proxies": ["127.0.0.1"]},
    }
    async with provider_at(tmp_path / "site", template=template, **settings) as op, op.browser() as browser:
        await add_client(op, "machine", **dn("CN=client,O=Example,C=US"))

        signed = await ask(browser, Certified(MORNING, by=authority).rfc9440)
        forged = await ask(browser, CERTIFICATE.rfc9440)
        other = await ask(browser, Certified(MORNING, by=Certified(MORNING, subject="CN=authority")).rfc9440)

    assert (signed.status, forged.error, other.error) == (200, "invalid_client", "invalid_client")
