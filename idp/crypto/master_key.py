"""The one secret that all others hang on: configured, or made at first start and kept in a file.

A configured secret is read by the first of these rules that yields 32 bytes or more:

1. hexadecimal digits, and nothing else (`openssl rand -hex 32`), without white space around them;
2. base64 or base64url, padded or not (`openssl rand -base64 32`), without white space around it;
3. the bytes without white space around them;
4. the bytes as they are.

A file of ours holds 32 random bytes in base64. It is never overwritten and never repaired: what is sealed under a lost
key is lost, so a damaged file is for a person to look at (security demands, section 3.2).
"""

import base64
import binascii
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from idp.crypto.ambient import SystemEntropy

KEY_LENGTH = 32
LEAST_DISTINCT_BYTES = (
    10  # random ones have fewer once in 10^11 times, 64 hexadecimal digits included; examples often have
)
LONGEST_FILE = 1024


class MasterKeyRefused(Exception):
    """There is no start with this master key. `reason` and `mend` are for the operator and never quote the key."""

    def __init__(self, reason: str, mend: str) -> None:
        super().__init__(f"master key: {reason}; {mend}")
        self.reason = reason
        self.mend = mend


class KeyFileRefused(MasterKeyRefused):
    """The file at `path` cannot be the master key, or cannot be trusted to be it."""

    def __init__(self, path: Path, reason: str, mend: str) -> None:
        super().__init__(f"{path} {reason}", mend)
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterKey:
    """Never used itself: each purpose has a key of its own, and none of them leads back (RFC 5869)."""

    secret: bytes = field(repr=False)

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose, the same for as long as the master key is."""
        kdf = HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=b"idp/" + purpose.encode())
        return kdf.derive(self.secret)


def load_master_key(source: bytes | None, path: Path) -> MasterKey:
    """The configured secret, else the one in the file at `path`, which is made when there is none.

    Raises MasterKeyRefused, or KeyFileRefused where the file is at fault.
    """
    if source is not None:
        return MasterKey(secret=_configured(source))
    try:
        return _from_file(path)
    except FileNotFoundError:
        _create(path)
    return _from_file(path)


def has_master_key(source: bytes | None, path: Path) -> bool:
    """Whether `load_master_key` would find one; where it would make one, this makes nothing. Raises as it does."""
    if source is not None:
        return bool(_configured(source))
    try:
        return bool(_from_file(path).secret)
    except FileNotFoundError:
        return False


def _configured(source: bytes) -> bytes:
    text = source.strip()
    secret = next((raw for raw in (_hex(text), _base64(text), text, source) if raw and len(raw) >= KEY_LENGTH), None)
    if secret is None:
        raise MasterKeyRefused("is shorter than 32 bytes", "make one with `openssl rand -base64 32`")
    if min(len(set(secret)), len(set(text))) < LEAST_DISTINCT_BYTES:
        # threat row 139: a secret copied from an example is no secret
        raise MasterKeyRefused("is not random", "make one with `openssl rand -base64 32`")
    return secret


def _hex(text: bytes) -> bytes | None:
    try:
        return binascii.unhexlify(text)
    except binascii.Error:
        return None


def _base64(text: bytes) -> bytes | None:
    standard = text.rstrip(b"=").translate(bytes.maketrans(b"-_", b"+/"))
    try:
        return base64.b64decode(standard + b"=" * (-len(standard) % 4), validate=True)
    except binascii.Error:
        return None


def _from_file(path: Path) -> MasterKey:
    """Judges the file that was opened, not the name: nothing can be swapped in between."""
    try:
        with path.open("rb") as file:
            _trust(path, os.fstat(file.fileno()))
            text = file.read(LONGEST_FILE).strip()
    except FileNotFoundError:
        raise
    except OSError as error:
        raise KeyFileRefused(path, f"cannot be read ({error.strerror})", "let this user read it") from error
    if not text:
        raise KeyFileRefused(path, "is empty", "restore it from a backup; remove it only if nothing was sealed yet")
    secret = _base64(text)
    if secret is None or len(secret) != KEY_LENGTH:
        raise KeyFileRefused(path, "is half-written or was altered", "restore it from a backup")
    return MasterKey(secret=secret)


def _trust(path: Path, status: os.stat_result) -> None:
    """Threat row 89: what others can read, or could have written, is no secret of ours."""
    if not stat.S_ISREG(status.st_mode):
        raise KeyFileRefused(path, "is no regular file", "name a file")
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        raise KeyFileRefused(path, f"is open to others (mode {stat.S_IMODE(status.st_mode):04o})", f"chmod 600 {path}")
    if os.geteuid() not in {0, status.st_uid} and status.st_uid != 0:
        raise KeyFileRefused(path, "belongs to another user", "let the user that runs the server own it")


def _create(path: Path) -> None:
    """Temporary file, fsync, rename, fsync of the folder: after a power cut the key is whole or is not there."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _only_one(path.parent) as folder:
            if path.exists():
                return  # another process was first
            fresh = path.with_name(f".{path.name}.new")
            fresh.unlink(missing_ok=True)
            descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "wb") as file:
                file.write(_fresh_secret() + b"\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.rename(path)
            os.fsync(folder)
    except OSError as error:
        raise KeyFileRefused(path, f"cannot be made ({error.strerror})", "let this user write its folder") from error


@contextmanager
def _only_one(folder: Path) -> Iterator[int]:
    """Holds the folder's lock: two processes that start together make one key between them."""
    import fcntl  # noqa: PLC0415 - not on every platform; a configured secret needs none of this

    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)


def _fresh_secret() -> bytes:
    token = SystemEntropy().token()
    return base64.b64encode(base64.urlsafe_b64decode(token + "="))
