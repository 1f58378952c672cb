"""From a running server to numbers.

What is compared is measured in turns, slice by slice, so that other work on the machine disturbs both alike.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from benchmarks import people
from benchmarks.hashing import Hashed, alone, threads_of_one_process
from benchmarks.load import Asking, Crowd, Tally
from benchmarks.people import press
from benchmarks.scenarios import Scenario
from benchmarks.server import Running

SLICES = 4
WARM_UP = 0.1
"""Part of the measured time."""

SHORTEST_HASHING_SECONDS = 0.5
"""Some twenty hashes: of fewer the last one counts too much."""

STORM_CLIENTS = 64
STORM_READERS = 4
READER_PAUSE_SECONDS = 0.01
BARE = Asking(method="GET", path="/")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """`per_core`: requests per second of the server's own processor time; None where that cannot be read. Of the
    slices' percentiles these are the medians.

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """`used`: the server's processor time."""

    tally: Tally
    used: float | None

    @property
    def right(self) -> int:
        return self.tally.crowds[0].right


@dataclass(slots=True)
class Bench:
    """Two servers with as many processes each, and who uses them. `cookies` by contract, one for each client."""

    ours: Running
    bare: Running
    workers: int
    seconds: float
    cookies: dict[str, list[dict[str, str]]]

    def requests(self, scenario: Scenario) -> Requests:
        crowd, bare = self._crowd(scenario), Crowd(askings=[BARE] * self._clients, expects=200)
        crowd, _ = self._slice(self.ours, crowd, WARM_UP)
        self._slice(self.bare, bare, WARM_UP)
        ours, ceiling = [], []
        for _ in range(SLICES):
            ceiling.append(self._slice(self.bare, bare)[1])
            crowd, one = self._slice(self.ours, crowd)
            ours.append(one)
        if scenario.keeps_cookies:
            self.cookies[scenario.cookies] = [asking.cookies for asking in crowd.askings]
        return Requests(scenario=scenario.name, processes=self.workers, speed=speed_of(ours), ceiling=speed_of(ceiling))

    def logins(self, contract: str) -> Logins:
        crowd = people.logins(self._clients, contract)
        hashed, entered = [self._hashes()], []
        for _ in range(SLICES):
            entered.append(self._slice(self.ours, crowd)[1])
            hashed.append(self._hashes())
        speed, hashes = speed_of(entered), sum(one.hashes for one in hashed)
        per_second = hashes / sum(one.seconds for one in hashed)
        per_core = hashes / sum(one.cpu_seconds for one in hashed)
        return Logins(
            scenario=f"{contract}-login",
            processes=self.workers,
            speed=speed,
            hashes_per_second=per_second,
            share=speed.per_second / per_second,
            cpu_share=speed.per_core / per_core if speed.per_core else None,
        )

    def storm(self) -> Storm:
        askings = [Asking(method="GET", path="/user", cookies=held) for held in self.cookies["bloom"][:STORM_READERS]]
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

    @property
    def _clients(self) -> int:
        return len(self.cookies["bloom"])

    def _crowd(self, scenario: Scenario) -> Crowd:
        held: Sequence[dict[str, str]] = self.cookies.get(scenario.cookies) or [{}] * self._clients
        askings = [Asking(method=scenario.method, path=scenario.path, cookies=cookies) for cookies in held]
        return Crowd(askings=askings, expects=200, keeps_cookies=scenario.keeps_cookies)

    def _slice(self, running: Running, crowd: Crowd, part: float = 1 / SLICES) -> tuple[Crowd, Slice]:
        """Of the measured time. The crowd comes back with the cookies that it has then."""
        before = running.cpu_seconds()
        tally = press(running, self.seconds * part, crowd)
        after = running.cpu_seconds()
        told = tally.crowds[0]
        people.demand_right(told)
        if crowd.keeps_cookies:
            held = zip(crowd.askings, told.cookies, strict=True)
            crowd = replace(crowd, askings=[replace(asking, cookies=cookies) for asking, cookies in held])
        used = after - before if after is not None and before is not None else None
        return crowd, Slice(tally=tally, used=used)

    def _hashes(self) -> Hashed:
        return alone(threads_of_one_process() * self.workers, max(self.seconds / SLICES, SHORTEST_HASHING_SECONDS))


def speed_of(slices: Sequence[Slice]) -> Speed:
    right, seconds = sum(one.right for one in slices), sum(one.tally.seconds for one in slices)
    generator = sum(one.tally.cpu_seconds for one in slices)
    used = [one.used for one in slices if one.used is not None]
    return Speed(
        per_second=right / seconds,
        per_core=right / sum(used, 0.0) if len(used) == len(slices) and any(used) else None,
        p50_ms=median(one.tally.crowds[0].p50_ms for one in slices),
        p99_ms=median(one.tally.crowds[0].p99_ms for one in slices),
        generator_share=generator / seconds,
        generator_per_core=right / generator,
    )
