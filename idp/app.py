"""Composition: the only module that knows all adapters. Settings in, a running provider out."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import orjson
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import ASGIApp, Receive, Scope, Send

from idp.config.common_passwords import common_passwords
from idp.config.flags import demands_unmet, features_from, flags_from
from idp.config.problem import ConfigurationRefused
from idp.config.rules import declared_tenants, lifetimes, mailboxes, retries, rules_from
from idp.config.secret import literal_secrets
from idp.config.settings import Settings
from idp.core.feature import ConfigKey, Feature, FeatureValue
from idp.crypto.ambient import SystemClock, SystemEntropy
from idp.crypto.digester import HmacDigester
from idp.crypto.hash_formats import Argon2Cost
from idp.crypto.keyring import Keyring
from idp.crypto.master_key import load_master_key
from idp.crypto.passwords import HashingPool
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.logs import Logs
from idp.messages.renderer import MessageRenderer
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester, Sealer
from idp.registry.context import Contexts
from idp.registry.extensions import build_extensions
from idp.registry.fence import FenceRules, Fences
from idp.registry.life import start_plugins, stop_plugins
from idp.registry.load import load_plugins
from idp.registry.loaded import Loaded, Served
from idp.registry.watchdog import InFlight, Watchdog
from idp.storage import Limits, OpenStore, open_store
from idp.usecases.extensions import Extensions
from idp.usecases.housekeeping.duties import Duties, Duty
from idp.usecases.housekeeping.prune import Prune
from idp.usecases.housekeeping.relay import Relay
from idp.usecases.sessions.admit import PublicRoute
from idp.usecases.tenants.features import MFA, FeatureBook
from idp.usecases.verbs import Verbs, World
from idp.web.application import BloomSettings, Documents, FaceSettings, build_application
from idp.web.bloom.face import CookieNames
from idp.web.documents import Document
from idp.web.health import Readiness
from idp.web.openapi import openapi
from idp.web.security_txt import security_txt

JWKS = "/.well-known/jwks.json"
DISCOVERY = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")
OPENAPI = "/openapi.json"
SECURITY_TXT = "/.well-known/security.txt"
DOCUMENT_AGE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """What tests put in place of the system's time and chance."""

    clock: Clock
    entropy: Entropy

    @classmethod
    def of_the_system(cls) -> "Ambient":
        return cls(clock=SystemClock(), entropy=SystemEntropy())


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Everything joined. `application` serves; `relay` and `duties` work in the background once `duties.start()`."""

    settings: Settings
    ambient: Ambient
    store: OpenStore
    keyring: Keyring
    verbs: Verbs
    loaded: Loaded
    relay: Relay
    duties: Duties
    readiness: Readiness
    application: ASGIApp
    logs: Logs


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What everything else stands on. `subscribers` is filled once the plugins are loaded, which need the store."""

    settings: Settings
    ambient: Ambient
    logs: Logs
    sealer: Sealer
    digester: Digester
    hasher: HashingPool
    store: OpenStore
    keyring: Keyring
    subscribers: list[str]
    in_flight: InFlight


@asynccontextmanager
async def open_provider(
    settings: Settings, ambient: Ambient | None = None, logs: Logs | None = None
) -> AsyncIterator[Provider]:
    """A provider on its database, without a network in front. Closes in the opposite order; `logs` stay the caller's.

    Raises ConfigurationRefused, PluginsRefused, TemplatesRefused, KeyFileRefused or KeysUnreadable: no start without
    an operator's word on each.
    """
    ambient = ambient or Ambient.of_the_system()
    async with AsyncExitStack() as stack:
        logs = logs or stack.enter_context(
            Logs(level=settings.logging.level, style=settings.logging.format, clock=ambient.clock)
        )
        ground = await _open_ground(stack, settings, ambient, logs)
        loaded, extensions = await _open_plugins(stack, ground)
        verbs = _verbs(ground, extensions)
        await verbs.declare_tenants(declared_tenants(settings))
        relay = _relay(ground, verbs)
        duties = _duties(ground, verbs, relay)
        stack.push_async_callback(duties.stop)
        readiness = Readiness(check=ground.store.ping)
        yield Provider(
            settings=settings,
            ambient=ambient,
            store=ground.store,
            keyring=ground.keyring,
            verbs=verbs,
            loaded=loaded,
            relay=relay,
            duties=duties,
            readiness=readiness,
            application=build_application(verbs, _faces(settings), _documents(ground), readiness, logs.named("web")),
            logs=logs,
        )


async def _open_ground(stack: AsyncExitStack, settings: Settings, ambient: Ambient, logs: Logs) -> Ground:
    master = load_master_key(_master_secret(settings), settings.keys.master_key_file)
    sealer = AesGcmSealer(master, ambient.entropy)
    hasher = _hasher(settings, ambient)
    stack.callback(hasher.close)
    subscribers: list[str] = []
    store = await open_store(
        settings.database.url.get_secret_value(),
        entropy=ambient.entropy,
        sealer=sealer,
        subscribers=subscribers,
        limits=Limits(connections=settings.database.pool_size),
    )
    stack.push_async_callback(store.close)
    keyring = Keyring(issuer=settings.issuer, clock=ambient.clock, sealer=sealer, schedule=_schedule(settings))
    await keyring.load(store)
    return Ground(
        settings=settings,
        ambient=ambient,
        logs=logs,
        sealer=sealer,
        digester=HmacDigester(master),
        hasher=hasher,
        store=store,
        keyring=keyring,
        subscribers=subscribers,
        in_flight=InFlight(),
    )


async def _open_plugins(stack: AsyncExitStack, ground: Ground) -> tuple[Loaded, Extensions]:
    """Raises PluginsRefused, and ConfigurationRefused for secrets that stand in the file itself."""
    settings, log = ground.settings, ground.logs.named("plugins")
    served = Served(needed_channels=settings.needed_channels, asks_for_codes=settings.asks_for_codes)
    loaded = load_plugins(settings.plugins, context_for=_contexts(ground).of, served=served)
    written_out = [
        problem
        for one in loaded.plugins
        for problem in literal_secrets(type(one.plugin).Settings, settings.plugins[one.name], key=("plugins", one.name))
    ]
    if written_out:
        raise ConfigurationRefused(written_out)
    await start_plugins(loaded, log=log)
    stack.push_async_callback(stop_plugins, loaded, log=log)
    extensions = build_extensions(
        loaded,
        Fences(clock=ground.ambient.clock, log=log, in_flight=ground.in_flight, rules=_fence(settings)),
        first_factors=settings.sign_in.first_factors,
    )
    ground.subscribers.extend(extensions.subscribers)
    return loaded, extensions


def _verbs(ground: Ground, extensions: Extensions) -> Verbs:
    settings, ambient, keyring = ground.settings, ground.ambient, ground.keyring
    return Verbs(
        World(
            store=ground.store,
            clock=ambient.clock,
            entropy=ambient.entropy,
            hasher=ground.hasher,
            digester=ground.digester,
            sealer=ground.sealer,
            signer=keyring.signer(settings.keys.access_token_algorithm),
            verifier=keyring.verifier(),
            rules=rules_from(settings, common_passwords(settings)),
            extensions=extensions,
            book=_book(settings, extensions),
        )
    )


def _relay(ground: Ground, verbs: Verbs) -> Relay:
    messages = ground.settings.messages
    return Relay(
        store=ground.store,
        clock=ground.ambient.clock,
        sealer=ground.sealer,
        renderer=MessageRenderer(
            languages=messages.languages,
            service=messages.from_name,
            overrides=messages.templates,
            senders=mailboxes(ground.settings),
        ),
        extensions=verbs.world.extensions,
        errands=verbs.errands,
        retries=retries(ground.settings),
        log=ground.logs.named("outbox"),
    )


def create_app(settings: Settings) -> Starlette:
    """An ASGI application for a server of your own: it opens the provider in its lifespan."""
    inner: list[Provider] = []

    async def forward(scope: Scope, receive: Receive, send: Send) -> None:
        await inner[0].application(scope, receive, send)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        async with open_provider(settings) as provider:
            inner[:] = [provider]
            provider.duties.start()
            yield

    return Starlette(routes=[Mount("/", app=forward)], lifespan=lifespan)


def logs_of(settings: Settings, clock: Clock) -> Logs:
    """The log as the operator wants it, not open yet."""
    return Logs(level=settings.logging.level, style=settings.logging.format, clock=clock)


def _master_secret(settings: Settings) -> bytes | None:
    secret = settings.keys.master_key
    return secret.get_secret_value().encode() if secret is not None else None


def _hasher(settings: Settings, ambient: Ambient) -> HashingPool:
    hashing = settings.hashing
    cost = Argon2Cost(memory_kib=hashing.memory_kib, passes=hashing.iterations, lanes=hashing.parallelism)
    return HashingPool(ambient.entropy, cost=cost, threads=hashing.threads, waiting=hashing.queue)


def _fence(settings: Settings) -> FenceRules:
    fence = settings.fence
    return FenceRules(time_out_seconds=fence.timeout.total_seconds(), failures=fence.failures, pause=fence.pause)


def _schedule(settings: Settings) -> Schedule:
    return Schedule(
        longest_token_life=lifetimes(settings).access,
        period=settings.keys.rotate_every,
        publish_lead=settings.keys.publish_lead,
        max_age=settings.keys.jwks_max_age,
    )


def _contexts(ground: Ground) -> Contexts:
    messages = ground.settings.messages
    data = {"from_address": messages.from_address, "from_name": messages.from_name, "folder": str(ground.settings.data)}
    return Contexts(
        issuer=ground.settings.issuer,
        store=ground.store,
        sealer=ground.sealer,
        hasher=ground.hasher,
        clock=ground.ambient.clock,
        entropy=ground.ambient.entropy,
        log_for=lambda plugin: ground.logs.named(f"plugin.{plugin}"),
        data=data,
    )


def _book(settings: Settings, extensions: Extensions) -> FeatureBook:
    """Raises ConfigurationRefused for values of features that nobody defines, or that lock everybody out."""
    defined: dict[str, Feature] = {MFA.name: MFA}
    for feature in (*extensions.features, *features_from(settings)):
        defined.setdefault(feature.name, feature)
    by_alias = {feature.alias: feature for feature in defined.values() if feature.alias}
    named = {**by_alias, **defined}.get
    flags, problems = flags_from(settings, named)
    if problems := (*problems, *demands_unmet(settings, named, extensions.second_factors)):
        raise ConfigurationRefused(problems)
    config: dict[ConfigKey, FeatureValue] = {(flag.feature, flag.kind, flag.tenant or ""): flag.value for flag in flags}
    return FeatureBook(features=defined, config=config, extensions=extensions)


def _duties(ground: Ground, verbs: Verbs, relay: Relay) -> Duties:
    prune = Prune(store=ground.store, clock=verbs.world.clock, rules=verbs.world.rules)
    watchdog = Watchdog(log=ground.logs.named("plugins"), in_flight=ground.in_flight)

    async def deliver() -> None:
        while await relay.deliver_due():
            pass

    return Duties(
        [
            Duty(name="relay", round=deliver, pause_seconds=1, wake=ground.store.parcels_waiting),
            Duty(name="keys", round=ground.keyring.refresh, pause_seconds=1),
            Duty(name="rotation", round=ground.keyring.tend, pause_seconds=60),
            Duty(name="prune", round=prune, pause_seconds=600),
            Duty(name="watchdog", round=watchdog.run, pause_seconds=1),
        ],
        ground.logs.named("duties"),
    )


def _faces(settings: Settings) -> FaceSettings:
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


def _documents(ground: Ground) -> Documents:
    """Names only what exists: the authorization endpoint and its friends are not here yet."""
    settings = ground.settings
    discovery = _constant(lambda: {"issuer": settings.issuer, "jwks_uri": settings.issuer + JWKS})
    described = _constant(lambda: openapi(version("idp")))

    def keys() -> Document:
        published = ground.keyring.document()
        return Document(
            body=published.body,
            etag=published.etag,
            media_type="application/jwk-set+json",
            max_age_seconds=published.max_age,
        )

    documents = {JWKS: keys, **dict.fromkeys(DISCOVERY, discovery), OPENAPI: described}
    if contact := settings.security.contact:
        languages = settings.messages.languages
        documents[SECURITY_TXT] = security_txt(ground.ambient.clock, contact, settings.security.policy, languages)
    return documents


def _constant(content: Callable[[], object]) -> Callable[[], Document]:
    """Made when it is first asked for: to describe every body takes a tenth of the time that a start may."""
    return cache(lambda: Document.of(orjson.dumps(content()), "application/json", DOCUMENT_AGE))
