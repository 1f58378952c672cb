"""What the operator decided about the OpenID Provider, in the protocol's own terms."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from idp.core.client import Client, Profile
from idp.oauth.algorithms import FAPI_SIGNING, FAPI_USUAL
from idp.usecases.sessions import tokens

SINGLE_FACTOR = "https://refeds.org/profile/sfa"
MULTI_FACTOR = "https://refeds.org/profile/mfa"
ACR_VALUES = (SINGLE_FACTOR, MULTI_FACTOR)
"""Authentication context classes, the weaker first. The session's `amr` decides which one it reaches."""

PAGES = tokens.PAGES
"""The contract of sessions that our own pages open: `Source.contract`, and the audience of their cookie."""

OPENID = "openid"
OFFLINE_ACCESS = "offline_access"
SCOPES = (
    "openid",
    "profile",
    "email",
    "address",
    "phone",
    "offline_access",
    "roles",
    "teams",
    "jurisdictions",
    "features",
)
"""Scopes of our own claims; resource servers add theirs."""


class Registration(StrEnum):
    """Who may register a client (RFC 7591)."""

    CLOSED = "closed"
    TOKEN = "token"
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthRules:
    """`dpop_nonces`: proofs must carry a nonce of ours. `certificate_header`: where a trusted proxy puts the client's
    certificate (RFC 9440 or PEM, percent-encoded); None: no mTLS. `mtls_base`: where that proxy listens, for
    `mtls_endpoint_aliases`. `certificate_authorities`: who signed for `tls_client_auth` (PEM); None: its proxy
    has seen to it. `webfinger_domains`: whose people are ours beside the issuer's host; None: nobody is told.
    `default_scope`: of clients that register none; None: what is usual for those of the operator, and for strangers.
    `smallest_rsa`: bits of the keys that clients bring.
    """

    issuer: str
    code_life: timedelta = timedelta(seconds=60)
    access_life: timedelta = timedelta(minutes=10)
    id_token_life: timedelta = timedelta(minutes=10)
    refresh_life: timedelta = timedelta(days=30)
    refresh_longest: timedelta = timedelta(days=365)
    refresh_grace: timedelta = timedelta(0)
    interaction_life: timedelta = timedelta(minutes=30)
    pushed_life: timedelta = timedelta(seconds=90)
    device_life: timedelta = timedelta(minutes=10)
    device_interval: timedelta = timedelta(seconds=5)
    profile: Profile | None = None
    require_pushed: bool = False
    require_pkce: bool = False
    default_scope: tuple[str, ...] | None = None
    smallest_rsa: int = 2048
    encrypted_requests: bool = False
    registration: Registration = Registration.CLOSED
    client_documents: bool = False
    webfinger_domains: tuple[str, ...] | None = ()
    token_exchange: bool = False
    dpop_nonces: bool = False
    certificate_header: str | None = None
    mtls_base: str | None = None
    certificate_authorities: bytes | None = None
    access_token_algorithm: str = "ES256"
    languages: tuple[str, ...] = ("en",)
    service_documentation: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None

    def profile_of(self, client: Client) -> Profile | None:
        """The client's own, else everybody's."""
        return client.terms.profile or self.profile

    def is_fapi2(self, client: Client) -> bool:
        return self.profile_of(client) is Profile.FAPI2

    def signs_with(self, client: Client, registered: str | None, usual: str = "RS256") -> str:
        """The algorithm of whatever we sign for a client: what it registered, else the usual one.

        For a client that keeps FAPI 2.0 never RS256, whatever it registered before (Security Profile §5.4.1).
        """
        algorithm = registered or usual
        if algorithm in FAPI_SIGNING or not self.is_fapi2(client):
            return algorithm
        return usual if usual in FAPI_SIGNING else FAPI_USUAL
