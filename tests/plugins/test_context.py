"""What plugins are lent, on the real database: sealed, bound to its place, each for one plugin alone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from idp.core.account import Account
from idp.core.address import EmailAddress
from idp.core.errors import Overloaded
from idp.core.ids import AccountId
from idp.crypto.ambient import SystemEntropy
from idp.crypto.hash_formats import Argon2Cost
from idp.crypto.master_key import MasterKey
from idp.crypto.passwords import HashingPool
from idp.crypto.sealer import AesGcmSealer
from idp.plugins.totp import Totp, TotpSettings
from idp.ports.crypto import SealBroken
from idp.registry.context import PASSWORD, Contexts
from idp.registry.extensions import build_extensions
from idp.registry.fence import Fences
from idp.registry.life import start_plugins, stop_plugins
from idp.registry.load import load_plugins
from idp.registry.watchdog import InFlight
from idp.sdk import Enrollable, OwnCredential, PluginContext
from idp.storage import OpenStore, open_store, upgrade
from idp.testing.clock import MovableClock
from idp.testing.context import account_view
from idp.testing.memory import MemoryLog

JANE = account_view()
WEAK = Argon2Cost(memory_kib=8, passes=1)
BETTER = Argon2Cost(memory_kib=16, passes=1)


@dataclass(frozen=True, slots=True)
class House:
    store: OpenStore
    sealer: AesGcmSealer
    clock: MovableClock
    hasher: HashingPool

    def lends(self, plugin: str, hasher: HashingPool | None = None) -> PluginContext:
        contexts = Contexts(
            issuer="https://id.example.com",
            store=self.store,
            sealer=self.sealer,
            hasher=hasher or self.hasher,
            clock=self.clock,
            entropy=SystemEntropy(),
            log_for=lambda _: MemoryLog(),
        )
        return contexts.of(plugin)

    async def stored(self, kind: str) -> bytes:
        found = await self.store.read(lambda work: work.credentials.get(JANE.id, kind))
        assert found is not None
        return found.data


@pytest.fixture
def better() -> Iterator[HashingPool]:
    pool = HashingPool(SystemEntropy(), cost=BETTER, threads=1)
    yield pool
    pool.close()


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    url = f"sqlite:///{tmp_path / 'idp.db'}"
    await upgrade(url)
    entropy, clock = SystemEntropy(), MovableClock()
    sealer = AesGcmSealer(MasterKey(secret=bytes(32)), entropy)
    hasher = HashingPool(entropy, cost=WEAK, threads=1)
    store = await open_store(url, entropy=entropy, sealer=sealer)
    now = clock.now()
    for account_id, email in ((JANE.id, JANE.email), (AccountId("john"), "john@example.com")):
        account = Account(
            id=account_id,
            email=EmailAddress(email),
            first_name="",
            last_name="",
            created_at=now,
            updated_at=now,
        )
        await store.transact(lambda work, account=account: work.accounts.add(account))  # type: ignore[misc]
    yield House(store, sealer, clock, hasher)
    await store.close()
    hasher.close()


async def test_a_credential_comes_back_as_it_was_put(house: House) -> None:
    credentials = house.lends("totp").credentials
    assert await credentials.get(JANE.id) is None

    await credentials.put(JANE.id, b"one")
    first = await credentials.get(JANE.id)
    await credentials.put(JANE.id, b"two")
    second = await credentials.get(JANE.id)

    assert first is not None
    assert second is not None
    assert (first.data, second.data) == (b"one", b"two")
    assert second.version > first.version
    assert await credentials.remove(JANE.id) is True
    assert await credentials.remove(JANE.id) is False
    assert await credentials.get(JANE.id) is None


async def test_one_of_all_who_race_swaps(house: House) -> None:
    credentials = house.lends("totp").credentials
    await credentials.put(JANE.id, b"0")
    found = await credentials.get(JANE.id)
    assert isinstance(found, OwnCredential)

    swapped = await asyncio.gather(*(credentials.swap(JANE.id, b"%d" % n, found.version) for n in range(20)))

    assert swapped.count(True) == 1
    winner = await credentials.get(JANE.id)
    assert winner is not None
    assert winner.data == b"%d" % swapped.index(True)


async def test_the_database_holds_nothing_readable(house: House) -> None:
    await house.lends("totp").credentials.put(JANE.id, b"seed of jane")

    assert b"seed of jane" not in await house.stored("totp")


async def test_a_value_copied_elsewhere_does_not_open(house: House) -> None:
    """Another account's seed is no seed of mine: the seal names plugin and account."""
    await house.lends("totp").credentials.put(JANE.id, b"seed of jane")
    stolen, now = await house.stored("totp"), house.clock.now()
    john = AccountId("john")
    await house.store.transact(lambda work: work.credentials.put(john, "totp", stolen, now))
    await house.store.transact(lambda work: work.credentials.put(JANE.id, "push", stolen, now))

    with pytest.raises(SealBroken):
        await house.lends("totp").credentials.get(john)
    with pytest.raises(SealBroken):
        await house.lends("push").credentials.get(JANE.id)


async def test_each_plugin_sees_its_own_alone(house: House) -> None:
    await house.lends("totp").credentials.put(JANE.id, b"1")
    await house.lends("totp").store.put("key", b"1")

    assert await house.lends("push").credentials.get(JANE.id) is None
    assert await house.lends("push").store.get("key") is None


async def test_no_plugin_touches_the_passwords_that_the_core_keeps(house: House) -> None:
    credentials = house.lends(PASSWORD).credentials

    for call in (
        credentials.get(JANE.id),
        credentials.put(JANE.id, b"x"),
        credentials.swap(JANE.id, b"x", 1),
        credentials.remove(JANE.id),
    ):
        with pytest.raises(PermissionError):
            await call


async def test_small_values_expire_and_are_added_once(house: House) -> None:
    store, expiry = house.lends("push").store, house.clock.now() + timedelta(minutes=1)

    added = await asyncio.gather(*(store.add("nonce", b"%d" % n, expires_at=expiry) for n in range(10)))

    assert added.count(True) == 1
    assert await store.get("nonce") == b"%d" % added.index(True)
    house.clock.advance(timedelta(minutes=1))
    assert await store.get("nonce") is None
    assert await store.add("nonce", b"again") is True
    await store.put("nonce", b"replaced")
    assert await store.get("nonce") == b"replaced"
    await store.remove("nonce")
    assert await store.get("nonce") is None


async def test_small_values_are_sealed_and_bound_to_their_key(house: House) -> None:
    store, now = house.lends("push").store, house.clock.now()
    await store.put("one", b"plain words")
    kept = await house.store.read(lambda work: work.plugin_store.get("push", "one", now))
    assert kept is not None
    await house.store.transact(lambda work: work.plugin_store.put("push", "two", kept, None))

    assert b"plain words" not in kept
    with pytest.raises(SealBroken):
        await store.get("two")


async def keep_password(house: House, password: str) -> None:
    encoded, now = (await house.hasher.hash(password)).encode(), house.clock.now()
    await house.store.transact(lambda work: work.credentials.put(JANE.id, PASSWORD, encoded, now))


async def test_a_password_matches_its_account_alone(house: House) -> None:
    await keep_password(house, "correct horse")
    passwords = house.lends("password").passwords

    assert await passwords.match(JANE.id, "correct horse") is True
    assert await passwords.match(JANE.id, "wrong") is False
    assert await passwords.match(AccountId("john"), "correct horse") is False
    assert await passwords.match(None, "correct horse") is False


async def test_an_outdated_hash_is_renewed_by_the_right_password_only(house: House, better: HashingPool) -> None:
    await keep_password(house, "correct horse")
    before = await house.stored(PASSWORD)
    passwords = house.lends("password", better).passwords

    assert await passwords.match(JANE.id, "wrong") is False
    assert await house.stored(PASSWORD) == before

    assert await passwords.match(JANE.id, "correct horse") is True
    after = await house.stored(PASSWORD)
    assert after != before
    assert not better.is_outdated(after.decode())
    assert await passwords.match(JANE.id, "correct horse") is True
    assert await house.stored(PASSWORD) == after


async def test_a_password_changed_meanwhile_is_not_undone_by_the_renewal(house: House, better: HashingPool) -> None:
    await keep_password(house, "correct horse")

    class Changing(HashingPool):
        """Somebody changes the password while the old one is hashed anew."""

        async def hash(self, password: str) -> str:
            await keep_password(house, "changed meanwhile")
            return await super().hash(password)

    pool = Changing(SystemEntropy(), cost=BETTER, threads=1)

    assert await house.lends("password", pool).passwords.match(JANE.id, "correct horse") is True
    pool.close()

    assert await house.lends("password").passwords.match(JANE.id, "changed meanwhile") is True
    assert await house.lends("password").passwords.match(JANE.id, "correct horse") is False


async def test_a_full_hashing_queue_postpones_the_renewal(house: House) -> None:
    await keep_password(house, "correct horse")
    before = await house.stored(PASSWORD)

    class Full(HashingPool):
        """Verifies, and has no room for more."""

        async def hash(self, password: str) -> str:  # noqa: ARG002 - it looks at nothing
            raise Overloaded

    pool = Full(SystemEntropy(), cost=BETTER, threads=1)

    assert await house.lends("password", pool).passwords.match(JANE.id, "correct horse") is True
    pool.close()
    assert await house.stored(PASSWORD) == before


async def test_a_code_passes_once_however_many_race_on_the_real_database(house: House) -> None:
    """Threat rows 47 and 48: one guarded update decides."""
    totp = Totp(TotpSettings(), house.lends("totp"))
    enrolment = await totp.enrol_proved(JANE)
    code = pyotp.TOTP(enrolment.secret).at(house.clock.now())

    verdicts = await asyncio.gather(*(totp.verify(JANE, code) for _ in range(20)))

    assert verdicts.count(True) == 1
    assert enrolment.secret.encode() not in await house.stored("totp")


async def test_from_its_lane_a_plugin_reaches_the_store_on_the_servers_loop(house: House) -> None:
    loaded = load_plugins({"totp": {}, "password": {}}, context_for=house.lends)
    fences = Fences(clock=house.clock, log=MemoryLog(), in_flight=InFlight())
    extensions = build_extensions(loaded, fences)
    totp, password = extensions.second_factors["totp"], extensions.first_factors["password"]
    assert isinstance(totp, Enrollable)
    await keep_password(house, "correct horse")
    await start_plugins(loaded, log=MemoryLog())

    enrolment = await totp.enrol_proved(JANE)
    assert enrolment is not None
    code = pyotp.TOTP(enrolment.secret).at(house.clock.now())
    verdicts = await asyncio.gather(*(totp.verify(JANE, code) for _ in range(20)))

    assert verdicts.count(True) == 1
    assert await password.prove(JANE, "correct horse") is True
    assert await password.prove(None, "correct horse") is False
    await stop_plugins(loaded, log=MemoryLog())
