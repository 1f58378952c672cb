"""What was fetched, for as long as its server said and we like."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from idp.ports.oauth import Fetched, FetchRefused

SHORTEST = timedelta(seconds=10)
USUAL = timedelta(minutes=5)
LONGEST = timedelta(hours=1)
MOST = 256
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age=\"?(\d{1,9})", re.ASCII | re.IGNORECASE)


def life_of(headers: Mapping[str, str]) -> timedelta:
    """RFC 9111 §5.2.2. Never shorter than SHORTEST: an address is not ours to hammer, nor theirs to make us."""
    said = headers.get("cache-control", "")
    if "no-store" in said.lower() or "no-cache" in said.lower():
        return SHORTEST
    found = _MAX_AGE.search(said)
    return min(max(timedelta(seconds=int(found[1])), SHORTEST), LONGEST) if found else USUAL


@dataclass(frozen=True, slots=True)
class _Kept:
    """A refusal is kept as well, for the shortest time."""

    result: Fetched | FetchRefused
    until: datetime


@dataclass(slots=True)
class Shelf:
    """At most MOST results; what was asked for longest ago goes first."""

    _kept: OrderedDict[tuple[str, str], _Kept] = field(default_factory=OrderedDict)

    def get(self, key: tuple[str, str], now: datetime) -> Fetched | FetchRefused | None:
        kept = self._kept.get(key)
        if kept is None or now >= kept.until:
            return None
        self._kept.move_to_end(key)
        return kept.result

    def put(self, key: tuple[str, str], result: Fetched | FetchRefused, until: datetime) -> None:
        self._kept[key] = _Kept(result, until)
        self._kept.move_to_end(key)
        while len(self._kept) > MOST:
            self._kept.popitem(last=False)
