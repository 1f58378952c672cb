"""The operator's decisions about the outside, and the documents that everybody may read."""

from collections.abc import Callable
from functools import cache, partial
from importlib.metadata import version

import orjson

from idp.app.ground import Ground
from idp.app.openid import LateOpenID
from idp.config.settings import Settings
from idp.core.claims import JWKS_PATH
from idp.oauth import own_api
from idp.usecases.sessions.admit import PublicRoute
from idp.web.bloom.face import CookieNames
from idp.web.documents import Document
from idp.web.inside import BloomSettings, Documents, FaceSettings
from idp.web.openapi import openapi
from idp.web.security_txt import security_txt

DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
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
    )


def build_documents(ground: Ground, late: LateOpenID | None) -> Documents:
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

    documents = {JWKS_PATH: keys, **_discovery(settings, late), OPENAPI: described}
    if contact := settings.security.contact:
        languages = settings.messages.languages
        documents[SECURITY_TXT] = security_txt(ground.ambient.clock, contact, settings.security.policy, languages)
    return documents


def _discovery(settings: Settings, late: LateOpenID | None) -> Documents:
    """One document at both addresses; without the OpenID Provider just where the keys are."""
    if late is None:
        keys_alone = _constant(lambda: {"issuer": settings.issuer, "jwks_uri": settings.issuer + JWKS_PATH})
        return dict.fromkeys(DISCOVERY, keys_alone)
    provider = _constant(lambda: _offered(late))
    described = {own_api.METADATA + part: _constant(partial(_resource, late, part)) for part in own_api.PARTS}
    return {**dict.fromkeys(DISCOVERY, provider), **described}


def _offered(late: LateOpenID) -> dict[str, object]:
    from idp.oauth.clients.discovery import Offer, provider_metadata

    world = late.provider().world
    offer = Offer(
        signing=world.signers.algorithms,
        scopes=[scope for resource in late.ground.settings.resources.values() for scope in resource.scopes],
        grant_types=list(world.world.extensions.token_grants),
    )
    return provider_metadata(world.rules, offer)


def _resource(late: LateOpenID, part: str) -> dict[str, object]:
    from idp.oauth.clients.discovery import resource_metadata

    return resource_metadata(late.provider().world.rules, part)


def _constant(content: Callable[[], object]) -> Callable[[], Document]:
    """Made when it is first asked for: to describe every body takes a tenth of the time that a start may."""
    return cache(lambda: Document.of(orjson.dumps(content()), "application/json", DOCUMENT_AGE))
