"""Measures the OpenID Provider beside node-oidc-provider: `python benchmarks/oidc.py [--seconds N] [--no-peer]`.

One process each, sixteen keep-alive connections that repeat a whole exchange (benchmarks/exchanges.py). Ours is on
SQLite, durable, with everything switched on; the peer in memory or on SQLite, as the goal says. The servers take turns,
a slice of a second each, so that other work on the machine disturbs all alike.
"""

import argparse
import asyncio
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import people
from benchmarks.exchanges import (
    CALLBACK,
    OFFLINE,
    OPEN_ID,
    OURS,
    SECRET,
    Ends,
    Exchange,
    Person,
    Pressed,
    credentials,
    fetching,
    press,
)
from benchmarks.peer.running import PEER, peer
from benchmarks.server import Running, Site, ceiling, idp

CLIENTS = 16
SLICE_SECONDS = 1.0
WARM_UP_SECONDS = 1.0
"""A young server is still loading what its first answers did not wait for: that is no part of an exchange."""

MEMORY, SQLITE = "in memory", "on SQLite"


@dataclass(slots=True)
class Contender:
    """A provider that is running, and its people."""

    running: Running
    ends: Ends
    persons: Sequence[Person]

    async def sign_in(self, *, scope: str, is_jwt: bool) -> None:
        await press(self.running, [partial(one.flow, scope=scope, is_jwt=is_jwt) for one in self.persons], 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`beside` names the peer's store; `before` the sign-in whose tokens are used. Floor and goal: times the peer."""

    exchanges: Callable[[Contender], Sequence[Exchange]]
    beside: str
    floor: float
    goal: float
    before: str = ""
    is_jwt: bool = True


def _of_each(name: str) -> Callable[[Contender], Sequence[Exchange]]:
    return lambda who: [getattr(one, name) for one in who.persons]


def _alike(make: Callable[[Ends], Exchange]) -> Callable[[Contender], Sequence[Exchange]]:
    return lambda who: [make(who.ends)] * CLIENTS


SCENARIOS = {
    "discovery": Scenario(
        exchanges=_alike(lambda _: fetching("/.well-known/openid-configuration")), beside=MEMORY, floor=1.3, goal=2
    ),
    "jwks": Scenario(exchanges=_alike(lambda ends: fetching(ends.jwks)), beside=MEMORY, floor=1.3, goal=2),
    "client_credentials RS256": Scenario(
        exchanges=_alike(lambda ends: credentials(ends, "m-rs256")), beside=MEMORY, floor=1.4, goal=1.7
    ),
    "client_credentials ES256": Scenario(
        exchanges=_alike(lambda ends: credentials(ends, "m-es256")), beside=MEMORY, floor=1.6, goal=2.5
    ),
    "code flow": Scenario(exchanges=_of_each("flow"), beside=SQLITE, floor=2, goal=3),
    "refresh": Scenario(exchanges=_of_each("refresh"), beside=SQLITE, floor=1.5, goal=3, before=OFFLINE),
    "userinfo": Scenario(exchanges=_of_each("userinfo"), beside=MEMORY, floor=1, goal=3, before=OPEN_ID, is_jwt=False),
    "introspection": Scenario(
        exchanges=_of_each("introspect"), beside=MEMORY, floor=1, goal=3, before=OPEN_ID, is_jwt=False
    ),
}


@dataclass(slots=True)
class Found:
    ours: dict[str, Pressed] = field(default_factory=dict)
    peers: dict[str, Pressed] = field(default_factory=dict)
    ceiling: float = 0.0


def make_clients(site: Site) -> None:
    web = ("--client-id", "web", "--redirect-uri", CALLBACK, "--skip-consent")
    calls: list[tuple[str, ...]] = [(*web, "--metadata", '{"access_token_signed_response_alg":"ES256"}')]
    for name, algorithm in (("m-es256", "ES256"), ("m-rs256", "RS256")):
        metadata = f'{{"access_token_signed_response_alg":"{algorithm}"}}'
        calls.append(("--client-id", name, "--grant-type", "client_credentials", "--metadata", metadata))
    for words in calls:
        command = site.command("client", "create", *words, "--secret", SECRET)
        subprocess.run(command, env=site.environment(), check=True, stdout=subprocess.DEVNULL)


async def measure(
    ours: Contender, peers: dict[str, Contender], plain: Running, scenarios: dict[str, Scenario], seconds: float
) -> Found:
    found = Found()
    for who in (ours, *peers.values()):
        await press(who.running, [one.flow for one in who.persons], WARM_UP_SECONDS)
    found.ceiling = (await press(plain, [fetching("/")] * CLIENTS, SLICE_SECONDS)).per_core
    for name, scenario in scenarios.items():
        turns = [(found.ours, ours)] + [(found.peers, one) for store, one in peers.items() if store == scenario.beside]
        for _, who in turns:
            if scenario.before:
                await who.sign_in(scope=scenario.before, is_jwt=scenario.is_jwt)
        for _ in range(max(1, round(seconds / SLICE_SECONDS))):
            for into, who in turns:
                pressed = await press(who.running, scenario.exchanges(who), SLICE_SECONDS)
                into[name] = into.get(name, Pressed(0, 0.0)) + pressed
    return found


def table(found: Found, scenarios: dict[str, Scenario]) -> Table:
    shown = Table(title="Whole exchanges per second and core")
    for heading in ("exchange", "ours", "of ceiling", "peer", "beside", "times peer (floor, goal)"):
        shown.add_column(heading, justify="left" if heading in ("exchange", "beside") else "right")
    for name, scenario in scenarios.items():
        speed = found.ours[name].per_core
        row = [name, f"{speed:,.0f}", f"{speed / found.ceiling:.0%}"]
        if name in found.peers:
            theirs = found.peers[name].per_core
            times = f"{speed / theirs:.2f} ({scenario.floor:g}, {scenario.goal:g})"
            row += [f"{theirs:,.0f}", scenario.beside, times]
        shown.add_row(*row)
    return shown


@contextmanager
def contenders(site: Site, *, with_peer: bool) -> Iterator[tuple[Contender, dict[str, Contender], Running]]:
    with ExitStack() as exits:
        running = exits.enter_context(idp(site, 1))
        persons = [Person(OURS, cookies) for cookies in people.signed_in(running, CLIENTS, "bloom")]
        plain = exits.enter_context(ceiling(site, 1))
        peers: dict[str, Contender] = {}
        if with_peer:
            for store, file in ((MEMORY, None), (SQLITE, site.folder / "peer.db")):
                theirs = exits.enter_context(peer(site, file))
                peers[store] = Contender(theirs, PEER, [Person(PEER) for _ in range(CLIENTS)])
        yield Contender(running, OURS, persons), peers, plain


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4, help="for each exchange, of each provider")
    parser.add_argument("--rsa-bits", type=int, default=3072, help="our keys.rsa_bits; the peer's keys have 2048")
    parser.add_argument("--only", default="", help="some exchanges, by the beginning of their names: userinfo,code")
    parser.add_argument("--no-peer", action="store_true", help="ours alone; needs no Node.js")
    asked = parser.parse_args()
    begins = tuple(asked.only.split(","))
    scenarios = {name: one for name, one in SCENARIOS.items() if name.startswith(begins)}
    with tempfile.TemporaryDirectory(prefix="idp-benchmark-") as folder:
        site = Site(folder=Path(folder), database=None)
        site.write()
        with site.config.open("a") as config:
            config.write(f"[keys]\nrsa_bits = {asked.rsa_bits}\n")
        subprocess.run(site.command("db", "upgrade"), env=site.environment(), check=True, stdout=subprocess.DEVNULL)
        people.invite(site, CLIENTS)
        make_clients(site)
        with (
            contenders(site, with_peer=not asked.no_peer) as (ours, peers, plain),
            asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
        ):
            found = runner.run(measure(ours, peers, plain, scenarios, asked.seconds))
    console = Console()
    console.print(table(found, scenarios))
    console.print(f"The ceiling, a bare application on the same server: {found.ceiling:,.0f} a second and core.")


if __name__ == "__main__":
    main()
