"""Constant load while a server is hurt, and a list of all that it acknowledged."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import httpx2

from tests.outside.people import PASSWORD
from tests.running import PATIENCE_SECONDS, Server

PAUSE_SECONDS = 0.02
CHANGES = 4
"""Of the people, who changes the name."""

ACCESS, REFRESH = "access-token", "refresh-token"
KINDS = ("register", "sign in", "leave", "refresh", "look", "change")
NAMES = itertools.count()
"""For addresses that nobody had, in any load before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    kind: str
    asked_at: float
    seconds: float
    status: int


@dataclass(kw_only=True)
class Acknowledged:
    """What was answered with 2xx, and must hold from then on."""

    registered: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    """Access tokens of sessions that nobody ended."""

    ended: list[str] = field(default_factory=list)
    """Access tokens of sessions that were signed out."""

    current: list[str] = field(default_factory=list)
    """Refresh tokens that were given and never sent."""

    used: list[str] = field(default_factory=list)
    """Refresh tokens that were used."""

    changed: int = 0
    """The last number that somebody took as a name."""


Turn = Callable[[httpx2.Client], httpx2.Response]
"""One thing that a client does; its last answer. Raises TransportError when the server is gone."""


class Load:
    """Registers, signs in and out, refreshes and looks, each kind in a thread of its own, while it is open.

    A client whose request was not answered with 2xx is in doubt about it, and goes on as somebody new. `people`: five
    accounts.
    """

    def __init__(self, server: Server, people: Sequence[Mapping[str, str]]) -> None:
        self.acknowledged = Acknowledged()
        self.answers: list[Answer] = []
        self._server, self._people = server, people
        self._over = threading.Event()
        turns: tuple[Turn, ...] = (self._register, self._sign_in, self._leave, self._refresh, self._look, self._change)
        self._threads = [threading.Thread(target=self._go_on, args=pair) for pair in zip(KINDS, turns, strict=True)]

    def __enter__(self) -> "Load":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()

    def statuses(self, *, since: float = 0.0) -> set[tuple[str, int]]:
        """By kind, of what was asked since a moment of the monotonic clock."""
        return {(answer.kind, answer.status) for answer in self.answers if answer.asked_at >= since}

    def wait_for(self, *wanted: tuple[str, int], since: float = 0.0) -> None:
        """Until there were such answers, by kind and status, to what was asked since a moment."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while missing := set(wanted) - self.statuses(since=since):
            assert time.monotonic() < deadline, f"no {missing} among {self.statuses(since=since)}"
            time.sleep(PAUSE_SECONDS)

    def _go_on(self, kind: str, turn: Turn) -> None:
        while not self._over.is_set():
            with self._server.browser() as client:
                try:
                    while not self._over.is_set() and self._take(kind, turn, client):
                        time.sleep(PAUSE_SECONDS)
                except httpx2.TransportError:
                    time.sleep(PAUSE_SECONDS)

    def _take(self, kind: str, turn: Turn, client: httpx2.Client) -> bool:
        asked_at = time.monotonic()
        answer = turn(client)
        seconds = time.monotonic() - asked_at
        self.answers.append(Answer(kind=kind, asked_at=asked_at, seconds=seconds, status=answer.status_code))
        # who looks loses nothing by a failure, and must find the session again
        return answer.is_success or kind == "look"

    def _register(self, client: httpx2.Client) -> httpx2.Response:
        email = f"new-{next(NAMES)}@example.com"
        body = {"email": email, "password": PASSWORD, "firstName": "Some", "lastName": "Body"}
        answer = client.post("/user/public", json=body)
        if answer.is_success:
            self.acknowledged.registered.append(email)
        return answer

    def _sign_in(self, client: httpx2.Client) -> httpx2.Response:
        answer = client.post("/auth/login", json=self._people[0])
        if answer.is_success:
            self.acknowledged.begun.append(client.cookies[ACCESS])
        return answer

    def _leave(self, client: httpx2.Client) -> httpx2.Response:
        answer = client.post("/auth/login", json=self._people[1])
        if answer.is_success:
            token = client.cookies[ACCESS]
            answer = client.get("/auth/logout")
            if answer.is_success:
                self.acknowledged.ended.append(token)
        return answer

    def _refresh(self, client: httpx2.Client) -> httpx2.Response:
        if REFRESH not in client.cookies:
            return client.post("/auth/login", json=self._people[2])
        token, known = client.cookies[REFRESH], self.acknowledged
        if token in known.current:
            known.current.remove(token)
        answer = client.get("/auth/requestNewToken")
        if answer.is_success:
            known.used.append(token)
            known.current.append(client.cookies[REFRESH])
        return answer

    def _look(self, client: httpx2.Client) -> httpx2.Response:
        if ACCESS not in client.cookies:
            return client.post("/auth/login", json=self._people[3])
        return client.get("/user")

    def _change(self, client: httpx2.Client) -> httpx2.Response:
        if ACCESS not in client.cookies:
            return client.post("/auth/login", json=self._people[CHANGES])
        number = next(NAMES)
        answer = client.put("/user/public", json={"firstName": str(number)})
        if answer.is_success:
            self.acknowledged.changed = number
        return answer


def assert_holds(server: Server, acknowledged: Acknowledged, people: Sequence[Mapping[str, str]]) -> None:
    """Fails when something is not as it was answered."""
    listed = server.idp("user", "list", "--search", "new-", "--limit", "10000")["items"]
    assert set(acknowledged.registered) <= {account["email"] for account in listed}
    for email in acknowledged.registered:
        assert server.message(email).data["token"]
    with server.browser() as client:
        client.post("/auth/login", json=people[CHANGES]).raise_for_status()
        assert int(client.get("/user").json()["firstName"]) >= acknowledged.changed
        assert {_looks(client, token) for token in acknowledged.begun} <= {200}
        assert {_looks(client, token) for token in acknowledged.ended} <= {401}
        assert {_refreshes(client, token) for token in acknowledged.current} <= {200}
        assert {_refreshes(client, token) for token in acknowledged.used} <= {401}


def _looks(client: httpx2.Client, token: str) -> int:
    client.cookies.clear()
    return client.get("/user", headers={"cookie": f"{ACCESS}={token}"}).status_code


def _refreshes(client: httpx2.Client, token: str) -> int:
    client.cookies.clear()
    return client.get("/auth/requestNewToken", headers={"cookie": f"{REFRESH}={token}"}).status_code
