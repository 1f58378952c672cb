"""Measures the OpenID Provider: `python benchmarks/oidc.py [--seconds N] [--rsa-bits 2048]`.

One process on SQLite; keep-alive connections that each repeat a whole exchange: a code flow is two requests (the
session is there: authorize, then token), a refresh turns its token each time. Beside the ceiling of the same run, and
peers that were measured on another day (an order of magnitude, no more).
"""

import argparse
import asyncio
import base64
import subprocess
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import orjson
import uvloop
from rich.console import Console
from rich.table import Table

from benchmarks import people
from benchmarks.load import HOST
from benchmarks.server import Running, ServerFailed, Site, ceiling, idp

CLIENTS = 16
CALLBACK = "https://app.example/callback"
SECRET = "a-secret-for-the-benchmark"
OFFLINE = "openid offline_access"
WARM_UP_SECONDS = 1.0
"""A young server is still loading what its first answers did not wait for: that is no part of an exchange."""
PEERS = {
    "client-credentials-rs256": (1_420, 1.4, 1.7),
    "client-credentials-es256": (4_050, 1.6, 2.5),
    "code-flow": (480, 2, 3),
    "refresh": (1_035, 1.5, 3),
    "userinfo": (7_000, 1, 3),
    "introspection": (6_800, 1, 3),
}
"""node-oidc-provider's whole exchanges per second and core, the middle of its range; our floor and goal."""


@dataclass(slots=True)
class Wire:
    """One keep-alive connection."""

    port: int
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, method: str, target: str, *, form: dict[str, str] | None = None, **headers: str) -> "Answer":
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{method} {target} HTTP/1.1", f"host: localhost:{self.port}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if form is not None:
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = head.find(b"content-length: ")
        size = int(head[length + 16 : head.find(b"\r\n", length)]) if length >= 0 else 0
        return Answer(int(head[9:12]), head, await self.reader.readexactly(size) if size else b"")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    head: bytes
    body: bytes

    def json(self) -> dict[str, str]:
        """Raises ServerFailed for a refusal: it is fast, and worth nothing."""
        if self.status != 200:
            raise ServerFailed(f"{self.status}: {self.body[:200]!r}")
        told: dict[str, str] = orjson.loads(self.body)
        return told


Exchange = Callable[[Wire], Awaitable[None]]


class Person:
    """A browser with a session, and the client's side of it."""

    def __init__(self, cookies: dict[str, str]) -> None:
        self.cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
        self.tokens: dict[str, str] = {}

    async def flow(self, wire: Wire, *, scope: str = "openid") -> None:
        query = urlencode(
            {"client_id": "web", "redirect_uri": CALLBACK, "response_type": "code", "scope": scope, "state": "s"}
        )
        answer = await wire.ask("GET", f"/oauth2/authorize?{query}", cookie=self.cookie)
        start = answer.head.find(b"code=") + 5
        if answer.status != 303 or start < 5:
            raise ServerFailed(f"{answer.status}: no code")
        code = answer.head[start : answer.head.find(b"&", start)].decode()
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
        self.tokens = (await wire.ask("POST", "/oauth2/token", form=form, authorization=_basic("web"))).json()

    async def refresh(self, wire: Wire) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        self.tokens = (await wire.ask("POST", "/oauth2/token", form=form, authorization=_basic("web"))).json()

    async def userinfo(self, wire: Wire) -> None:
        (await wire.ask("GET", "/oauth2/userinfo", authorization=f"Bearer {self.tokens['access_token']}")).json()

    async def introspect(self, wire: Wire) -> None:
        form = {"token": self.tokens["access_token"]}
        told = (await wire.ask("POST", "/oauth2/introspect", form=form, authorization=_basic("web"))).json()
        if not told["active"]:
            raise ServerFailed("an access token is not active")


async def credentials(client: str, wire: Wire) -> None:
    (
        await wire.ask("POST", "/oauth2/token", form={"grant_type": "client_credentials"}, authorization=_basic(client))
    ).json()


async def bare(wire: Wire) -> None:
    await wire.ask("GET", "/")


def _basic(client: str) -> str:
    return "Basic " + base64.b64encode(f"{quote(client)}:{quote(SECRET)}".encode()).decode()


async def press(running: Running, exchanges: Sequence[Exchange], seconds: float) -> float:
    """Whole exchanges a second of the server's own processor time; by the clock where that cannot be read."""
    until, done = time.perf_counter() + seconds, 0

    async def go_on(exchange: Exchange) -> None:
        nonlocal done
        wire = Wire(running.port, *await asyncio.open_connection(HOST, running.port))
        while time.perf_counter() < until:
            await exchange(wire)
            done += 1
        wire.writer.close()

    before, began = running.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(go_on(exchange) for exchange in exchanges))
    after = running.cpu_seconds()
    used = after - before if after is not None and before is not None else time.perf_counter() - began
    return done / used


def make_clients(site: Site) -> None:
    common = ("--secret", SECRET, "--skip-consent")
    web = (
        "--client-id",
        "web",
        "--redirect-uri",
        CALLBACK,
        "--metadata",
        '{"access_token_signed_response_alg":"ES256"}',
    )
    site_calls: list[tuple[str, ...]] = [(*web, *common)]
    for name, algorithm in (("m-es256", "ES256"), ("m-rs256", "RS256")):
        metadata = f'{{"access_token_signed_response_alg":"{algorithm}"}}'
        site_calls.append(
            ("--client-id", name, "--grant-type", "client_credentials", "--metadata", metadata, "--secret", SECRET)
        )
    for words in site_calls:
        subprocess.run(
            site.command("client", "create", *words), env=site.environment(), check=True, stdout=subprocess.DEVNULL
        )


async def measure(ours: Running, plain: Running, cookies: Sequence[dict[str, str]], seconds: float) -> dict[str, float]:
    persons = [Person(one) for one in cookies]
    await press(ours, [one.flow for one in persons], WARM_UP_SECONDS)
    found = {"ceiling": await press(plain, [bare] * CLIENTS, seconds)}
    for name in ("es256", "rs256"):
        exchange: Exchange = partial(credentials, f"m-{name}")
        found[f"client-credentials-{name}"] = await press(ours, [exchange] * CLIENTS, seconds)
    found["code-flow"] = await press(ours, [one.flow for one in persons], seconds)
    await press(ours, [partial(one.flow, scope=OFFLINE) for one in persons], 0.2)
    for name, exchanges in (
        ("refresh", [one.refresh for one in persons]),
        ("userinfo", [one.userinfo for one in persons]),
        ("introspection", [one.introspect for one in persons]),
    ):
        found[name] = await press(ours, exchanges, seconds)
    return found


def table(found: dict[str, float]) -> Table:
    shown = Table(title="Whole exchanges per second and core; in brackets floor and goal beside the peer")
    for heading in ("exchange", "per core", "of ceiling", "times peer"):
        shown.add_column(heading, justify="left" if heading == "exchange" else "right")
    for name, (peer, floor, goal) in PEERS.items():
        speed = found[name]
        of_ceiling = f"{speed / found['ceiling']:.0%}"
        shown.add_row(name, f"{speed:,.0f}", of_ceiling, f"{speed / peer:.1f} ({floor}, {goal})")
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=4, help="for each exchange")
    parser.add_argument("--rsa-bits", type=int, default=3072, help="keys.rsa_bits; the peers have 2048")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="idp-benchmark-") as folder:
        site = Site(folder=Path(folder), database=None)
        site.write()
        with site.config.open("a") as config:
            config.write(f"[keys]\nrsa_bits = {asked.rsa_bits}\n")
        subprocess.run(site.command("db", "upgrade"), env=site.environment(), check=True, stdout=subprocess.DEVNULL)
        people.invite(site, CLIENTS)
        make_clients(site)
        with idp(site, 1) as ours, ceiling(site, 1) as plain:
            cookies = people.signed_in(ours, CLIENTS, "bloom")
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                found = runner.run(measure(ours, plain, cookies, asked.seconds))
    console = Console()
    console.print(table(found))
    console.print(f"The ceiling, a bare application on the same server: {found['ceiling']:,.0f} a second and core.")


if __name__ == "__main__":
    main()
