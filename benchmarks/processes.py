"""What running processes cost, read from /proc: processor time and memory. Where there is no /proc, None: left out."""

import os
from collections.abc import Sequence
from pathlib import Path

PROC = Path("/proc")
FIRST_FIELD = 3
"""Numbered as in proc(5), from 1; the first two are the id and a name, which may hold blanks."""

PARENT, USER_TICKS, SYSTEM_TICKS, RESIDENT_PAGES = (number - FIRST_FIELD for number in (4, 14, 15, 24))


def family(process: int) -> list[int]:
    """The process and all that descend from it."""
    if not PROC.is_dir():
        return [process]
    parents = {int(one.name): _parent(one) for one in PROC.iterdir() if one.name.isdigit()}
    found = [process]
    for member in found:
        found += [child for child, parent in parents.items() if parent == member]
    return found


def cpu_seconds(processes: Sequence[int]) -> float | None:
    """Of all their threads, in user and system mode, since they began."""
    fields = [_fields(PROC / str(one)) for one in processes]
    if not all(fields):
        return None
    return sum(int(one[USER_TICKS]) + int(one[SYSTEM_TICKS]) for one in fields) / os.sysconf("SC_CLK_TCK")


def resident_mib(processes: Sequence[int]) -> float | None:
    """What they have in memory; pages that several share count for each."""
    fields = [_fields(PROC / str(one)) for one in processes]
    if not all(fields):
        return None
    return sum(int(one[RESIDENT_PAGES]) for one in fields) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _parent(folder: Path) -> int:
    fields = _fields(folder)
    return int(fields[PARENT]) if fields else 0


def _fields(folder: Path) -> list[str]:
    """Of `stat`, without the first two; nothing for a process that has gone."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
