"""Constant load while a server is hurt, and a list of all that it acknowledged."""

import itertools
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType

import httpx2

from tests.outside.people import PASSWORD
from tests.running import Server

PAUSE_SECONDS = 0.02
ACCESS, REFRESH = "access-token", "refresh-token"


@dataclass(kw_only=True)
class Acknowledged:
    """What was answered with 2xx, and must hold from then on."""

    registered: list[str] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)
    """Access tokens of sessions that nobody ended."""

    ended: list[str] = field(default_factory=list)
    """Access tokens of sessions that were signed out."""

    current: list[str] = field(default_factory=list)
    """Refresh tokens that were given and not used."""

    used: list[str] = field(default_factory=list)
    """Refresh tokens that were used."""


Round = Callable[[httpx2.Client], int]
"""One thing that a client does; the status of its last answer. Raises TransportError when the server is gone."""


class Load:
    """Registers, signs in and out, refreshes and looks, each kind in a thread of its own, while it is open.

    `statuses` counts the answers by kind. A client whose connection breaks is in doubt about its last request, and goes
    on with something new.
    """

    def __init__(self, server: Server, people: Sequence[Mapping[str, str]], names: "itertools.count[int]") -> None:
        self.acknowledged = Acknowledged()
        self.statuses: dict[str, Counter[int]] = {}
        self.slowest = 0.0
        self._server, self._people, self._names = server, people, names
        self._over = threading.Event()
        kinds: dict[str, Round] = {
            "register": self._register,
            "sign in and out": self._sign_in_and_out,
            "sign in": self._sign_in,
            "refresh": self._refresh,
            "look": self._look,
        }
        self._threads = [threading.Thread(target=self._go_on, args=item) for item in kinds.items()]

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

    def all_statuses(self) -> set[int]:
        return set().union(*self.statuses.values())

    def _go_on(self, name: str, once: Round) -> None:
        counted = self.statuses[name] = Counter()
        while not self._over.is_set():
            with self._server.browser() as client:
                try:
                    while not self._over.is_set():
                        began = time.monotonic()
                        counted[once(client)] += 1
                        self.slowest = max(self.slowest, time.monotonic() - began)
                        time.sleep(PAUSE_SECONDS)
                except httpx2.TransportError:
                    time.sleep(PAUSE_SECONDS)

    def _register(self, client: httpx2.Client) -> int:
        email = f"new-{next(self._names)}@example.com"
        body = {"email": email, "password": PASSWORD, "firstName": "Some", "lastName": "Body"}
        answer = client.post("/user/public", json=body)
        if answer.is_success:
            self.acknowledged.registered.append(email)
        return answer.status_code

    def _sign_in(self, client: httpx2.Client) -> int:
        client.cookies.clear()
        answer = client.post("/auth/login", json=self._people[0])
        if answer.is_success:
            self.acknowledged.begun.append(client.cookies[ACCESS])
        return answer.status_code

    def _sign_in_and_out(self, client: httpx2.Client) -> int:
        client.cookies.clear()
        answer = client.post("/auth/login", json=self._people[1])
        if answer.is_success:
            token = client.cookies[ACCESS]
            answer = client.get("/auth/logout")
            if answer.is_success:
                self.acknowledged.ended.append(token)
        return answer.status_code

    def _refresh(self, client: httpx2.Client) -> int:
        if REFRESH not in client.cookies:
            return client.post("/auth/login", json=self._people[2]).status_code
        before = client.cookies[REFRESH]
        if before in self.acknowledged.current:
            self.acknowledged.current.remove(before)  # in doubt from here on
        answer = client.get("/auth/requestNewToken")
        if answer.is_success:
            self.acknowledged.used.append(before)
            self.acknowledged.current.append(client.cookies[REFRESH])
        return answer.status_code

    def _look(self, client: httpx2.Client) -> int:
        if ACCESS not in client.cookies:
            return client.post("/auth/login", json=self._people[3]).status_code
        return client.get("/user").status_code
