"""The exchanges that benchmarks/oidc.py counts: what an app and a browser send, to us or to the peer.

A code flow is two requests (the session is there: authorize, then token); a refresh turns its token each time.
"""

import asyncio
import base64
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

import orjson

from benchmarks.load import HOST
from benchmarks.server import Running, ServerFailed

CALLBACK = "https://app.example/callback"
SECRET = "a-secret-for-the-benchmark"
OPEN_ID, OFFLINE = "openid", "openid offline_access"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ends:
    """Where a provider has its endpoints. `resource`: who asks for it gets a JWT as access token."""

    authorize: str = "/oauth2/authorize"
    token: str = "/oauth2/token"
    userinfo: str = "/oauth2/userinfo"
    introspect: str = "/oauth2/introspect"
    jwks: str = "/.well-known/jwks.json"
    resource: str | None = None


OURS = Ends()


@dataclass(slots=True)
class Wire:
    """One keep-alive connection."""

    host: str
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @classmethod
    async def to(cls, running: Running) -> "Wire":
        return cls(f"{running.name}:{running.port}", *await asyncio.open_connection(HOST, running.port))

    async def ask(self, method: str, target: str, *, form: dict[str, str] | None = None, **headers: str) -> "Answer":
        body = urlencode(form).encode() if form is not None else b""
        lines = [f"{method} {target} HTTP/1.1", f"host: {self.host}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if form is not None:
            lines += ["content-type: application/x-www-form-urlencoded", f"content-length: {len(body)}"]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = await self.reader.readuntil(b"\r\n\r\n")
        size = int(_header(head, b"content-length") or 0)
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

    @property
    def location(self) -> str:
        return _header(self.head, b"location").decode()


Exchange = Callable[[Wire], Awaitable[None]]


@dataclass(slots=True)
class Person:
    """A browser with a session, and the client's side of it."""

    ends: Ends
    cookies: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)

    async def browse(self, wire: Wire, target: str, *, method: str = "GET") -> Answer:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await wire.ask(method, target, cookie=cookie)
        for line in answer.head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"set-cookie":
                key, _, told = value.strip().decode().partition(";")[0].partition("=")
                self.cookies[key] = told
        return answer

    async def flow(self, wire: Wire, *, scope: str = OPEN_ID, is_jwt: bool = True) -> None:
        """Follows ways of the provider's own, until it answers the app."""
        resource = {"resource": self.ends.resource} if self.ends.resource and is_jwt else {}
        asked = {"client_id": "web", "redirect_uri": CALLBACK, "response_type": "code", "scope": scope, "state": "s"}
        asked |= {"prompt": "consent"} if scope == OFFLINE and self.ends is not OURS else {}
        location = (await self.browse(wire, f"{self.ends.authorize}?{urlencode(asked | resource)}")).location
        while not location.startswith(CALLBACK):
            if not location:
                raise ServerFailed("no code")
            location = (await self.browse(wire, location.removeprefix(f"http://{wire.host}"))).location
        code = location.partition("code=")[2].partition("&")[0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, **resource}
        self.tokens = (await wire.ask("POST", self.ends.token, form=form, authorization=_basic("web"))).json()

    async def refresh(self, wire: Wire) -> None:
        form = {"grant_type": "refresh_token", "refresh_token": self.tokens["refresh_token"]}
        self.tokens = (await wire.ask("POST", self.ends.token, form=form, authorization=_basic("web"))).json()

    async def userinfo(self, wire: Wire) -> None:
        (await wire.ask("GET", self.ends.userinfo, authorization=f"Bearer {self.tokens['access_token']}")).json()

    async def introspect(self, wire: Wire) -> None:
        form = {"token": self.tokens["access_token"]}
        told = (await wire.ask("POST", self.ends.introspect, form=form, authorization=_basic("web"))).json()
        if not told["active"]:
            raise ServerFailed("an access token is not active")


def credentials(ends: Ends, client: str) -> Exchange:
    async def exchange(wire: Wire) -> None:
        form = {"grant_type": "client_credentials"}
        (await wire.ask("POST", ends.token, form=form, authorization=_basic(client))).json()

    return exchange


def fetching(path: str) -> Exchange:
    async def exchange(wire: Wire) -> None:
        if (answer := await wire.ask("GET", path)).status != 200:
            raise ServerFailed(f"{answer.status}: {path}")

    return exchange


async def press(running: Running, exchanges: Sequence[Exchange], seconds: float) -> "Pressed":
    """Each on a connection of its own, again and again."""
    until, done = time.perf_counter() + seconds, 0

    async def go_on(exchange: Exchange) -> None:
        nonlocal done
        wire = await Wire.to(running)
        while time.perf_counter() < until:
            await exchange(wire)
            done += 1
        wire.writer.close()

    before, began = running.cpu_seconds(), time.perf_counter()
    await asyncio.gather(*(go_on(exchange) for exchange in exchanges))
    after = running.cpu_seconds()
    used = after - before if after is not None and before is not None else time.perf_counter() - began
    return Pressed(done, used)


@dataclass(frozen=True, slots=True)
class Pressed:
    """`used`: seconds of the server's own processor time; by the clock where that cannot be read."""

    done: int
    used: float

    def __add__(self, other: "Pressed") -> "Pressed":
        return Pressed(self.done + other.done, self.used + other.used)

    @property
    def per_core(self) -> float:
        return self.done / self.used if self.used else 0.0


def _basic(client: str) -> str:
    return "Basic " + base64.b64encode(f"{quote(client)}:{quote(SECRET)}".encode()).decode()


def _header(head: bytes, name: bytes) -> bytes:
    """Servers write names in either case."""
    start = head.lower().find(b"\r\n" + name + b": ")
    if start < 0:
        return b""
    start += len(name) + 4
    return head[start : head.find(b"\r\n", start)]
