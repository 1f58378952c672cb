"""Password hashing where it starves nobody: threads of its own, a short queue, and "come back later" beyond.

```
verify ──▶ places left? ──no──▶ Overloaded (503, Retry-After)
               │ yes
               ▼
        queue (64) ──▶ max(1, cores - 1) threads at nice 15 ──▶ argon2id, without the interpreter's lock
```

On the event loop a storm of sign-ins delays every token check by seconds; here by milliseconds (threat row 137,
Mattermost CVE-2026-26233).
"""

import asyncio
import base64
import contextlib
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from argon2.low_level import Type, hash_secret

from idp.core.errors import MalformedRequest, Overloaded
from idp.core.password import LONGEST_PASSWORD
from idp.crypto.hash_formats import Argon2Cost, HashRefused, StoredHash, read_hash
from idp.ports.ambient import Entropy

R = TypeVar("R")

SALT_BYTES = 16
RESULT_BYTES = 32
NICENESS = 15
RETRY_AFTER_SECONDS = 3  # a full queue takes about that long at 25 hashes a second


class HashingPool:
    """Makes argon2id hashes; checks these and what other systems made (hash_formats).

    A name nobody has, a hash we cannot read and a password that is no text cost one verification under our own
    parameters, like a wrong password (threat row 36, OpenBao CVE-2025-54999). A hash that awaits renewal costs its own
    check beside it: until its first sign-in here an imported account can be told by time.
    """

    def __init__(
        self,
        entropy: Entropy,
        *,
        cost: Argon2Cost | None = None,
        threads: int | None = None,
        waiting: int = 64,
    ) -> None:
        """`threads` is one less than there are processors, if not given; `waiting` how many may queue behind them."""
        self._entropy = entropy
        self._cost = cost or Argon2Cost()
        self._threads = threads or max(1, (os.cpu_count() or 1) - 1)
        self._places = threading.BoundedSemaphore(self._threads + waiting)
        self._pool = ThreadPoolExecutor(self._threads, thread_name_prefix="hashing", initializer=_step_back)
        self._dummy = read_hash(self._nobodys_hash())

    async def hash(self, password: str) -> str:
        """Over the exact UTF-8 bytes, nothing folded or cut (ASVS 6.2.8). Raises MalformedRequest or Overloaded."""
        data = _bytes_of(password) if len(password) <= LONGEST_PASSWORD else None
        if data is None:
            raise MalformedRequest(f"password must be text of at most {LONGEST_PASSWORD} characters, without NUL")
        return await self._run(lambda: self._hash(data))

    async def verify(self, password: str, encoded: str | None) -> bool:
        """As the port says; a password beyond 1024 characters is wrong without being looked at (threat row 119)."""
        if len(password) > LONGEST_PASSWORD:
            return False
        data = _bytes_of(password)
        return await self._run(lambda: self._verify(data, encoded))

    def is_outdated(self, encoded: str) -> bool:
        cost = Argon2Cost.of(encoded)
        return cost is None or cost.memory_kib < self._cost.memory_kib or cost.passes < self._cost.passes

    def recognise(self, encoded: str) -> str | None:
        """The name of the hash's format; None when we could not check a password against it."""
        stored = _readable(encoded)
        return stored.name if stored else None

    def objection(self, encoded: str) -> str | None:
        """Why a hash is refused, without quoting it; None when it is not."""
        try:
            read_hash(encoded)
        except HashRefused as refused:
            return refused.reason
        return None

    def close(self) -> None:
        """Finishes what runs, drops what waits. Asking for more afterwards is Overloaded."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _hash(self, data: bytes) -> str:
        cost = self._cost
        return hash_secret(
            data,
            self._random(SALT_BYTES),
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=RESULT_BYTES,
            type=Type.ID,
        ).decode()

    def _verify(self, data: bytes | None, encoded: str | None) -> bool:
        if data is not None and encoded is not None and (stored := _readable(encoded)) is not None:
            if stored.matches(data):
                return True
            if not self.is_outdated(encoded):
                return False
        self._dummy.matches(data or b"")
        return False

    async def _run(self, work: Callable[[], R]) -> R:
        """Cancelling the caller takes work that has not begun out of the queue."""
        if not self._places.acquire(blocking=False):
            raise Overloaded(RETRY_AFTER_SECONDS)
        try:
            future = self._pool.submit(work)
        except RuntimeError:
            self._places.release()
            raise Overloaded(RETRY_AFTER_SECONDS) from None
        future.add_done_callback(self._leave)
        return await asyncio.wrap_future(future)

    def _leave(self, _: Future[R]) -> None:
        self._places.release()

    def _nobodys_hash(self) -> str:
        """Looks like ours and is the hash of nothing known: checking against it takes the usual time and fails."""
        salt, result = (_unpadded(self._random(length)) for length in (SALT_BYTES, RESULT_BYTES))
        return f"$argon2id$v=19$m={self._cost.memory_kib},t={self._cost.passes},p={self._cost.lanes}${salt}${result}"

    def _random(self, length: int) -> bytes:
        return base64.urlsafe_b64decode(self._entropy.token() + "=")[:length]


def _readable(encoded: str) -> StoredHash | None:
    try:
        return read_hash(encoded)
    except HashRefused:
        return None


def _bytes_of(password: str) -> bytes | None:
    """None for what is no text: a lone surrogate (threat row 121) or NUL, where other systems cut (row 120)."""
    try:
        return None if "\x00" in password else password.encode()
    except UnicodeEncodeError:
        return None


def _unpadded(data: bytes) -> str:
    return base64.b64encode(data).rstrip(b"=").decode()


def _step_back() -> None:
    """Lets every other thread go first. On Linux niceness belongs to the thread; elsewhere it would slow all of us."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, thread, max(NICENESS, os.getpriority(os.PRIO_PROCESS, thread)))
