"""The master key: configured or made, and trusted only while nobody else can read it."""

import base64
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from idp.crypto.master_key import KeyFileRefused, MasterKey, MasterKeyRefused, load_master_key

RANDOM = bytes.fromhex("9f403bbd04a50b92ef1fb1c2c19940dba6ab136b54bb6a8eb74145e30e5f8e5f")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "master.key"


def placed(path: Path, content: bytes, mode: int = 0o600) -> Path:
    path.parent.mkdir()
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_the_first_start_makes_a_file_that_nobody_else_can_read(path: Path) -> None:
    load_master_key(None, path)

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert len(base64.b64decode(path.read_bytes())) == 32
    assert os.listdir(path.parent) == ["master.key"]


def test_the_second_start_reads_what_the_first_made(path: Path) -> None:
    assert load_master_key(None, path) == load_master_key(None, path)


def test_two_installations_have_different_keys(tmp_path: Path) -> None:
    assert load_master_key(None, tmp_path / "a") != load_master_key(None, tmp_path / "b")


def test_many_first_starts_at_once_agree_on_one_key(path: Path) -> None:
    with ThreadPoolExecutor(16) as starts:
        keys = list(starts.map(lambda _: load_master_key(None, path), range(16)))

    assert all(key == keys[0] for key in keys)
    assert load_master_key(None, path) == keys[0]


def test_a_start_that_was_killed_half_way_leaves_nothing_in_the_way(path: Path) -> None:
    placed(path.with_name(".master.key.new"), b"half")

    load_master_key(None, path)

    assert os.listdir(path.parent) == ["master.key"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o602, 0o610, 0o644, 0o660, 0o666])
def test_a_file_that_others_may_touch_is_refused_with_the_mend(path: Path, mode: int) -> None:
    """Threat row 89."""
    placed(path, base64.b64encode(RANDOM), mode)

    with pytest.raises(KeyFileRefused) as refused:
        load_master_key(None, path)

    assert refused.value.path == path
    assert f"{mode:04o}" in refused.value.reason
    assert refused.value.mend == f"chmod 600 {path}"


def test_a_file_of_another_user_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    placed(path, base64.b64encode(RANDOM))
    os.chown(path, 4711, -1) if os.geteuid() == 0 else None
    monkeypatch.setattr(os, "geteuid", lambda: 1234567)

    with pytest.raises(KeyFileRefused, match="another user"):
        load_master_key(None, path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\n", "is empty"),
        (base64.b64encode(RANDOM)[:20], "is half-written"),
        (base64.b64encode(RANDOM) + b"AAAA", "was altered"),
        (b"not base64 at all, whatever one may say", "was altered"),
        (b"\x00" * 4096, "was altered"),
    ],
)
def test_a_damaged_file_is_refused_and_left_alone(path: Path, content: bytes, reason: str) -> None:
    placed(path, content)

    with pytest.raises(KeyFileRefused, match=reason):
        load_master_key(None, path)

    assert path.read_bytes() == content


def test_a_device_is_refused() -> None:
    with pytest.raises(KeyFileRefused, match="no regular file"):
        load_master_key(None, Path("/dev/null"))


def test_a_folder_is_refused(path: Path) -> None:
    path.mkdir(parents=True)

    with pytest.raises(KeyFileRefused):
        load_master_key(None, path)


def test_a_path_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(KeyFileRefused, match=r"file/master\.key"):
        load_master_key(None, tmp_path / "file" / "master.key")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").symlink_to(tmp_path / "not mounted")

    with pytest.raises(KeyFileRefused, match="cannot be made"):
        load_master_key(None, tmp_path / "var" / "master.key")


def test_a_refusal_does_not_quote_the_key(path: Path) -> None:
    text = base64.b64encode(RANDOM)
    placed(path, text, 0o644)

    with pytest.raises(KeyFileRefused) as refused:
        load_master_key(None, path)

    assert text.decode()[:8] not in str(refused.value)


@pytest.mark.parametrize(
    "spelling",
    [
        RANDOM.hex().encode(),
        RANDOM.hex().upper().encode() + b"\n",
        base64.b64encode(RANDOM),
        base64.b64encode(RANDOM) + b"\n",
        base64.urlsafe_b64encode(RANDOM).rstrip(b"="),
        RANDOM,
    ],
)
def test_a_configured_secret_is_the_same_key_in_every_spelling(path: Path, spelling: bytes) -> None:
    assert load_master_key(spelling, path) == MasterKey(secret=RANDOM)
    assert not path.parent.exists()


def test_random_bytes_that_end_in_white_space_are_taken_whole(path: Path) -> None:
    raw = RANDOM[:31] + b"\n"

    assert load_master_key(raw, path) == MasterKey(secret=raw)


@pytest.mark.parametrize("secret", [b"", b"short", RANDOM[:31], RANDOM[:31].hex().encode()[:31]])
def test_a_configured_secret_below_32_bytes_is_refused(path: Path, secret: bytes) -> None:
    with pytest.raises(MasterKeyRefused, match="shorter than 32 bytes"):
        load_master_key(secret, path)


@pytest.mark.parametrize("secret", [b"0123456789abcdef" * 4, b"A" * 44, b"change-me-" * 5, b"\x00" * 32])
def test_a_secret_copied_from_an_example_is_refused(path: Path, secret: bytes) -> None:
    """Threat row 139."""
    with pytest.raises(MasterKeyRefused, match="not random") as refused:
        load_master_key(secret, path)

    assert secret.decode()[:8] not in str(refused.value)


def test_each_purpose_has_a_key_of_its_own() -> None:
    master = MasterKey(secret=RANDOM)

    derived = {master.derive("sealing"), master.derive("digest"), RANDOM}

    assert len(derived) == 3
    assert all(len(key) == 32 for key in derived)
    assert master.derive("sealing") == MasterKey(secret=RANDOM).derive("sealing")


def test_a_key_does_not_show_itself() -> None:
    assert repr(MasterKey(secret=RANDOM)) == "MasterKey()"
