"""A client: an app that signs people in with us by OAuth 2.0 and OpenID Connect."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from idp.core.ids import ClientId
from idp.core.languages import nearest, tagged
from idp.core.secret import Digest, Sealed


class Origin(StrEnum):
    """How we came to know a client. Only the operator's own may skip consent."""

    CONFIG = "config"
    OPERATOR = "operator"
    REGISTRATION = "registration"
    DOCUMENT = "document"


class Profile(StrEnum):
    """A named bundle of demands that a client, or all of them, must keep."""

    OAUTH21 = "oauth21"
    FAPI2 = "fapi2"
    MCP = "mcp"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientMetadata:
    """RFC 7591 §2, OIDC Registration §2 and the specifications that add to them, checked.

    Names are the wire's own. What is empty or None was not registered. `texts` holds what people read in other
    languages (`client_name#es`).
    """

    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    grant_types: tuple[str, ...] = ("authorization_code",)
    response_types: tuple[str, ...] = ("code",)
    scope: tuple[str, ...] = ()
    application_type: str = "web"
    token_endpoint_auth_method: str = "client_secret_basic"
    token_endpoint_auth_signing_alg: str | None = None
    jwks: Mapping[str, object] | None = None
    jwks_uri: str | None = None

    client_name: str | None = None
    client_uri: str | None = None
    logo_uri: str | None = None
    policy_uri: str | None = None
    tos_uri: str | None = None
    contacts: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    initiate_login_uri: str | None = None
    software_id: str | None = None
    software_version: str | None = None

    subject_type: str = "public"
    sector_identifier_uri: str | None = None
    id_token_signed_response_alg: str = "RS256"
    id_token_encrypted_response_alg: str | None = None
    id_token_encrypted_response_enc: str | None = None
    userinfo_signed_response_alg: str | None = None
    userinfo_encrypted_response_alg: str | None = None
    userinfo_encrypted_response_enc: str | None = None
    introspection_signed_response_alg: str | None = None
    introspection_encrypted_response_alg: str | None = None
    introspection_encrypted_response_enc: str | None = None
    authorization_signed_response_alg: str | None = None
    authorization_encrypted_response_alg: str | None = None
    authorization_encrypted_response_enc: str | None = None
    access_token_signed_response_alg: str | None = None
    default_max_age: int | None = None
    require_auth_time: bool = False
    default_acr_values: tuple[str, ...] = ()

    request_object_signing_alg: str | None = None
    request_object_encryption_alg: str | None = None
    request_object_encryption_enc: str | None = None
    request_uris: tuple[str, ...] = ()
    require_signed_request_object: bool = False
    require_pushed_authorization_requests: bool = False
    require_pkce: bool = False

    backchannel_logout_uri: str | None = None
    backchannel_logout_session_required: bool = False
    frontchannel_logout_uri: str | None = None
    frontchannel_logout_session_required: bool = False

    dpop_bound_access_tokens: bool = False
    tls_client_certificate_bound_access_tokens: bool = False
    tls_client_auth_subject_dn: str | None = None
    tls_client_auth_san_dns: str | None = None
    tls_client_auth_san_uri: str | None = None
    tls_client_auth_san_ip: str | None = None
    tls_client_auth_san_email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSecret:
    """A shared secret: 256 random bits, so SHA-256 alone keeps it (performance, advice 6).

    `sealed` is the secret itself, for client_secret_jwt alone: an HMAC can be checked in no other way.
    """

    digest: Digest
    sealed: Sealed | None = None
    expires_at: datetime | None = None

    @staticmethod
    def digest_of(secret: str) -> Digest:
        return Digest(hashlib.sha256(secret.encode("utf-8", "surrogatepass")).digest())

    @staticmethod
    def context_of(client_id: str) -> str:
        """What `sealed` is bound to."""
        return f"client-secret:{client_id}"

    def is_live(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientTerms:
    """What the operator grants a client, and no client can grant itself.

    `exchanges_from`: the clients whose tokens it may exchange (RFC 8693). `jurisdiction` lends its pages their looks.
    A lifetime that is None is everybody's.
    """

    skip_consent: bool = False
    profile: Profile | None = None
    jurisdiction: str | None = None
    resources: tuple[str, ...] = ()
    exchanges_from: tuple[str, ...] = ()
    delegates: bool = False
    access_life: timedelta | None = None
    id_token_life: timedelta | None = None
    refresh_life: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    id: ClientId
    metadata: ClientMetadata
    terms: ClientTerms = field(default_factory=ClientTerms)
    secrets: tuple[ClientSecret, ...] = ()
    origin: Origin = Origin.OPERATOR
    registration_digest: Digest | None = None
    created_at: datetime
    updated_at: datetime
    disabled_at: datetime | None = None

    @property
    def is_ours(self) -> bool:
        """Whether the operator made it, and so has looked at it."""
        return self.origin in {Origin.CONFIG, Origin.OPERATOR}

    @property
    def is_public(self) -> bool:
        """Whether it cannot keep a secret (RFC 6749 §2.1)."""
        return self.metadata.token_endpoint_auth_method == "none"

    @property
    def name(self) -> str:
        """What people are shown."""
        return self.metadata.client_name or self.id

    def in_language(self, language: str) -> "Client":
        """As somebody who reads `language` (BCP 47) is shown it, where the client has said it in that language.

        Tags are compared without regard to case (OIDC Registration §2.1).
        """
        if not self.metadata.texts:
            return self
        usual, tag = self.metadata, language.lower()
        spoken = replace(
            usual,
            client_name=self._said("client_name", tag) or usual.client_name,
            client_uri=self._said("client_uri", tag) or usual.client_uri,
            logo_uri=self._said("logo_uri", tag) or usual.logo_uri,
            policy_uri=self._said("policy_uri", tag) or usual.policy_uri,
            tos_uri=self._said("tos_uri", tag) or usual.tos_uri,
        )
        return replace(self, metadata=spoken)

    def _said(self, name: str, language: str) -> str | None:
        texts = self.metadata.texts
        return nearest(
            {tag.lower(): text for member, text in texts.items() if (tag := tagged(member, name))}, [language]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceServer:
    """An API that access tokens may be for (RFC 8707): its identifier is the token's audience."""

    identifier: str
    scopes: tuple[str, ...] = ()
    name: str | None = None
    created_at: datetime
