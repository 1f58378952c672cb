"""Every token verifies against the key set published at any moment of its life (threat row 88).

Two processes share a database. One follows at once; the other looks whenever it comes to it, but never later than four
minutes after the last time, and signs with what it knows. Clocks are moved, turns are made, tokens signed at both.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import jwt
from hypothesis import given, settings
from hypothesis import strategies as some
from jwt.types import Options

from idp.core.claims import ACCESS_TOKEN_TYPE
from idp.crypto.ambient import SystemEntropy
from idp.crypto.keyring import Keyring
from idp.crypto.rotation import Schedule
from idp.crypto.sealer import AesGcmSealer
from idp.crypto.signing_key import ES256
from tests.crypto.conftest import MASTER
from tests.crypto.doubles import MovedClock, StoreInMemory
from tests.crypto.forger import AUDIENCE, ISSUER, claims_at

LIFE = timedelta(hours=1)
LAG = timedelta(minutes=4)
SCHEDULE = Schedule(longest_token_life=LIFE, period=timedelta(hours=6))

waits = some.sampled_from([1, 20, 59, 100, 290, 301, 1799, 3599, 3600, 3661, 6 * 3600, 7 * 3600, 40 * 3600])
scheduled = some.lists(some.one_of(waits, some.sampled_from(["sign", "tend", "look"])), max_size=50)
anything = some.lists(some.one_of(waits, some.sampled_from(["sign", "tend", "look", "rotate"])), max_size=50)


@dataclass
class World:
    """Two processes, the tokens they signed, and every key set they ever published."""

    clock: MovedClock = field(default_factory=MovedClock)
    store: StoreInMemory = field(default_factory=StoreInMemory)
    tokens: list[tuple[datetime, str]] = field(default_factory=list)
    sets: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.prompt, self.slow = self._process(), self._process()
        self.last_look = self.clock.now()

    def _process(self) -> Keyring:
        sealer = AesGcmSealer(MASTER, SystemEntropy())
        return Keyring(issuer=ISSUER, clock=self.clock, sealer=sealer, schedule=SCHEDULE, algorithms=(ES256,))

    async def live(self, steps: list[int | str]) -> None:
        await self.prompt.load(self.store)
        await self.slow.load(self.store)
        for step in steps:
            await self._do(step)
            await self.prompt.refresh()
            self.sets += [(self.clock.now(), ring.document().body.decode()) for ring in (self.prompt, self.slow)]
            assert all(self.verifies(token, self.prompt.document().body.decode()) for token in self.alive())

    async def _do(self, step: int | str) -> None:
        match step:
            case int(seconds):
                self.clock.move(timedelta(seconds=seconds))
                if self.clock.now() - self.last_look > LAG:
                    await self._look()
            case "sign":
                claims = claims_at(self.clock.now())
                signers = (ring.signer(ES256) for ring in (self.prompt, self.slow))
                self.tokens += [(self.clock.now(), signer.sign(claims, ACCESS_TOKEN_TYPE)) for signer in signers]
            case "rotate":
                await self.prompt.rotate()
            case "tend":
                await self.prompt.tend()
            case "look":
                await self._look()

    async def _look(self) -> None:
        await self.slow.refresh()
        self.last_look = self.clock.now()

    def alive(self) -> list[str]:
        return [token for signed_at, token in self.tokens if self.clock.now() < signed_at + LIFE]

    @staticmethod
    def verifies(token: str, key_set: str) -> bool:
        """By somebody else's code, which knows nothing but the set."""
        keys = {key.key_id: key for key in jwt.PyJWKSet.from_json(key_set).keys}
        key = keys.get(jwt.get_unverified_header(token)["kid"])
        times: Options = {"verify_exp": False, "verify_iat": False}
        return key is not None and bool(jwt.decode(token, key, ["ES256"], audience=AUDIENCE, options=times))


@settings(max_examples=40, deadline=None)
@given(anything)
def test_a_live_token_verifies_against_the_set_published_now(steps: list[int | str]) -> None:
    asyncio.run(World().live(steps))


@settings(max_examples=40, deadline=None)
@given(scheduled)
def test_no_client_that_keeps_the_set_as_long_as_told_meets_an_unknown_key(steps: list[int | str]) -> None:
    """As long as turns are on schedule: the key is in every set of both, from `max_age` before to the token's end."""
    world = World()
    asyncio.run(world.live(steps))

    for signed_at, token in world.tokens:
        kid = jwt.get_unverified_header(token)["kid"]
        sets = [body for at, body in world.sets if signed_at - SCHEDULE.max_age <= at < signed_at + LIFE]
        assert sets
        assert all(kid in {key["kid"] for key in json.loads(body)["keys"]} for body in sets)
