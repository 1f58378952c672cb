"""What the tests of secrets share."""

import asyncio
from datetime import timedelta

import pytest

from idp.crypto.ambient import SystemEntropy
from idp.crypto.keyring import Keyring
from idp.crypto.master_key import MasterKey
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ES256
from tests.crypto.doubles import MovedClock, StoreInMemory

ISSUER = "https://id.example.com"
MASTER = MasterKey(secret=bytes(range(32)))
SCHEDULE = Schedule(longest_token_life=timedelta(hours=1))


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def store() -> StoreInMemory:
    return StoreInMemory()


@pytest.fixture
def entropy() -> SystemEntropy:
    return SystemEntropy()


@pytest.fixture
def sealer(entropy: SystemEntropy) -> AesGcmSealer:
    return AesGcmSealer(MASTER, entropy)


@pytest.fixture
def keyring(store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> Keyring:
    """Loaded, with ES256 alone: its keys are made in no time."""
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256,))
    asyncio.run(ring.load(store))
    return ring


@pytest.fixture
def neighbour(keyring: Keyring, store: StoreInMemory, clock: MovedClock, sealer: AesGcmSealer) -> Keyring:
    """Another process on the same database, started after `keyring`."""
    ring = Keyring(issuer=ISSUER, clock=clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256,))
    asyncio.run(ring.load(store))
    return ring
