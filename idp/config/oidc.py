"""The OpenID Provider: what it offers, to whom, and which way out it has."""

import re
from datetime import timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from idp.config.addresses import HostName, Network, Origin, Page
from idp.config.refusal import refused
from idp.config.table import Switch, Table
from idp.config.types import FilePath, Span, Text, Within
from idp.oauth.clients.members import SCOPE_WORD
from idp.oauth.rules import OPENID

_HEADER = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,63}", re.ASCII)

ProfileName = Literal["oauth21", "fapi2", "mcp"]


def _header_name(text: str) -> str:
    if not _HEADER.fullmatch(text):
        # a proxy may read `_` and `-` as one (row 111)
        raise refused("is no name for a header", 'Letters, digits and -: "Client-Cert".')
    return text


def _scope(words: tuple[str, ...]) -> tuple[str, ...]:
    if any(not SCOPE_WORD.fullmatch(word) for word in words):
        raise refused("holds what is no scope (RFC 6749 §3.3)", 'One word in quotes for each: ["openid", "email"].')
    if OPENID not in words:
        # a client whose scope is empty is bound by none
        raise refused('is without "openid", by which people are signed in', 'At least ["openid"].')
    return tuple(dict.fromkeys(words))


HeaderName = Annotated[Text, AfterValidator(_header_name)]
DefaultScope = Annotated[tuple[Text, ...], AfterValidator(_scope)]


class Oidc(Table):
    """OAuth 2.1 and OpenID Connect: apps of your own and of others sign people in with us."""

    enabled: Switch = True
    """Serves /oauth2, the pages that belong to it and its discovery documents."""

    profile: ProfileName | None = Field(default=None, examples=["oauth21"])
    """What every client must keep: `oauth21`, `fapi2` (FAPI 2.0 Security Profile) or `mcp` (Model Context Protocol).
    Unset: what OpenID Connect Core demands. `idp check --profile` tells what is missing."""

    code_life: Annotated[Span, Within(timedelta(seconds=10), timedelta(seconds=60))] = timedelta(seconds=60)
    """Life of an authorization code: a minute at most (threat row 95)."""

    access_life: Annotated[Span, Within(timedelta(seconds=30), timedelta(hours=24))] = timedelta(minutes=10)
    """Life of an access token."""

    id_token_life: Annotated[Span, Within(timedelta(seconds=30), timedelta(hours=24))] = timedelta(minutes=10)
    """Life of an ID token."""

    refresh_life: Annotated[Span, Within(timedelta(minutes=1), timedelta(days=400))] = timedelta(days=30)
    """Life of a refresh token; each use gives a new one."""

    refresh_longest: Annotated[Span, Within(timedelta(hours=1), timedelta(days=3650))] = timedelta(days=365)
    """How long one consent can be refreshed in all: then the person signs in at the app anew."""

    refresh_grace: Annotated[Span, Within(timedelta(0), timedelta(seconds=10))] = timedelta(0)
    """How long a refresh token that was just used still yields its successor. After it, a second use ends everything
    that was bought with it."""

    interaction_life: Annotated[Span, Within(timedelta(minutes=1), timedelta(hours=24))] = timedelta(minutes=30)
    """How long a person may take from an app's request to its answer."""

    pushed_life: Annotated[Span, Within(timedelta(seconds=5), timedelta(minutes=10))] = timedelta(seconds=90)
    """Life of a pushed authorization request (RFC 9126)."""

    device_life: Annotated[Span, Within(timedelta(minutes=1), timedelta(hours=1))] = timedelta(minutes=10)
    """How long a device waits for its code to be entered (RFC 8628)."""

    device_interval: Annotated[Span, Within(timedelta(seconds=1), timedelta(minutes=1))] = timedelta(seconds=5)
    """How often a waiting device may ask."""

    require_pushed: Switch = False
    """Takes authorization requests from the back channel only (RFC 9126)."""

    require_pkce: Switch = False
    """Demands PKCE of every client (ASVS 10.4.6). Off: of public clients, and of those whose `require_pkce` or profile
    demands it; OpenID Connect leaves it to the others."""

    default_scope: DefaultScope | None = Field(default=None, examples=[["openid", "email"]])
    """What a client may ask for, and gets when it asks for nothing, that names no `scope` of its own (RFC 6749 §3.3).
    Unset: all scopes of ours for clients of yours; for those that register themselves OpenID Connect's, and those of
    your APIs. It counts for clients that are made, registered or declared from then on."""

    smallest_rsa: Literal[2048, 3072, 4096] = 2048
    """Bits that an RSA key must have that a client brings: to sign with, to bind tokens by DPoP, or to have answers
    encrypted. 3072 have 128 bits of strength, as ASVS 11.2.3 asks. Keys that are smaller count no more, those that were
    registered before included. Certificates are for their issuer, or for your proxy, to judge."""

    encrypted_requests: Switch = False
    """Takes request objects that are encrypted to us (OIDC Core §6.1). The keys for it are made when this is first on,
    and stand in the key set with `use` `enc`."""

    registration: Literal["closed", "token", "open"] = "closed"
    """Who may register a client (RFC 7591): nobody, holders of a token (`idp client initial-token
    create`), everybody."""

    client_documents: Switch = False
    """Knows clients by the document at the https address that is their id (OAuth Client ID Metadata Document)."""

    webfinger: Switch = True
    """Tells at `/.well-known/webfinger` that we are the issuer for people of the issuer's host (OIDC Discovery §2). It
    says the same of those who exist and of those who do not."""

    webfinger_domains: tuple[HostName, ...] = Field(default=(), examples=[["example.com"]])
    """Domains whose people are ours as well: those of their mail addresses. Apps ask there, so the web server of each
    must pass `/.well-known/webfinger` on to us, or redirect."""

    token_exchange: Switch = False
    """Exchanges tokens (RFC 8693) for clients that name in `exchanges_from` whose."""

    dpop_nonces: Switch = False
    """Demands a nonce of ours in DPoP proofs (RFC 9449 §8)."""

    certificate_header: HeaderName | None = Field(default=None, examples=["Client-Cert"])
    """The header in which a trusted proxy hands on the client's certificate (RFC 9440, or PEM percent-encoded). Unset:
    no mTLS. The proxy must drop the header when a client sends it."""

    certificate_authorities: FilePath | None = Field(default=None, examples=["clients-ca.pem"])
    """Authorities (PEM, intermediate ones too) that must have signed the certificates of `tls_client_auth`. Unset: the
    proxy's word is taken, and it must refuse certificates that it could not verify. nginx's `optional_no_ca` hands on
    any certificate, with any name in it: beside that this is needed."""

    mtls_base: Origin | None = Field(default=None, examples=["https://mtls.id.example.com"])
    """Where that proxy asks for certificates, for `mtls_endpoint_aliases`. Unset: at the issuer."""

    service_documentation: Page | None = Field(default=None, examples=["https://example.com/developers"])
    """The page for developers, told in the discovery document."""

    policy: Page | None = Field(default=None, examples=["https://example.com/privacy"])
    """The page that says what apps may do with what they learn about people (`op_policy_uri`)."""

    terms: Page | None = Field(default=None, examples=["https://example.com/terms"])
    """The terms for apps (`op_tos_uri`)."""


class Fetch(Table):
    """The way out to addresses that clients name: their keys, documents and logout addresses. It leads to public
    addresses by https only."""

    networks: tuple[Network, ...] = Field(default=(), examples=[["10.20.0.0/16"]])
    """Networks of your own that clients' addresses may lie in. On a loopback issuer also by plain http."""

    ca_bundle: FilePath | None = Field(default=None, examples=["ca.pem"])
    """Certificate authorities (PEM) to trust beside the usual ones."""

    timeout: Annotated[Span, Within(timedelta(milliseconds=100), timedelta(seconds=30))] = timedelta(seconds=5)
    """How long it may take, all in all."""
