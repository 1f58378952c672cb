"""What is measured, and beside what.

The peers and the floors were measured before this server was written (2026-11-21: 2 shared x86-64 cores, Python 3.11):
requests per second of the server process's own processor time. Where a peer had a range, its middle stands here. They
are a yardstick from another day; the ceiling is of the same minute.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

CEILING_GOAL = 0.5
"""The part of a bare application's speed that a check of a cookie shall have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Another server's requests per second and core. We must be `floor` times as fast, and want to be `goal` times."""

    name: str
    per_core: float
    floor: float
    goal: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A request that each client repeats. `cookies`: of which contract's session it sends them, if of any's."""

    name: str
    method: str
    path: str
    peer: Peer
    cookies: str = ""
    keeps_cookies: bool = False
    ceiling_goal: float | None = None


_GLEWLWYD = Peer(name="glewlwyd", per_core=4_640, floor=2, goal=5)
_PROTOTYPE = Peer(name="prototype A", per_core=381, floor=4, goal=15)

SCENARIOS: Sequence[Scenario] = (
    Scenario(
        name="discovery",
        method="GET",
        path="/.well-known/openid-configuration",
        peer=Peer(name="node-oidc-provider", per_core=14_150, floor=1.3, goal=2),
    ),
    Scenario(
        name="jwks",
        method="GET",
        path="/.well-known/jwks.json",
        peer=Peer(name="node-oidc-provider", per_core=23_500, floor=1.3, goal=2),
    ),
    Scenario(
        name="verify",
        method="GET",
        path="/auth/verify",
        peer=_GLEWLWYD,
        cookies="nodeloom",
        ceiling_goal=CEILING_GOAL,
    ),
    Scenario(name="user", method="GET", path="/user", peer=_GLEWLWYD, cookies="bloom", ceiling_goal=CEILING_GOAL),
    Scenario(name="nodeloom-refresh", method="POST", path="/api/auth/refresh", peer=_PROTOTYPE, cookies="nodeloom"),
    Scenario(
        name="bloom-refresh",
        method="GET",
        path="/auth/requestNewToken",
        peer=_PROTOTYPE,
        cookies="bloom",
        keeps_cookies=True,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """`floor` must be kept, `goal` is hoped for. They are shown with so many `digits`, as a number or a percentage."""

    floor: float
    goal: float
    digits: int = 0
    kind: Literal["f", "%"] = "f"
    is_upper: bool = True


LOGIN_SHARE = Bound(floor=0.85, goal=0.95, kind="%", is_upper=False)
STORM_FACTOR = Bound(floor=5, goal=1.5, digits=1)
START = Bound(floor=1.2, goal=0.7, digits=2)
IDLE = Bound(floor=90, goal=65)
LOADED = Bound(floor=130, goal=100)

NAMES = (*(scenario.name for scenario in SCENARIOS), "nodeloom-login", "bloom-login", "storm", "process")
