"""Measures this machine's idp beside this machine's own ceiling: `make bench`, or `python benchmarks/run.py --help`."""

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from benchmarks import people, report
from benchmarks.measure import STORM_CLIENTS, Bench
from benchmarks.people import LOGINS
from benchmarks.report import Process, Results
from benchmarks.scenarios import NAMES, SCENARIOS
from benchmarks.server import ServerFailed, Site, ceiling, idp

DESCRIPTION = """\
Starts idp in a temporary folder, with one process and with two, and measures what it answers to requests from this
machine, beside a bare application on the same server and beside argon2 alone. Other work on the machine disturbs the
numbers per second; the ratios stand it better."""

EXAMPLES = f"""\
scenarios: {", ".join(NAMES)}

examples:
  python benchmarks/run.py                          all of it, some four minutes
  python benchmarks/run.py --quick                  the same in one, and rougher
  python benchmarks/run.py --only user,storm        two of them
  python benchmarks/run.py --processes 1 --json     one process; numbers for programs
  python benchmarks/run.py --database postgresql://bench@localhost/empty_database
"""

QUICK_SECONDS, QUICK_CLIENTS = 1.0, 16
SECONDS, CLIENTS = 4.0, 32
LONGEST_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What was asked for on the command line."""

    names: frozenset[str]
    processes: Sequence[int]
    seconds: float
    clients: int
    database: str | None
    as_json: bool
    no_color: bool


class Progress:
    """What is being done, on standard error: a spinner on a terminal, else a line each."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        if not self._console.is_terminal:
            self._console.print(what)
            yield
            return
        with self._console.status(what):
            yield
        self._console.print(f"[green]✓[/] {what}")


def main(arguments: Sequence[str] | None = None) -> int:
    wish = _wish(arguments)
    told = Console(stderr=True, no_color=wish.no_color or None, highlight=False)
    try:
        results = measure(wish, Progress(told))
    except ServerFailed as error:
        told.print(str(error), style="red", markup=False)
        return 1
    except KeyboardInterrupt:
        return 130
    if wish.as_json:
        print(results.to_json())
    else:
        width = None if sys.stdout.isatty() else 140
        report.show(results, Console(no_color=wish.no_color or None, highlight=False, width=width))
    return 0


def measure(wish: Wish, progress: Progress) -> Results:
    """Raises ServerFailed."""
    with tempfile.TemporaryDirectory(prefix="idp-benchmark-") as folder:
        site = Site(folder=Path(folder), database=wish.database)
        site.write()
        with progress.step("first start, accounts"), idp(site, 1) as running:
            results = _results(wish, running.start_seconds)
            people.invite(site, max(wish.clients, STORM_CLIENTS))
        for workers in wish.processes:
            _measure(site, workers, Measuring(wish=wish, progress=progress, results=results))
    return results


@dataclass(frozen=True, slots=True, kw_only=True)
class Measuring:
    wish: Wish
    progress: Progress
    results: Results

    def step(self, workers: int, name: str) -> AbstractContextManager[None]:
        return self.progress.step(f"{workers} {'process' if workers == 1 else 'processes'}: {name}")


def _measure(site: Site, workers: int, measuring: Measuring) -> None:
    wish = measuring.wish
    with measuring.step(workers, "start and sign-ins"), ExitStack() as stack:
        ours = stack.enter_context(idp(site, workers))
        idle = ours.resident_mib()
        bare = stack.enter_context(ceiling(site, workers))
        cookies = {contract: people.signed_in(ours, wish.clients, contract) for contract in LOGINS}
        bench = Bench(ours=ours, bare=bare, workers=workers, seconds=wish.seconds, cookies=cookies)
        servers = stack.pop_all()
    with servers:
        _measure_all(bench, measuring)
        if "process" in wish.names:
            measuring.results.processes.append(
                Process(
                    processes=workers,
                    start_seconds=ours.start_seconds,
                    idle_mib=idle,
                    loaded_mib=ours.resident_mib(),
                )
            )


def _measure_all(bench: Bench, measuring: Measuring) -> None:
    wish, results = measuring.wish, measuring.results
    for scenario in SCENARIOS:
        if scenario.name in wish.names:
            with measuring.step(bench.workers, scenario.name):
                results.requests.append(bench.requests(scenario))
    for contract in LOGINS:
        if f"{contract}-login" in wish.names:
            with measuring.step(bench.workers, f"{contract}-login"):
                results.logins.append(bench.logins(contract))
    if "storm" in wish.names:
        with measuring.step(bench.workers, "storm"):
            results.storms.append(bench.storm())


def _results(wish: Wish, first_start: float) -> Results:
    return Results(
        machine=f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        database="SQLite" if wish.database is None else "PostgreSQL",
        seconds=wish.seconds,
        clients=wish.clients,
        first_start_seconds=first_start,
    )


def _wish(arguments: Sequence[str] | None) -> Wish:
    given = _parser().parse_args(arguments)
    names = frozenset(given.only or NAMES)
    if unknown := names.difference(NAMES):
        _parser().error(f"no scenario is named {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return Wish(
        names=names,
        processes=given.processes,
        seconds=given.seconds or (QUICK_SECONDS if given.quick else SECONDS),
        clients=QUICK_CLIENTS if given.quick else CLIENTS,
        database=given.database,
        as_json=given.json,
        no_color=given.no_color,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="benchmarks/run.py",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--only", type=_words, metavar="NAME,...", help="these scenarios alone")
    add("--processes", type=_numbers, default=[1, 2], metavar="N,...", help="of the server, one after the other: 1,2")
    add("--seconds", type=_seconds, metavar="S", help=f"for each measurement: {SECONDS:g}; {QUICK_SECONDS:g} if quick")
    add("--quick", action="store_true", help=f"shorter, and with {QUICK_CLIENTS} clients in place of {CLIENTS}")
    add(
        "--database",
        metavar="URL",
        help="an empty PostgreSQL database, which is filled and stays so; else SQLite in the temporary folder",
    )
    add("--json", action="store_true", help="all numbers as one JSON object on standard output")
    add("--no-color", action="store_true", help="no colours; NO_COLOR does the same")
    return parser


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",") if word.strip()]


def _numbers(text: str) -> list[int]:
    numbers = [int(word) for word in _words(text)]
    if not numbers or not all(1 <= number <= 64 for number in numbers):
        raise argparse.ArgumentTypeError("between 1 and 64 processes")
    return numbers


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.1 <= seconds <= LONGEST_SECONDS:
        raise argparse.ArgumentTypeError(f"between 0.1 and {LONGEST_SECONDS:g}")
    return seconds


if __name__ == "__main__":
    sys.exit(main())
