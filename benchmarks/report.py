"""The numbers as tables for people, or as JSON for programs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

import orjson
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from benchmarks.measure import Logins, Requests, Storm
from benchmarks.scenarios import IDLE, LOADED, LOGIN_SHARE, SCENARIOS, START, STORM_FACTOR, Bound, Peer

BUSY_GENERATOR = 0.9
LEFT_OUT = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Memory is that of all processes together: after the start, and after all that was measured."""

    processes: int
    start_seconds: float
    idle_mib: float | None
    loaded_mib: float | None


@dataclass(slots=True)
class Results:
    """All that was measured. The first start makes the keys and lays out the tables."""

    machine: str
    database: str
    seconds: float
    clients: int
    first_start_seconds: float
    requests: list[Requests] = field(default_factory=list)
    logins: list[Logins] = field(default_factory=list)
    storms: list[Storm] = field(default_factory=list)
    processes: list[Process] = field(default_factory=list)

    def to_json(self) -> str:
        return orjson.dumps(self, option=orjson.OPT_INDENT_2).decode()


def show(results: Results, console: Console) -> None:
    console.print(f"{results.machine}; {results.database}; {results.clients} clients, {results.seconds:g} s each")
    for table in (_requests(results), _logins(results), _storms(results), _processes(results)):
        if table.row_count:
            table.box = box.SIMPLE if console.is_terminal else box.MARKDOWN
            console.print()
            console.print(table)
    console.print()
    for line in _remarks(results):
        console.print(line, style="dim")


def _requests(results: Results) -> Table:
    table = _table(
        "Requests; in brackets the goal for the part of the ceiling, floor and goal beside the peer",
        *("scenario", "n", "per s", "per core", "p50 ms", "p99 ms", "of ceiling", "times peer"),
    )
    known = {scenario.name: scenario for scenario in SCENARIOS}
    for one in results.requests:
        scenario, speed, bare = known[one.scenario], one.speed, one.ceiling.per_core
        share = speed.per_core / bare if speed.per_core and bare else None
        table.add_row(
            one.scenario,
            str(one.processes),
            f"{speed.per_second:,.0f}",
            f"{speed.per_core:,.0f}" if speed.per_core else LEFT_OUT,
            f"{speed.p50_ms:.1f}",
            f"{speed.p99_ms:.1f}",
            _share(share, scenario.ceiling_goal),
            _beside(speed.per_core, scenario.peer),
        )
    return table


def _logins(results: Results) -> Table:
    table = _table(
        "Logins beside argon2 alone, by the clock and by processor time; in brackets floor and goal",
        *("scenario", "n", "per s", "argon2 per s", "p50 ms", "p99 ms", "share", "share of cpu"),
    )
    for one in results.logins:
        table.add_row(
            one.scenario,
            str(one.processes),
            f"{one.speed.per_second:.1f}",
            f"{one.hashes_per_second:.1f}",
            f"{one.speed.p50_ms:,.0f}",
            f"{one.speed.p99_ms:,.0f}",
            _judged(one.share, LOGIN_SHARE),
            _judged(one.cpu_share, LOGIN_SHARE),
        )
    return table


def _storms(results: Results) -> Table:
    table = _table(
        "GET /user while 64 clients sign in, beside quiet; in brackets floor and goal",
        *("scenario", "n", "quiet p50", "p99 ms", "storm p50", "p99 ms", "times", "logins/s", "503"),
    )
    for one in results.storms:
        table.add_row(
            "storm",
            str(one.processes),
            f"{one.quiet_p50_ms:.1f}",
            f"{one.quiet_p99_ms:.1f}",
            f"{one.storm_p50_ms:.1f}",
            f"{one.storm_p99_ms:.1f}",
            _judged(one.storm_p99_ms / one.quiet_p99_ms, STORM_FACTOR),
            f"{one.logins_per_second:.1f}",
            str(one.refused),
        )
    return table


def _processes(results: Results) -> Table:
    table = _table(
        "From start to first answer, and memory; in brackets floor and goal",
        *("scenario", "n", "start s", "idle MiB", "loaded MiB"),
    )
    for one in results.processes:
        alone = one.processes == 1
        table.add_row(
            "process",
            str(one.processes),
            _judged(one.start_seconds, START),
            _judged(one.idle_mib, IDLE, of_interest=alone),
            _judged(one.loaded_mib, LOADED, of_interest=alone),
        )
    return table


def _remarks(results: Results) -> Iterator[str]:
    yield f"The first start, with keys and tables to be made, took {results.first_start_seconds:.2f} s."
    if results.requests:
        yield from _about_requests(results.requests)
    yield "Green: the goal is reached. Yellow: the floor is kept. Red: neither. See benchmarks/README.md."


def _about_requests(requests: Sequence[Requests]) -> Iterator[str]:
    bare = [one.ceiling for one in requests]
    if all(one.per_core for one in bare):
        ceiling = median(one.per_core or 0 for one in bare)
        yield f"The ceiling, a bare application on the same server: {ceiling:,.0f} requests per second and core."
    else:
        yield "Left out: what needs the processor time or the memory of other processes, which only /proc tells."
    generator = median(one.generator_per_core for one in bare)
    yield f"The load generator's own ceiling: {generator:,.0f} requests per second and core."
    names = [one.scenario for one in requests]
    peers = dict.fromkeys(scenario.peer.name for scenario in SCENARIOS if scenario.name in names)
    yield f"Peers, in this order, measured on another day: {', '.join(peers)}."
    busy = [one.scenario for one in requests if one.speed.generator_share > BUSY_GENERATOR]
    if busy:
        yield f"Bound by the load generator, not by the server: {', '.join(dict.fromkeys(busy))}."


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", padding=(0, 1, 0, 0))
    for name in names:
        table.add_column(name, justify="left" if name == "scenario" else "right", no_wrap=True)
    return table


def _share(share: float | None, goal: float | None) -> Text:
    if share is None:
        return Text(LEFT_OUT)
    if goal is None:
        return Text(f"{share:.0%}")
    return Text(f"{share:.0%} ({goal:.0%})", style="green" if share >= goal else "yellow")


def _beside(per_core: float | None, peer: Peer) -> Text:
    ratio = per_core / peer.per_core if per_core else None
    return _judged(ratio, Bound(floor=peer.floor, goal=peer.goal, digits=1, is_upper=False))


def _judged(value: float | None, bound: Bound, *, of_interest: bool = True) -> Text:
    """With colour and bounds where they are of interest: goals for memory are goals for one process."""
    if value is None:
        return Text(LEFT_OUT)
    told = f"{value:.{bound.digits}{bound.kind}}"
    if not of_interest:
        return Text(told)
    floor, goal = (f"{one:.{bound.digits}{bound.kind}}" for one in (bound.floor, bound.goal))
    return Text(f"{told} ({floor}, {goal})", style=_colour(value, bound))


def _colour(value: float, bound: Bound) -> str:
    sign = -1 if bound.is_upper else 1
    reaches, keeps = sign * value >= sign * bound.goal, sign * value >= sign * bound.floor
    return "green" if reaches else "yellow" if keeps else "red"
