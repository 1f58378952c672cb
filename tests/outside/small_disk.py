"""A disk that is full when a test wants it to be."""

import os
import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Protocol

import pytest

from tests.running import Server

DISK = "16m"
LARGER_THAN_THE_DISK = 32 * 1024 * 1024


class SmallDisk(Protocol):
    """Of a running server."""

    def fill(self, server: Server, /) -> None: ...

    def free(self, server: Server, /) -> None: ...


class FullFolder:
    """A file system of a few megabytes, and a file that takes all that is left of it."""

    def __init__(self, folder: Path) -> None:
        self._filler = folder / "filler"

    def fill(self, _server: Server, /) -> None:
        with pytest.raises(OSError, match="No space left"):
            self._filler.write_bytes(bytes(LARGER_THAN_THE_DISK))

    def free(self, _server: Server, /) -> None:
        self._filler.unlink()


class FullFiles:
    """Where we may mount nothing: no file of the server's may grow beyond its size of now."""

    def fill(self, server: Server, /) -> None:
        largest = max(path.stat().st_size for path in server.data.glob("idp.db*"))
        self._limit(server, largest)

    def free(self, server: Server, /) -> None:
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Server, size: int) -> None:
        assert server.process is not None
        resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[SmallDisk]:
    """At `folder`, if this user may mount one."""
    folder.mkdir()
    if os.geteuid() != 0 or not _run("mount", "-t", "tmpfs", "-o", f"size={DISK},mode=0700", "none", str(folder)):
        yield FullFiles()
        return
    try:
        yield FullFolder(folder)
    finally:
        _run("umount", "--lazy", str(folder))


def _run(*words: str) -> bool:
    with suppress(FileNotFoundError):
        return subprocess.run(words, stderr=subprocess.DEVNULL, check=False).returncode == 0
    return False
