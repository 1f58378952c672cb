"""Apps that know nothing of us but the issuer's address: discovery, the pages, tokens, userinfo, refresh and logout.

Each is a library that many apps stand on. It checks by itself what we answer (signatures, `iss`, `nonce`, `at_hash`,
`aud`), and ends with an error where something is not as the specifications have it.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from joserfc.jwk import ECKey

from tests.clients import by_authlib, node
from tests.clients.person import EMAIL, Person
from tests.running import Server

REDIRECT, AFTERWARDS = "http://localhost:9/callback", "http://localhost:9/goodbye"
"""Nobody listens there: a test takes the answer from where the person is sent."""

SECRET = "a-secret-that-is-long-enough-for-everybody"
BY_SECRET = ("openid-client", "oauth4webapi", "authlib")
BY_KEY = "openid-client, FAPI 2.0"

Run = Callable[[Mapping[str, Any], node.Visit], dict[str, Any]]
RUN: Mapping[str, Run] = {
    "openid-client": partial(node.run, "openid-client.mjs"),
    "oauth4webapi": partial(node.run, "oauth4webapi.mjs"),
    "authlib": by_authlib.run,
    BY_KEY: partial(node.run, "openid-client.mjs"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """`by_app` is what the app saw, `pages` what the person did meanwhile."""

    name: str
    by_app: Mapping[str, Any]
    pages: tuple[str, ...]


@pytest.fixture(scope="module", params=RUN)
def seen(idp: Server, request: pytest.FixtureRequest) -> Seen:
    name: str = request.param
    told = by_key(idp) if name == BY_KEY else by_secret(idp, name)
    with Person(idp) as person:
        by_app = RUN[name](
            {
                "issuer": idp.url,
                "redirectUri": REDIRECT,
                "postLogoutRedirectUri": AFTERWARDS,
                "scope": "openid profile email",
                **told,
            },
            person.visit,
        )
        return Seen(name=name, by_app=by_app, pages=tuple(person.pages))


def by_secret(idp: Server, name: str) -> dict[str, Any]:
    idp.idp("client", "create", "--client-id", name, "--secret", SECRET, *addresses(), *proof(name))
    return {"clientId": name, "clientSecret": SECRET}


def proof(name: str) -> list[str]:
    """What the library does unless it is told otherwise."""
    return ["--auth-method", "client_secret_post" if name == "openid-client" else "client_secret_basic"]


def by_key(idp: Server) -> dict[str, Any]:
    """FAPI 2.0 lets http on loopback be an address of native applications only."""
    key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)
    metadata = {
        "application_type": "native",
        "jwks": {"keys": [key.as_dict(private=False)]},
        "dpop_bound_access_tokens": True,
        "id_token_signed_response_alg": "ES256",
        "authorization_signed_response_alg": "ES256",
    }
    words = ["--auth-method", "private_key_jwt", "--profile", "fapi2", "--metadata", json.dumps(metadata)]
    idp.idp("client", "create", "--client-id", "fapi", *addresses(), *words)
    return {"clientId": "fapi", "privateKey": key.as_dict(private=True)}


def addresses() -> list[str]:
    return ["--redirect-uri", REDIRECT, "--post-logout-redirect-uri", AFTERWARDS]


def test_a_person_signs_in_and_consents_once(seen: Seen) -> None:
    """Its second request goes through without a page."""
    assert seen.pages == ("login-form", "consent-form")
    assert seen.by_app["silent_sub"] == seen.by_app["sub"]


def test_its_tokens_are_of_the_kind_that_it_asked_for(seen: Seen) -> None:
    assert seen.by_app["token_type"] == ("dpop" if seen.name == BY_KEY else "bearer")


def test_userinfo_tells_what_was_consented_to(seen: Seen) -> None:
    told = seen.by_app["userinfo"]

    assert told["sub"] == seen.by_app["sub"]
    assert told["email"] == EMAIL
    assert told["email_verified"] is True
    assert {"given_name", "family_name", "name"} <= told.keys()


def test_a_refresh_brings_an_access_token_that_serves(seen: Seen) -> None:
    """The refresh token turns, but not where a key of the app's stands behind it (FAPI 2.0 §5.3.2.1)."""
    assert seen.by_app["is_new_access_token"]
    assert seen.by_app["is_new_refresh_token"] is (seen.name != BY_KEY)
    assert seen.by_app["userinfo_after_refresh"] == seen.by_app["userinfo"]


def test_a_logout_leads_back_to_the_app(seen: Seen) -> None:
    assert seen.by_app["landed"] == f"{AFTERWARDS}?state=bye"


def test_after_the_logout_nothing_is_left(seen: Seen) -> None:
    assert seen.by_app["refresh_after_logout"] == "invalid_grant"
    assert seen.by_app["userinfo_after_logout"] == "invalid_token"
    assert seen.by_app["silent_after_logout"] == "login_required"
