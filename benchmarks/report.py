"""The numbers as tables for people, or as JSON for programs."""

from collections.abc import Sequence
from dataclasses import dataclass, field

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
        "Requests", "scenario", "processes", "requests/s", "per core", "p50 ms", "p99 ms", "of ceiling", "peer"
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
    names = ("scenario", "processes", "logins/s", "argon2 alone/s", "share", "share of cpu", "p50 ms", "p99 ms")
    table = _table("Logins", *names)
    for one in results.logins:
        table.add_row(
            one.scenario,
            str(one.processes),
            f"{one.speed.per_second:.1f}",
            f"{one.hashes_per_second:.1f}",
            _judged(one.share, LOGIN_SHARE),
            _judged(one.cpu_share, LOGIN_SHARE),
            f"{one.speed.p50_ms:,.0f}",
            f"{one.speed.p99_ms:,.0f}",
        )
    return table


def _storms(results: Results) -> Table:
    names = ("processes", "quiet p50 ms", "quiet p99 ms", "storm p50 ms", "storm p99 ms", "factor", "logins/s", "503")
    table = _table("GET /user while 64 clients sign in", *names)
    for one in results.storms:
        table.add_row(
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
    table = _table("Process", "processes", "start", "idle", "loaded")
    for one in results.processes:
        alone = one.processes == 1
        table.add_row(
            str(one.processes),
            _judged(one.start_seconds, START),
            _judged(one.idle_mib, IDLE) if alone else _plain(one.idle_mib, IDLE),
            _judged(one.loaded_mib, LOADED) if alone else _plain(one.loaded_mib, LOADED),
        )
    return table


def _remarks(results: Results) -> Sequence[str]:
    told = [f"The first start took {results.first_start_seconds:.2f} s."]
    told.append("Green: the goal is reached. Yellow: the floor is kept. Red: neither. See benchmarks/README.md.")
    bare = [one.ceiling for one in results.requests]
    if bare:
        best = max(one.generator_per_core for one in bare)
        told.append(f"The load generator makes up to {best:,.0f} requests per second of its own processor time.")
    busy = [one.scenario for one in results.requests if one.speed.generator_share > BUSY_GENERATOR]
    if busy:
        told.append(f"Bound by the load generator, not by the server: {', '.join(dict.fromkeys(busy))}.")
    if any(one.speed.per_core is None for one in results.requests):
        told.append("Left out: what needs processor times or memory of other processes, which only /proc tells.")
    return told


def _table(title: str, *names: str) -> Table:
    table = Table(title=title, title_justify="left", title_style="bold", pad_edge=True)
    for name in names:
        table.add_column(name, justify="left" if name == "scenario" else "right", no_wrap=True)
    return table


def _share(share: float | None, goal: float | None) -> Text:
    if share is None:
        return Text(LEFT_OUT)
    if goal is None:
        return Text(f"{share:.0%}")
    return Text(f"{share:.0%} (goal {goal:.0%})", style="green" if share >= goal else "yellow")


def _beside(per_core: float | None, peer: Peer) -> Text:
    if per_core is None:
        return Text(LEFT_OUT)
    ratio = per_core / peer.per_core
    told = f"{ratio:.1f} x {peer.name} (floor {peer.floor:g}, goal {peer.goal:g})"
    return Text(told, style=_colour(ratio, Bound(floor=peer.floor, goal=peer.goal, is_upper=False)))


def _judged(value: float | None, bound: Bound) -> Text:
    if value is None:
        return Text(LEFT_OUT)
    told = f"{_number(value, bound)} (floor {_number(bound.floor, bound)}, goal {_number(bound.goal, bound)})"
    return Text(told, style=_colour(value, bound))


def _plain(value: float | None, bound: Bound) -> str:
    return LEFT_OUT if value is None else _number(value, bound)


def _number(value: float, bound: Bound) -> str:
    match bound.unit:
        case "s":
            return f"{value:.2f} s"
        case "MiB":
            return f"{value:.0f} MiB"
        case _:
            return f"{value:.1f} x" if bound.is_upper else f"{value:.0%}"


def _colour(value: float, bound: Bound) -> str:
    reaches, keeps = (
        (value <= bound.goal, value <= bound.floor) if bound.is_upper else (value >= bound.goal, value >= bound.floor)
    )
    return "green" if reaches else "yellow" if keeps else "red"
