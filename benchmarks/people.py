"""The accounts that sign in, and their cookies."""

import subprocess
import sys
from dataclasses import replace

import orjson

from benchmarks.hashing import encoded
from benchmarks.load import Asking, Crowd, CrowdTally, Job, Tally, tally_from
from benchmarks.server import Running, ServerFailed, Site

PASSWORD = "correct horse battery staple"
LOGINS = {"nodeloom": ("/api/auth/login", 200), "bloom": ("/auth/login", 201)}
"""By contract: where to sign in, and the status of a success."""


def invite(site: Site, count: int) -> None:
    """Imports the accounts, each in a jurisdiction and a team. Raises ServerFailed."""
    hashed = encoded(PASSWORD)
    lines = b"\n".join(orjson.dumps(_line(number, hashed)) for number in range(count))
    words = site.command("user", "import", "-")
    done = subprocess.run(words, env=site.environment(), input=lines, capture_output=True, check=False)
    if done.returncode:
        raise ServerFailed(f"idp user import: {done.stderr.decode().strip()}")


def login(number: int, contract: str) -> Asking:
    path, _ = LOGINS[contract]
    body = orjson.dumps({"email": _email(number), "password": PASSWORD}).decode()
    return Asking(method="POST", path=path, body=body)


def logins(count: int, contract: str) -> Crowd:
    """Each signs in to an account of its own, again and again."""
    _, expects = LOGINS[contract]
    return Crowd(askings=[login(number, contract) for number in range(count)], expects=expects)


def signed_in(running: Running, count: int, contract: str) -> list[dict[str, str]]:
    """The cookies of as many, one sign-in each. Raises ServerFailed."""
    told = press(running, 0, replace(logins(count, contract), most=1, keeps_cookies=True)).crowds[0]
    demand_right(told)
    return told.cookies


def press(running: Running, seconds: float, *crowds: Crowd) -> Tally:
    """Lets the load generator do it. Raises ServerFailed when it gets no answers."""
    job = orjson.dumps(Job(port=running.port, seconds=seconds, crowds=list(crowds)))
    words = [sys.executable, "-m", "benchmarks.load"]
    done = subprocess.run(words, input=job, capture_output=True, check=False)
    if done.returncode:
        raise ServerFailed(f"the load generator: {done.stderr.decode().splitlines()[-1]}")
    return tally_from(orjson.loads(done.stdout))


def demand_right(told: CrowdTally) -> None:
    """A server that refuses is fast: its numbers are worth nothing. Raises ServerFailed."""
    if told.wrong or not told.right:
        raise ServerFailed(f"{told.right} right answers, and wrong ones by status: {told.wrong}")


def _email(number: int) -> str:
    return f"client{number}@example.com"


def _line(number: int, hashed: str) -> dict[str, object]:
    return {
        "email": _email(number),
        "firstName": "Client",
        "lastName": str(number),
        "passwordHash": hashed,
        "confirmedAt": "2026-01-01T00:00:00Z",
        "jurisdictions": ["Bay Area"],
        "teams": [{"name": "My Team", "role": "ADMIN"}],
    }
