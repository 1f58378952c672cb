"""Measures what growth costs: `python benchmarks/growth.py [--accounts N] [--tenants N] [--sessions N]`.

Two servers in turns, a slice of a second each: one with the sixteen people who ask and nobody else, one with a million
accounts, ten thousand tenants and ten million sessions beside them (benchmarks/growing.py; gigabytes, minutes to fill).
"""

import argparse
import asyncio
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import people
from benchmarks.exchanges import OURS, Exchange, Person, Pressed, Wire, press
from benchmarks.growing import Size, grow
from benchmarks.oidc import CLIENTS, SLICE_SECONDS, make_clients
from benchmarks.server import Running, ServerFailed, Site, idp

ALLOWED, GOAL = 0.20, 0.10
"""What growth may cost, and what we want it to cost at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Town:
    """A server, its people with a session of each contract, and its address while it runs."""

    site: Site
    bloom: Sequence[Person]
    nodeloom: Sequence[Person]


def asking(person: Person, method: str, path: str) -> Exchange:
    async def exchange(wire: Wire) -> None:
        if (answer := await person.browse(wire, path, method=method)).status not in (200, 204):
            raise ServerFailed(f"{answer.status}: {path} {answer.body[:200]!r}")

    return exchange


SCENARIOS: dict[str, Callable[[Town], list[Exchange]]] = {
    "GET /auth/verify": lambda town: [asking(one, "GET", "/auth/verify") for one in town.nodeloom],
    "GET /user": lambda town: [asking(one, "GET", "/user") for one in town.bloom],
    "POST /api/auth/refresh": lambda town: [asking(one, "POST", "/api/auth/refresh") for one in town.nodeloom],
    "GET /auth/requestNewToken": lambda town: [asking(one, "GET", "/auth/requestNewToken") for one in town.bloom],
    "code flow": lambda town: [one.flow for one in town.bloom],
    "userinfo": lambda town: [one.userinfo for one in town.bloom],
}


def found(folder: Path, size: Size | None) -> Town:
    """A town of its own folder, its people signed in, and grown to `size`. Nothing of it runs when this returns."""
    folder.mkdir()
    site = Site(folder=folder, database=None)
    site.write()
    # the port changes with each start; who signs its tokens must not
    site.config.write_text(f'issuer = "http://localhost:3100"\n{site.config.read_text()}')
    subprocess.run(site.command("db", "upgrade"), env=site.environment(), check=True, stdout=subprocess.DEVNULL)
    people.invite(site, CLIENTS)
    make_clients(site)
    with idp(site, 1) as running:
        signed_in = [
            [Person(OURS, cookies) for cookies in people.signed_in(running, CLIENTS, contract)]
            for contract in ("bloom", "nodeloom")
        ]
    if size is not None:
        grow(site.data / "idp.db", size)
    return Town(site=site, bloom=signed_in[0], nodeloom=signed_in[1])


async def measure(towns: Sequence[tuple[Town, Running]], seconds: float) -> dict[str, list[Pressed]]:
    pressed = {}
    for town, running in towns:
        await press(running, [one.flow for one in town.bloom], SLICE_SECONDS)
    for name, exchanges in SCENARIOS.items():
        pressed[name] = [Pressed(0, 0.0) for _ in towns]
        for _ in range(max(1, round(seconds / SLICE_SECONDS))):
            for place, (town, running) in enumerate(towns):
                pressed[name][place] += await press(running, exchanges(town), SLICE_SECONDS)
    return pressed


def table(pressed: dict[str, list[Pressed]]) -> Table:
    shown = Table(title=f"Requests per second and core; growth may cost {ALLOWED:.0%}, and shall cost {GOAL:.0%}")
    for heading in ("request", "alone", "grown", "of it"):
        shown.add_column(heading, justify="left" if heading == "request" else "right")
    for name, (alone, grown) in pressed.items():
        part = grown.per_core / alone.per_core
        shown.add_row(name, f"{alone.per_core:,.0f}", f"{grown.per_core:,.0f}", f"{part:.0%}")
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4, help="for each request, of each server")
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--tenants", type=int, default=10_000)
    parser.add_argument("--sessions", type=int, default=10_000_000)
    asked = parser.parse_args()
    console = Console()
    with tempfile.TemporaryDirectory(prefix="idp-benchmark-") as folder, ExitStack() as exits:
        began = time.perf_counter()
        size = Size(accounts=asked.accounts, tenants=asked.tenants, sessions=asked.sessions)
        sites = [found(Path(folder) / "alone", None), found(Path(folder) / "grown", size)]
        gigabytes = (sites[1].site.data / "idp.db").stat().st_size / 1e9
        console.print(f"Filled {gigabytes:.1f} GB in {time.perf_counter() - began:.0f} s.")
        towns = [(town, exits.enter_context(idp(town.site, 1))) for town in sites]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            console.print(table(runner.run(measure(towns, asked.seconds))))
        for name, (_, running) in zip(("alone", "grown"), towns, strict=True):
            mib = running.resident_mib()
            told = f"{mib:.0f} MiB" if mib is not None else "unknown"
            console.print(f"{name}: {running.start_seconds:.2f} s to the first answer, {told} in memory.")


if __name__ == "__main__":
    main()
