"""Client metadata that is right member by member and wrong together."""

from collections.abc import Iterator

from idp.core.client import ClientMetadata, Profile
from idp.oauth.clients.addresses import is_private_scheme
from idp.oauth.clients.flaws import Flaw
from idp.oauth.clients.profiles import lacks_of_metadata
from idp.oauth.clients.subjects import vouched_host
from idp.oauth.clients.vocabulary import (
    AUTHORIZATION_CODE,
    CLIENT_CREDENTIALS,
    ENCRYPTED_ANSWERS,
    JWT_BEARER,
    REFRESH_TOKEN,
    TOKEN_EXCHANGE,
)


def flaws_between(metadata: ClientMetadata, profile: Profile | None) -> Iterator[Flaw]:
    yield from _of_grants(metadata)
    yield from _of_redirects(metadata)
    yield from _of_sector(metadata)
    yield from _of_keys(metadata)
    yield from _of_authentication(metadata)
    yield from _of_encryption(metadata)
    if profile is not None:
        for lack in lacks_of_metadata(metadata, profile):
            yield Flaw(member=lack.subject, reason=f"{lack.reason} ({lack.source})", mend=lack.mend)


def _of_grants(metadata: ClientMetadata) -> Iterator[Flaw]:
    """RFC 7591 §2.1."""
    grants = metadata.grant_types
    if not grants:
        yield Flaw(member="grant_types", reason="is empty", mend="Name at least one, or leave it out.")
    if ("code" in metadata.response_types) != (AUTHORIZATION_CODE in grants):
        yield Flaw(
            member="grant_types",
            reason="does not fit response_types",
            mend='"authorization_code" and the response type "code" belong together (RFC 7591 §2.1).',
        )
    if metadata.token_endpoint_auth_method == "none":
        for grant in (CLIENT_CREDENTIALS, TOKEN_EXCHANGE, JWT_BEARER):
            if grant in grants:
                yield Flaw(
                    member="grant_types",
                    reason="holds a grant that a public client cannot use",
                    mend="Choose a token_endpoint_auth_method other than none (RFC 6749 §4.4).",
                )
    if set(grants) == {REFRESH_TOKEN}:
        yield Flaw(
            member="grant_types", reason="holds nothing to refresh", mend="Name the grant that the first token is from."
        )


def _of_redirects(metadata: ClientMetadata) -> Iterator[Flaw]:
    uris = metadata.redirect_uris
    if AUTHORIZATION_CODE in metadata.grant_types and not uris:
        mend = "Name at least one: the authorization_code grant needs it (RFC 7591 §2)."
        yield Flaw(member="redirect_uris", reason="is missing", mend=mend)
    for member, held in (("redirect_uris", uris), ("post_logout_redirect_uris", metadata.post_logout_redirect_uris)):
        if metadata.application_type != "native" and any(map(is_private_scheme, held)):
            yield Flaw(
                member=member,
                reason="holds a scheme of its own, and the client is a web application",
                mend='Set application_type to "native" (OIDC Registration §2), or use https.',
            )


def _of_sector(metadata: ClientMetadata) -> Iterator[Flaw]:
    """OIDC Core §8.1: what pairwise subjects are computed for must be one host, or a list that somebody vouches for."""
    hosts = {vouched_host(uri) for uri in metadata.redirect_uris}
    if metadata.subject_type == "pairwise" and metadata.sector_identifier_uri is None and len(hosts) > 1:
        yield Flaw(
            member="sector_identifier_uri",
            reason="is missing: the redirect URIs have several hosts, and subject_type is pairwise",
            mend="Name an https address that lists all of them (OIDC Core §8.1).",
        )


def _of_keys(metadata: ClientMetadata) -> Iterator[Flaw]:
    if metadata.jwks is not None and metadata.jwks_uri is not None:
        yield Flaw(member="jwks", reason="stands beside jwks_uri", mend="Keep one of the two (RFC 7591 §2).")
    if metadata.jwks is not None or metadata.jwks_uri is not None:
        return
    method = metadata.token_endpoint_auth_method
    if method in {"private_key_jwt", "self_signed_tls_client_auth"}:
        yield Flaw(
            member="token_endpoint_auth_method",
            reason=f"is {method}, and there are no keys to check it by",
            mend="Add jwks_uri or jwks (RFC 7523 §3, RFC 8705 §2.2).",
        )
    if metadata.request_object_signing_alg not in {None, "none"} or metadata.require_signed_request_object:
        yield Flaw(
            member="request_object_signing_alg" if metadata.request_object_signing_alg else _SIGNED_REQUESTS,
            reason="asks for signed request objects, and there are no keys to check them by",
            mend="Add jwks_uri or jwks (RFC 9101 §10.5).",
        )


_SIGNED_REQUESTS = "require_signed_request_object"


def _of_authentication(metadata: ClientMetadata) -> Iterator[Flaw]:
    method, algorithm = metadata.token_endpoint_auth_method, metadata.token_endpoint_auth_signing_alg
    if algorithm is not None and (method == "client_secret_jwt") != algorithm.startswith("HS"):
        yield Flaw(
            member="token_endpoint_auth_signing_alg",
            reason="does not fit token_endpoint_auth_method",
            mend="HS256 is for client_secret_jwt, the others are for private_key_jwt (OIDC Core §9).",
        )
    subjects = [name for name in _CERTIFICATE_SUBJECTS if getattr(metadata, name) is not None]
    if method == "tls_client_auth" and len(subjects) != 1:
        yield Flaw(
            member="token_endpoint_auth_method",
            reason="is tls_client_auth, and the certificate's subject is not named exactly once",
            mend=f"Name one of {', '.join(_CERTIFICATE_SUBJECTS)} (RFC 8705 §2.1.2).",
        )
    if metadata.require_signed_request_object and metadata.request_object_signing_alg == "none":
        yield Flaw(
            member=_SIGNED_REQUESTS,
            reason='is true, and request_object_signing_alg is "none"',
            mend="Choose an algorithm that signs (RFC 9101 §10.5).",
        )


_CERTIFICATE_SUBJECTS = (
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
)


def _of_encryption(metadata: ClientMetadata) -> Iterator[Flaw]:
    """OIDC Registration §2, RFC 9701 §6, JARM §3."""
    for kind in ENCRYPTED_ANSWERS:
        algorithm, content = (getattr(metadata, f"{kind}_encrypted_response_{part}") for part in ("alg", "enc"))
        if content is not None and algorithm is None:
            yield Flaw(
                member=f"{kind}_encrypted_response_enc",
                reason=f"stands without {kind}_encrypted_response_alg",
                mend="Add it, or leave both out (OIDC Registration §2).",
            )
        if algorithm is not None and metadata.jwks is None and metadata.jwks_uri is None:
            yield Flaw(
                member=f"{kind}_encrypted_response_alg",
                reason="asks for encryption, and there are no keys to encrypt to",
                mend="Add jwks_uri or jwks (OIDC Registration §2).",
            )
    if metadata.request_object_encryption_enc is not None and metadata.request_object_encryption_alg is None:
        yield Flaw(
            member="request_object_encryption_enc",
            reason="stands without request_object_encryption_alg",
            mend="Add it, or leave both out (OIDC Registration §2).",
        )
