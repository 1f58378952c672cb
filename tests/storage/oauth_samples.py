"""Nouns of the OpenID Provider to store. `number` makes one unlike another."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from idp.core.authorization import AuthorizationRequest, DeviceAuthorization, Interaction, PushedRequest
from idp.core.client import Client, ClientMetadata, ClientSecret, ClientTerms, Origin, Profile
from idp.core.grant import AuthorizationCode, Consent, Grant, GrantToken
from idp.core.ids import AccountId, ClientId, GrantId, SessionId
from idp.core.secret import Digest, Sealed
from idp.ports.oauth_storage import InitialToken
from idp.ports.storage import Store, UnitOfWork
from tests.storage.samples import DAY, HOUR, MINUTE, NOW, a_session, an_account

APP = ClientId("app")
BROWSER = Digest(b"digest of a cookie")


def a_client(number: int = 1, **changes: Any) -> Client:
    client = Client(
        id=ClientId(f"client-{number}"),
        metadata=ClientMetadata(redirect_uris=("https://app.example/callback",), client_name="The App"),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(client, **changes)


def a_full_client() -> Client:
    """One that differs from the defaults in every sort of field."""
    return a_client(
        metadata=ClientMetadata(
            redirect_uris=("https://app.example/callback", "https://app.example/ñ?a=b"),
            grant_types=("authorization_code", "refresh_token"),
            scope=(),
            token_endpoint_auth_method="private_key_jwt",
            jwks={"keys": [{"kty": "EC", "x": "…"}]},
            client_name="The App",
            texts={"client_name#es": "La aplicación"},
            contacts=("ops@app.example",),
            id_token_signed_response_alg="ES256",
            default_max_age=0,
            require_auth_time=True,
            backchannel_logout_uri="https://app.example/logout",
            dpop_bound_access_tokens=True,
        ),
        terms=ClientTerms(
            skip_consent=True,
            profile=Profile.FAPI2,
            jurisdiction="Alameda",
            resources=("https://api.example",),
            exchanges_from=("gateway",),
            delegates=True,
            access_life=timedelta(minutes=2, microseconds=1),
            refresh_life=timedelta(days=90),
        ),
        secrets=(
            ClientSecret(digest=Digest(b"\x00\xff one"), sealed=Sealed(b"\x01 sealed"), expires_at=NOW + DAY),
            ClientSecret(digest=Digest(b"two")),
        ),
        origin=Origin.REGISTRATION,
        registration_digest=Digest(b"registration"),
        updated_at=NOW + MINUTE,
        disabled_at=NOW + HOUR,
    )


def a_grant(number: int = 1, *, session: int | None = 1, account: int = 1, **changes: Any) -> Grant:
    grant = Grant(
        id=GrantId(f"grant-{number}"),
        client_id=APP,
        account_id=AccountId(f"account-{account:04}"),
        subject=f"subject of {account}",
        session_id=None if session is None else SessionId(f"session-{session:04}"),
        scope=("openid", "email"),
        authenticated_at=NOW,
        created_at=NOW,
        expires_at=NOW + DAY,
    )
    return replace(grant, **changes)


OFFLINE = ("openid", "offline_access")


def a_code(number: int = 1, grant: int = 1, **changes: Any) -> AuthorizationCode:
    code = AuthorizationCode(
        digest=Digest(f"code-{number}".encode()),
        grant_id=GrantId(f"grant-{grant}"),
        client_id=APP,
        redirect_uri="https://app.example/callback",
        code_challenge="challenge",
        dpop_jkt=None,
        issued_at=NOW,
        expires_at=NOW + MINUTE,
    )
    return replace(code, **changes)


def a_token(number: int = 1, grant: int = 1, **changes: Any) -> GrantToken:
    token = GrantToken(
        digest=Digest(f"token-{number}".encode()),
        grant_id=GrantId(f"grant-{grant}"),
        issued_at=NOW,
        expires_at=NOW + DAY,
    )
    return replace(token, **changes)


def a_request(**changes: Any) -> AuthorizationRequest:
    request = AuthorizationRequest(
        client_id=APP,
        redirect_uri="https://app.example/callback",
        named_redirect_uri=None,
        response_type="code",
        response_mode="query",
        scope=("openid",),
    )
    return replace(request, **changes)


def a_full_request() -> AuthorizationRequest:
    return a_request(
        named_redirect_uri="https://app.example/callback",
        state="s",
        nonce="n",
        code_challenge="c",
        prompt=("login", "consent"),
        max_age=0,
        login_hint="ada@example.com",
        ui_locales=("es", "en"),
        acr_values=("https://refeds.org/profile/mfa",),
        claims={"userinfo": {"name": {"essential": True}, "email": None}},
        resources=("https://api.example",),
        dpop_jkt="thumbprint",
    )


def an_interaction(number: int = 1, **changes: Any) -> Interaction:
    interaction = Interaction(
        digest=Digest(f"interaction-{number}".encode()),
        browser=BROWSER,
        request=a_request(),
        begun_at=NOW,
        expires_at=NOW + HOUR,
    )
    return replace(interaction, **changes)


def a_pushed_request(number: int = 1, **changes: Any) -> PushedRequest:
    pushed = PushedRequest(
        digest=Digest(f"pushed-{number}".encode()),
        client_id=APP,
        request=a_request(),
        issued_at=NOW,
        expires_at=NOW + MINUTE,
    )
    return replace(pushed, **changes)


def a_device(number: int = 1, **changes: Any) -> DeviceAuthorization:
    device = DeviceAuthorization(
        digest=Digest(f"device-{number}".encode()),
        user_code=Digest(f"user-code-{number}".encode()),
        client_id=APP,
        scope=("openid",),
        resources=("https://api.example",),
        issued_at=NOW,
        expires_at=NOW + 10 * MINUTE,
    )
    return replace(device, **changes)


def a_consent(account: int = 1, **changes: Any) -> Consent:
    consent = Consent(
        account_id=AccountId(f"account-{account:04}"),
        client_id=APP,
        scope=("openid", "email"),
        resources=("https://api.example",),
        claims=("name",),
        given_at=NOW,
    )
    return replace(consent, **changes)


def an_initial_token(number: int = 1, **changes: Any) -> InitialToken:
    token = InitialToken(
        digest=Digest(f"initial-{number}".encode()),
        note="for the partners",
        uses_left=1,
        created_at=NOW,
        expires_at=NOW + DAY,
    )
    return replace(token, **changes)


async def begin(store: Store, *grants: Grant) -> None:
    """Ada, her session, and grants; one in that session, if none is named."""

    def fill(work: UnitOfWork) -> None:
        work.accounts.add(an_account())
        work.sessions.open(a_session())
        for grant in grants or (a_grant(),):
            work.oauth.grants.open(grant)

    await store.transact(fill)
