"""Clients and resource servers that stand in the configuration."""

import re
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, Field

from idp.config.addresses import Page
from idp.config.oidc import ProfileName
from idp.config.refusal import refused
from idp.config.secret import Secret
from idp.config.table import Switch, Table
from idp.config.tenants import JurisdictionName
from idp.config.types import Called, Span, Text, Within
from idp.oauth.clients.addresses import check_resource
from idp.oauth.clients.flaws import Misfit
from idp.oauth.clients.vocabulary import AUTHORIZATION_CODE, REFRESH_TOKEN

_CLIENT_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]{0,127}", re.ASCII)


def _client_id(text: str) -> str:
    if not _CLIENT_ID.fullmatch(text):
        raise refused("is no id for a client", "Letters, digits, and - . _ ~ between them, up to 128.")
    return text


def _resource_id(text: str) -> str:
    try:
        return check_resource(text)
    except Misfit as misfit:
        raise refused(misfit.reason, misfit.mend) from None


ClientName = Annotated[Text, AfterValidator(_client_id), Called("client id")]
ResourceName = Annotated[Text, AfterValidator(_resource_id), Called("address")]

_SHORTEST = timedelta(seconds=30)
_TokenLife = Annotated[Span, Within(_SHORTEST, timedelta(hours=24))]
_RefreshLife = Annotated[Span, Within(_SHORTEST, timedelta(days=400))]


class Client(Table):
    """A client: an app that signs people in with us. It exists from the start on, and no longer when it is taken out.
    More can be made at run time, by `idp client create`."""

    client_name: Text | None = Field(default=None, examples=["My app"])
    """What people are shown."""

    secret: Secret | None = Field(default=None, examples=[{"env": "MY_APP_SECRET"}])
    """Its secret. Unset, and without keys: a public client, which must use PKCE."""

    redirect_uris: tuple[Text, ...] = Field(default=(), examples=[["https://app.example.com/callback"]])
    """Where people are sent back to; compared byte by byte. On loopback http will do, at any port."""

    post_logout_redirect_uris: tuple[Text, ...] = Field(default=(), examples=[["https://app.example.com/"]])
    """Where people may be sent after they signed out."""

    grant_types: tuple[Text, ...] = (AUTHORIZATION_CODE, REFRESH_TOKEN)
    """What it may get tokens by (RFC 7591 §2)."""

    scope: Text | None = Field(default=None, examples=["openid profile email"])
    """All that it may ask for. Unset: `oidc.default_scope`, else all scopes of ours."""

    token_endpoint_auth_method: Text | None = Field(default=None, examples=["client_secret_post"])
    """How it proves itself. Unset: by its secret, else by its keys, and as a public client where it has neither."""

    jwks_uri: Page | None = Field(default=None, examples=["https://app.example.com/jwks.json"])
    """Where its public keys lie."""

    metadata: dict[Text, Any] = Field(default_factory=dict, examples=[{"require_pkce": True}])
    """Everything else that RFC 7591, OpenID Connect and their extensions let a client register, by their names."""

    skip_consent: Switch = False
    """For apps of your own: people are not asked whether it may know who they are."""

    profile: ProfileName | None = Field(default=None, examples=["oauth21"])
    """What it must keep. Unset: what all must."""

    jurisdiction: JurisdictionName | None = Field(default=None, examples=["Bay Area"])
    """Whose looks the pages have for its people."""

    resources: tuple[ResourceName, ...] = Field(default=(), examples=[["https://api.example.com"]])
    """The resource servers its tokens may be for. Empty: all."""

    exchanges_from: tuple[Text, ...] = Field(default=(), examples=[["my-app"]])
    """Clients whose tokens it may exchange for its own (RFC 8693), with `oidc.token_exchange`."""

    delegates: Switch = False
    """Its exchanged tokens say that it acts for the person (`act`), instead of as the person."""

    access_life: _TokenLife | None = Field(default=None, examples=["5m"])
    """Life of its access tokens. Unset: everybody's."""

    id_token_life: _TokenLife | None = Field(default=None, examples=["5m"])
    """Life of its ID tokens. Unset: everybody's."""

    refresh_life: _RefreshLife | None = Field(default=None, examples=["7d"])
    """Life of its refresh tokens. Unset: everybody's."""


class Resource(Table):
    """An API that access tokens may be for (RFC 8707); its name is their audience. More can be made at run time, by
    `idp resource create`."""

    name: Text | None = Field(default=None, examples=["Reports"])
    """What people are shown."""

    scopes: tuple[Text, ...] = Field(default=(), examples=[["reports:read"]])
    """Scopes of its own."""
