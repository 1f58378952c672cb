"""An app on Authlib's httpx client; what it does not do by itself is done as its documentation shows it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from authlib.common.security import generate_token
from authlib.integrations.base_client.errors import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.clients.node import Visit

Tokens = Mapping[str, Any]


def run(told: Mapping[str, Any], visit: Visit) -> dict[str, Any]:
    """What it saw, under the names that the clients in Node give it."""
    found = httpx2.get(f"{told['issuer']}/.well-known/openid-configuration", trust_env=False).raise_for_status().json()
    with OAuth2Client(
        told["clientId"],
        told["clientSecret"],
        scope=told["scope"],
        redirect_uri=told["redirectUri"],
        code_challenge_method="S256",
        token_endpoint=found["token_endpoint"],
        trust_env=False,
    ) as client:
        return App(client=client, found=found, told=told, visit=visit).journey()


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    client: OAuth2Client
    found: Mapping[str, Any]
    told: Mapping[str, Any]
    visit: Visit

    def journey(self) -> dict[str, Any]:
        first = self.authorize()
        claims, told = self.claims(first), self.userinfo(first)
        second = self.refresh(first)
        told_again = self.userinfo(second)
        silent = self.authorize(prompt="none")
        landed = self.sign_out(silent)
        return {
            "sub": claims["sub"],
            "token_type": first["token_type"].lower(),
            "userinfo": told,
            "userinfo_after_refresh": told_again,
            "is_new_access_token": second["access_token"] != first["access_token"],
            "is_new_refresh_token": second["refresh_token"] != first["refresh_token"],
            "silent_sub": self.claims(silent)["sub"],
            "landed": landed,
            "refresh_after_logout": refusal(lambda: self.refresh(second)),
            "userinfo_after_logout": refusal(lambda: self.userinfo(second)),
            "silent_after_logout": refusal(lambda: self.authorize(prompt="none")),
        }

    def authorize(self, **more: str) -> Tokens:
        verifier, nonce = generate_token(48), generate_token()
        address, state = self.client.create_authorization_url(
            self.found["authorization_endpoint"], code_verifier=verifier, nonce=nonce, **more
        )
        landed = self.visit(address)
        answer = {name: values[0] for name, values in parse_qs(urlsplit(landed).query).items()}
        assert answer["iss"] == self.told["issuer"]
        if "error" in answer:
            raise OAuthError(answer["error"])
        tokens: Tokens = dict(
            self.client.fetch_token(authorization_response=landed, state=state, code_verifier=verifier)
        )
        assert self.claims(tokens)["nonce"] == nonce
        return tokens

    def claims(self, tokens: Tokens) -> dict[str, Any]:
        keys = KeySet.import_key_set(httpx2.get(self.found["jwks_uri"], trust_env=False).json())
        token = jwt.decode(tokens["id_token"], keys, ["RS256"])
        asked = {
            "iss": {"essential": True, "value": self.told["issuer"]},
            "aud": {"essential": True, "value": self.told["clientId"]},
        }
        claims = CodeIDToken(
            token.claims,
            token.header,
            asked,
            {"client_id": self.told["clientId"], "access_token": tokens["access_token"]},
        )
        claims.validate()
        return dict(claims)

    def userinfo(self, tokens: Tokens) -> dict[str, Any]:
        self.client.token = tokens
        answer = self.client.get(self.found["userinfo_endpoint"])
        if answer.status_code == 401:
            raise OAuthError(answer.headers["www-authenticate"].partition('error="')[2].partition('"')[0])
        told: dict[str, Any] = answer.raise_for_status().json()
        return told

    def refresh(self, tokens: Tokens) -> Tokens:
        return dict(self.client.refresh_token(refresh_token=tokens["refresh_token"]))

    def sign_out(self, tokens: Tokens) -> str:
        asked = {
            "post_logout_redirect_uri": self.told["postLogoutRedirectUri"],
            "id_token_hint": tokens["id_token"],
            "state": "bye",
        }
        return self.visit(str(httpx2.URL(self.found["end_session_endpoint"], params=asked)))


def refusal(ask: Callable[[], object]) -> str | None:
    """The OAuth error code of what must be refused."""
    try:
        ask()
    except OAuthError as error:
        return str(error.error)
    return None
