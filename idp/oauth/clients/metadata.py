"""Client metadata: one parser for configuration, command line, registration and metadata documents (decision 0020).

RFC 7591 §2, OIDC Registration §2, RFC 9126 §6, RFC 9101 §10.5, RFC 9449 §5.2, RFC 8705 §3.4, JARM §3, RFC 9701 §6, the
logout specifications, OAuth 2.0 Multiple Response Types. Members that we do not know are ignored (RFC 7591 §2); values
that we do not support are refused.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from idp.core.client import ClientMetadata, Profile
from idp.oauth import algorithms
from idp.oauth.clients import members, vocabulary
from idp.oauth.clients.addresses import (
    check_https,
    check_only_https,
    check_redirect_uri,
    check_without_fragment,
    is_private_scheme,
)
from idp.oauth.clients.coherence import flaws_between
from idp.oauth.clients.flaws import Flaw, Misfit, refusal_of
from idp.oauth.clients.public_keys import SHORTEST_RSA, check_public_keys, large_enough
from idp.oauth.clients.subjects import vouched_host
from idp.oauth.rules import OFFLINE_ACCESS, SCOPES

_PAGE = members.address(check_https)
_SIGNED = members.one_of(algorithms.SIGNING)
_ENCRYPTED = members.one_of(algorithms.KEY_MANAGEMENT)
_CONTENT = members.one_of(algorithms.CONTENT_ENCRYPTION)

_READERS: Mapping[str, members.Reader] = {
    "redirect_uris": members.list_of(members.address(check_redirect_uri)),
    "post_logout_redirect_uris": members.list_of(members.address(check_redirect_uri)),
    "grant_types": members.list_of(members.grant_type),
    "response_types": members.list_of(members.one_of(vocabulary.RESPONSE_TYPES)),
    "scope": members.scope,
    "application_type": members.one_of(vocabulary.APPLICATION_TYPES),
    "token_endpoint_auth_method": members.one_of(vocabulary.AUTH_METHODS),
    "token_endpoint_auth_signing_alg": members.one_of((*algorithms.SIGNING, *algorithms.SHARED_SECRET)),
    "jwks": check_public_keys,
    "jwks_uri": members.address(check_without_fragment),
    "client_name": members.text,
    "client_uri": _PAGE,
    "logo_uri": _PAGE,
    "policy_uri": _PAGE,
    "tos_uri": _PAGE,
    "contacts": members.list_of(members.contact, most=16),
    "initiate_login_uri": members.address(check_only_https),
    "software_id": members.text,
    "software_version": members.text,
    "subject_type": members.one_of(vocabulary.SUBJECT_TYPES),
    "sector_identifier_uri": members.address(check_only_https),
    "id_token_signed_response_alg": _SIGNED,
    "id_token_encrypted_response_alg": _ENCRYPTED,
    "id_token_encrypted_response_enc": _CONTENT,
    "userinfo_signed_response_alg": _SIGNED,
    "userinfo_encrypted_response_alg": _ENCRYPTED,
    "userinfo_encrypted_response_enc": _CONTENT,
    "introspection_signed_response_alg": _SIGNED,
    "introspection_encrypted_response_alg": _ENCRYPTED,
    "introspection_encrypted_response_enc": _CONTENT,
    "authorization_signed_response_alg": _SIGNED,
    "authorization_encrypted_response_alg": _ENCRYPTED,
    "authorization_encrypted_response_enc": _CONTENT,
    "access_token_signed_response_alg": _SIGNED,
    "default_max_age": members.seconds,
    "require_auth_time": members.switch,
    "default_acr_values": members.list_of(members.words, most=16),
    "request_object_encryption_alg": _ENCRYPTED,
    "request_object_encryption_enc": _CONTENT,
    "request_object_signing_alg": members.one_of((*algorithms.SIGNING, algorithms.UNSIGNED)),
    "request_uris": members.list_of(_PAGE),
    "require_signed_request_object": members.switch,
    "require_pushed_authorization_requests": members.switch,
    "require_pkce": members.switch,
    "backchannel_logout_uri": members.address(check_without_fragment),
    "backchannel_logout_session_required": members.switch,
    "frontchannel_logout_uri": members.address(check_https),
    "frontchannel_logout_session_required": members.switch,
    "dpop_bound_access_tokens": members.switch,
    "tls_client_certificate_bound_access_tokens": members.switch,
    "tls_client_auth_subject_dn": members.text,
    "tls_client_auth_san_dns": members.words,
    "tls_client_auth_san_uri": members.words,
    "tls_client_auth_san_ip": members.words,
    "tls_client_auth_san_email": members.words,
}

_TRANSLATED = {
    "client_name": members.text,
    "client_uri": _PAGE,
    "logo_uri": _PAGE,
    "policy_uri": _PAGE,
    "tos_uri": _PAGE,
}
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,4}", re.ASCII)
_MOST_TEXTS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataTerms:
    """What holds for whoever registers. `default_scope` is given to a client that signs people in and names none;
    `scopes`, unless None, is all it may have: the rest is left out (RFC 7591 §2). `grant_types`, unless None, are all
    it may have: others are refused. `encrypted_requests`: whether we take request objects that are encrypted.
    `smallest_rsa`: the bits of its RSA keys.
    """

    profile: Profile | None = None
    default_scope: tuple[str, ...] = SCOPES
    scopes: frozenset[str] | None = None
    grant_types: frozenset[str] | None = None
    encrypted_requests: bool = False
    smallest_rsa: int = SHORTEST_RSA


OPERATOR = MetadataTerms()
"""The operator's own clients."""


def usual_auth_method(document: Mapping[str, object], *, has_secret: bool) -> str:
    """How a client of the operator's proves itself that does not say: by secret, by keys, or not at all."""
    if has_secret:
        return "client_secret_basic"
    return "private_key_jwt" if document.get("jwks") or document.get("jwks_uri") else "none"


def parse_metadata(document: Mapping[str, object], terms: MetadataTerms = OPERATOR) -> ClientMetadata:
    """Raises InvalidRedirectUri or InvalidClientMetadata with all that is wrong."""
    metadata, flaws = examine_metadata(document, terms)
    if flaws:
        raise refusal_of(flaws)
    return metadata


def examine_metadata(
    document: Mapping[str, object], terms: MetadataTerms = OPERATOR
) -> tuple[ClientMetadata, Sequence[Flaw]]:
    """The metadata as far as it can be read, and everything that is wrong with it."""
    values, flaws = _read(document)
    values |= _defaults(values, terms)
    metadata = ClientMetadata(**values)
    unread = {flaw.member for flaw in flaws}
    between = (*_beyond(metadata, terms), *flaws_between(metadata, terms.profile))
    flaws += [flaw for flaw in between if flaw.member not in unread]
    return metadata, flaws


def _beyond(metadata: ClientMetadata, terms: MetadataTerms) -> Iterator[Flaw]:
    if metadata.request_object_encryption_alg is not None and not terms.encrypted_requests:
        # a client would count on it: an answer without it would be a broken promise
        yield Flaw(
            member="request_object_encryption_alg",
            reason="asks for encrypted request objects, which are off",
            mend="Leave it out, or let the operator set oidc.encrypted_requests.",
        )
    if metadata.jwks is not None and large_enough(metadata.jwks, terms.smallest_rsa) != metadata.jwks:
        yield Flaw(
            member="jwks",
            reason="holds an RSA key that is too small here",
            mend=f"From {terms.smallest_rsa} bits on, or an EC or OKP key.",
        )
    if terms.grant_types is not None and not terms.grant_types.issuperset(metadata.grant_types):
        allowed = ", ".join(sorted(terms.grant_types))
        yield Flaw(
            member="grant_types", reason="holds one that only an operator gives", mend=f"Choose from: {allowed}."
        )
    if terms.grant_types is not None and _is_in_an_unproved_sector(metadata):
        yield Flaw(
            member="subject_type",
            reason="is pairwise, and tokens for a device go to no address that would prove the sector",
            mend="Register the device as a client of its own, without redirect_uris (OIDC Core §8.1).",
        )


def _is_in_an_unproved_sector(metadata: ClientMetadata) -> bool:
    """A stranger could name anybody's address, have no code sent there, and learn by what names they know people."""
    names_hosts = metadata.sector_identifier_uri is not None or any(map(vouched_host, metadata.redirect_uris))
    return metadata.subject_type == "pairwise" and names_hosts and vocabulary.DEVICE_CODE in metadata.grant_types


def _read(document: Mapping[str, object]) -> tuple[dict[str, Any], list[Flaw]]:
    values: dict[str, Any] = {}
    texts: dict[str, str] = {}
    flaws: list[Flaw] = []
    for member, value in document.items():
        if value is None:
            continue  # as if left out (RFC 7592 §2.2)
        try:
            name, hash_sign, language = member.partition("#")
            if hash_sign and name in _TRANSLATED:
                texts[_translated(name, language, len(texts))] = str(_TRANSLATED[name](value))
            elif member in _READERS:
                values[member] = _READERS[member](value)
        except Misfit as misfit:
            flaws.append(Flaw(member=_shown(member), reason=misfit.reason, mend=misfit.mend))
    return {**values, "texts": texts}, flaws


def _translated(name: str, language: str, already: int) -> str:
    """OIDC Registration §2.1."""
    if not _LANGUAGE.fullmatch(language):
        raise Misfit("names no language after the #", 'Write a language tag (BCP 47): "client_name#es".')
    if already >= _MOST_TEXTS:
        raise Misfit("is one translation too many", f"Up to {_MOST_TEXTS}.")
    return f"{name}#{language}"


def _shown(member: str) -> str:
    """A member's name without what a stranger wrote behind its `#`."""
    return member.partition("#")[0]


def _defaults(values: Mapping[str, Any], terms: MetadataTerms) -> dict[str, Any]:
    """What a registration means that leaves it out."""
    found: dict[str, Any] = {}
    grants = values.get("grant_types", (vocabulary.AUTHORIZATION_CODE,))
    if "response_types" not in values and vocabulary.AUTHORIZATION_CODE not in grants:
        found["response_types"] = ()
    if "application_type" not in values and any(map(is_private_scheme, values.get("redirect_uris", ()))):
        # RFC 7591 alone knows no application type: a scheme of its own says that it is an app on a device
        found["application_type"] = "native"
    if terms.profile is Profile.FAPI2 and "id_token_signed_response_alg" not in values:
        found["id_token_signed_response_alg"] = "ES256"  # RS256, the usual default, is not allowed there
    for kind in vocabulary.ENCRYPTED_ANSWERS:
        if f"{kind}_encrypted_response_alg" in values and f"{kind}_encrypted_response_enc" not in values:
            found[f"{kind}_encrypted_response_enc"] = algorithms.DEFAULT_CONTENT_ENCRYPTION
    if "request_object_encryption_alg" in values and "request_object_encryption_enc" not in values:
        found["request_object_encryption_enc"] = algorithms.DEFAULT_CONTENT_ENCRYPTION
    return {**found, "scope": _scope(values.get("scope", ()), grants, terms)}


def _scope(asked: tuple[str, ...], grants: Sequence[str], terms: MetadataTerms) -> tuple[str, ...]:
    if terms.scopes is not None:
        asked = tuple(scope for scope in asked if scope in terms.scopes)
    if asked or not {vocabulary.AUTHORIZATION_CODE, vocabulary.DEVICE_CODE}.intersection(grants):
        return asked
    refreshes = vocabulary.REFRESH_TOKEN in grants
    return tuple(scope for scope in terms.default_scope if refreshes or scope != OFFLINE_ACCESS)


_DEFAULTS = ClientMetadata()


def metadata_to_json(metadata: ClientMetadata) -> dict[str, object]:
    """The members as RFC 7591 §3.2.1 answers them: what is in effect, without what was never registered."""
    document: dict[str, object] = {}
    for field in fields(metadata):
        value = getattr(metadata, field.name)
        if field.name == "texts":
            document |= value
        elif field.name == "scope":
            document["scope"] = " ".join(value)
        elif field.name in _ALWAYS or value != getattr(_DEFAULTS, field.name):
            document[field.name] = list(value) if isinstance(value, tuple) else value
    return document


_ALWAYS = frozenset(
    {
        "redirect_uris",
        "grant_types",
        "response_types",
        "application_type",
        "token_endpoint_auth_method",
        "subject_type",
        "id_token_signed_response_alg",
    }
)
"""Answered even where the client left them to us: it must know what it got."""
