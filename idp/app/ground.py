"""What everything else stands on: the database, the keys, the clock."""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from idp.config.rules import lifetimes
from idp.config.settings import Settings
from idp.core.claims import LONGEST_TOKEN_LIFE
from idp.crypto.ambient import SystemClock, SystemEntropy
from idp.crypto.digester import HmacDigester
from idp.crypto.encryption_key import ENCRYPTION
from idp.crypto.hash_formats import Argon2Cost
from idp.crypto.keyring import Keyring
from idp.crypto.master_key import load_master_key
from idp.crypto.passwords import HashingPool
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ALGORITHMS
from idp.logs import Logs
from idp.ports.ambient import Clock, Entropy
from idp.ports.crypto import Digester, Sealer
from idp.registry.watchdog import InFlight
from idp.storage import Limits, OpenStore, open_store


@dataclass(frozen=True, slots=True, kw_only=True)
class Ambient:
    """What tests put in place of the system's time and chance."""

    clock: Clock
    entropy: Entropy

    @classmethod
    def of_the_system(cls) -> "Ambient":
        return cls(clock=SystemClock(), entropy=SystemEntropy())


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


async def open_ground(stack: AsyncExitStack, settings: Settings, ambient: Ambient, logs: Logs) -> Ground:
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
    keyring = _keyring(settings, ambient, sealer)
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


def _keyring(settings: Settings, ambient: Ambient, sealer: Sealer) -> Keyring:
    """With keys to be encrypted to only where somebody may: others' verifiers find none that they could mistake."""
    takes = ENCRYPTION if settings.oidc.enabled and settings.oidc.encrypted_requests else ()
    return Keyring(
        issuer=settings.issuer,
        clock=ambient.clock,
        sealer=sealer,
        schedule=_schedule(settings),
        algorithms=(*ALGORITHMS, *takes),
    )


def _schedule(settings: Settings) -> Schedule:
    lives = lifetimes(settings)
    return Schedule(
        longest_token_life=max(lives.access, lives.refresh, LONGEST_TOKEN_LIFE),
        period=settings.keys.rotate_every,
        publish_lead=settings.keys.publish_lead,
        max_age=settings.keys.jwks_max_age,
        rsa_bits=settings.keys.rsa_bits,
    )
