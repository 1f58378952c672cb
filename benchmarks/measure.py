"""From a running server to numbers. Each number stands beside one that was measured just before it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from benchmarks import people
from benchmarks.hashing import Hashed, alone, threads_of_one_process
from benchmarks.load import Asking, Crowd, CrowdTally
from benchmarks.people import press
from benchmarks.scenarios import Scenario
from benchmarks.server import Running

WARM_UP = 0.2
"""Part of the measured time."""

STORM_CLIENTS = 64
STORM_READERS = 4
READER_PAUSE_SECONDS = 0.01
BARE = Asking(method="GET", path="/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """`per_core`: requests per second of the server's own processor time; None where that cannot be read.

    `generator_share`: how much of a core the load generator used. Near 1 it is what was measured.
    """

    per_second: float
    per_core: float | None
    p50_ms: float
    p99_ms: float
    generator_share: float
    generator_per_core: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Requests:
    scenario: str
    processes: int
    speed: Speed
    ceiling: Speed


@dataclass(frozen=True, slots=True, kw_only=True)
class Logins:
    """`share`: logins beside the hashes of argon2 alone, by the clock; `cpu_share`: by processor time."""

    scenario: str
    processes: int
    speed: Speed
    hashes_per_second: float
    share: float
    cpu_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Storm:
    """GET /user while 64 clients sign in without a pause, beside the same without them. `refused` were told to come
    back later."""

    processes: int
    quiet_p50_ms: float
    quiet_p99_ms: float
    storm_p50_ms: float
    storm_p99_ms: float
    logins_per_second: float
    refused: int


@dataclass(slots=True)
class Bench:
    """Two servers with as many processes each, and who uses them. `cookies` by contract, one for each client."""

    ours: Running
    bare: Running
    workers: int
    seconds: float
    cookies: dict[str, list[dict[str, str]]]

    def requests(self, scenario: Scenario) -> Requests:
        clients = len(next(iter(self.cookies.values())))
        ceiling, _ = self._speed(self.bare, Crowd(askings=[BARE] * clients, expects=200))
        speed, told = self._speed(self.ours, self._crowd(scenario))
        if scenario.keeps_cookies:
            self.cookies[scenario.cookies] = told.cookies
        return Requests(scenario=scenario.name, processes=self.workers, speed=speed, ceiling=ceiling)

    def logins(self, contract: str, clients: int) -> Logins:
        before = self._hashes()
        speed, _ = self._speed(self.ours, people.logins(clients, contract))
        hashed = before + self._hashes()
        per_second = hashed.hashes / hashed.seconds
        per_core = hashed.hashes / hashed.cpu_seconds
        return Logins(
            scenario=f"{contract}-login",
            processes=self.workers,
            speed=speed,
            hashes_per_second=per_second,
            share=speed.per_second / per_second,
            cpu_share=speed.per_core / per_core if speed.per_core else None,
        )

    def storm(self) -> Storm:
        cookies = self.cookies["bloom"][:STORM_READERS]
        askings = [Asking(method="GET", path="/user", cookies=held) for held in cookies]
        readers = Crowd(askings=askings, expects=200, pause_seconds=READER_PAUSE_SECONDS)
        quiet = press(self.ours, self.seconds, readers).crowds[0]
        tally = press(self.ours, self.seconds, readers, people.logins(STORM_CLIENTS, "bloom"))
        stormy, entering = tally.crowds
        for told in (quiet, stormy):
            people.demand_right(told)
        return Storm(
            processes=self.workers,
            quiet_p50_ms=quiet.p50_ms,
            quiet_p99_ms=quiet.p99_ms,
            storm_p50_ms=stormy.p50_ms,
            storm_p99_ms=stormy.p99_ms,
            logins_per_second=entering.right / tally.seconds,
            refused=sum(entering.wrong.values()),
        )

    def _crowd(self, scenario: Scenario) -> Crowd:
        held: Sequence[dict[str, str]] = self.cookies.get(scenario.cookies) or [{}] * len(self.cookies["bloom"])
        askings = [Asking(method=scenario.method, path=scenario.path, cookies=cookies) for cookies in held]
        return Crowd(askings=askings, expects=200, keeps_cookies=scenario.keeps_cookies)

    def _speed(self, running: Running, crowd: Crowd) -> tuple[Speed, CrowdTally]:
        """After a warm-up. Cookies that change are those that the warm-up left."""
        warm = press(running, self.seconds * WARM_UP, crowd).crowds[0]
        if crowd.keeps_cookies:
            held = zip(crowd.askings, warm.cookies, strict=True)
            crowd = replace(crowd, askings=[replace(asking, cookies=cookies) for asking, cookies in held])
        before = running.cpu_seconds()
        tally = press(running, self.seconds, crowd)
        after = running.cpu_seconds()
        told = tally.crowds[0]
        people.demand_right(told)
        used = after - before if after is not None and before is not None else None
        speed = Speed(
            per_second=told.right / tally.seconds,
            per_core=told.right / used if used else None,
            p50_ms=told.p50_ms,
            p99_ms=told.p99_ms,
            generator_share=tally.cpu_seconds / tally.seconds,
            generator_per_core=told.right / tally.cpu_seconds,
        )
        return speed, told

    def _hashes(self) -> Hashed:
        return alone(threads_of_one_process() * self.workers, self.seconds / 2)
