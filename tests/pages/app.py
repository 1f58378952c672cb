"""An app that signs people in with us."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from idp.core.client import Client, ClientMetadata, ClientTerms, Origin
from idp.core.ids import ClientId
from idp.testing.provider import TestProvider

APP = "demo-app"
REDIRECT = "https://app.example.com/callback"
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
"""RFC 7636, appendix B."""


async def add_app(
    idp: TestProvider, redirect_uri: str = REDIRECT, *, terms: ClientTerms | None = None, **metadata: Any
) -> Client:
    """The app, as an operator would have made it."""
    now = idp.clock.now()
    usual = {
        "redirect_uris": (redirect_uri,),
        "client_name": "Rooms & Roofs",
        "scope": ("openid", "profile", "email", "offline_access"),
        "token_endpoint_auth_method": "none",
    }
    client = Client(
        id=ClientId(APP),
        metadata=ClientMetadata(**{**usual, **metadata}),
        terms=terms or ClientTerms(),
        origin=Origin.OPERATOR,
        created_at=now,
        updated_at=now,
    )
    await idp.provider.store.transact(lambda work: work.oauth.clients.add(client))
    return client


def authorize(redirect_uri: str = REDIRECT, **more: str) -> str:
    """Where the app sends people."""
    asked = {
        "client_id": APP,
        "redirect_uri": redirect_uri,
        "response_type": "code",
        "scope": "openid profile email",
        "state": "xyz",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        **more,
    }
    return f"/oauth2/authorize?{urlencode(asked)}"


def answer_in(location: str) -> dict[str, str]:
    """What the app was answered."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
