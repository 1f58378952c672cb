"""The operator's decisions about the outside, and the documents that everybody may read."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from importlib.metadata import version

import orjson

from idp.app.ground import Ground
from idp.config.pages import Branding as Said
from idp.config.settings import Settings
from idp.oauth.clients.discovery import JWKS, Offer, provider_metadata, resource_metadata
from idp.oauth.provider import OpenIDProvider
from idp.usecases.sessions.admit import PublicRoute
from idp.web.application import BloomSettings, Documents, FaceSettings
from idp.web.bloom.face import CookieNames
from idp.web.documents import Document
from idp.web.openapi import openapi
from idp.web.pages.branding import Branding
from idp.web.pages.desk import PageSettings
from idp.web.security_txt import security_txt

DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
RESOURCE = "/.well-known/oauth-protected-resource"
OPENAPI = "/openapi.json"
SECURITY_TXT = "/.well-known/security.txt"
DOCUMENT_AGE = 300


def build_faces(settings: Settings) -> FaceSettings:
    life = settings.password.life
    bloom = settings.bloom
    names = CookieNames(access=bloom.access_cookie, refresh=bloom.refresh_cookie, available=bloom.available_cookie)
    return FaceSettings(
        https=settings.is_https,
        hosts=settings.hosts,
        origins=settings.browser_origins,
        trusted_proxies=settings.server.trusted_proxies,
        largest_body=settings.server.max_body,
        body_deadline=settings.server.body_deadline,
        same_site=settings.cookies.same_site,
        secure_cookies=settings.secure_cookies,
        cookie_prefix=settings.cookies.prefix,
        nodeloom_cookie=settings.nodeloom.cookie if settings.nodeloom.enabled else None,
        bloom=BloomSettings(
            names=names,
            locked_status=bloom.locked_status,
            passkey=bloom.passkey.get_secret_value() if bloom.passkey else None,
            password_days=life.days if life else None,
        )
        if bloom.enabled
        else None,
        public_routes=[
            PublicRoute(path=route.path, methods=frozenset(route.methods)) for route in settings.public_routes
        ],
        pages=_pages(settings),
    )


def _pages(settings: Settings) -> PageSettings:
    pages, usual = settings.pages, settings.branding
    return PageSettings(
        languages=settings.messages.languages,
        branding=replace(_branding(usual), name=usual.name or settings.messages.from_name),
        brandings={name: _branding(own.branding) for name, own in settings.jurisdictions.items()},
        templates=pages.templates,
        locale=pages.locale,
        sign_up=pages.sign_up,
    )


def _branding(said: Said) -> Branding:
    return Branding(**{name: value for name, value in said.model_dump().items() if value is not None})


def build_documents(ground: Ground, openid: OpenIDProvider | None) -> Documents:
    """Names only what exists."""
    settings = ground.settings
    described = _constant(lambda: openapi(version("idp")))

    def keys() -> Document:
        published = ground.keyring.document()
        return Document(
            body=published.body,
            etag=published.etag,
            media_type="application/jwk-set+json",
            max_age_seconds=published.max_age,
        )

    documents = {JWKS: keys, **_discovery(settings, openid), OPENAPI: described}
    if contact := settings.security.contact:
        languages = settings.messages.languages
        documents[SECURITY_TXT] = security_txt(ground.ambient.clock, contact, settings.security.policy, languages)
    return documents


def _discovery(settings: Settings, openid: OpenIDProvider | None) -> Documents:
    """One document at both addresses; without the OpenID Provider just where the keys are."""
    if openid is None:
        keys_alone = _constant(lambda: {"issuer": settings.issuer, "jwks_uri": settings.issuer + JWKS})
        return dict.fromkeys(DISCOVERY, keys_alone)
    world = openid.world
    offer = Offer(
        signing=world.signers.algorithms,
        scopes=[scope for resource in settings.resources.values() for scope in resource.scopes],
        grant_types=list(world.world.extensions.token_grants),
    )
    provider = _constant(lambda: provider_metadata(world.rules, offer))
    return {**dict.fromkeys(DISCOVERY, provider), RESOURCE: _constant(lambda: resource_metadata(world.rules))}


def _constant(content: Callable[[], object]) -> Callable[[], Document]:
    """Made when it is first asked for: to describe every body takes a tenth of the time that a start may."""
    return cache(lambda: Document.of(orjson.dumps(content()), "application/json", DOCUMENT_AGE))
