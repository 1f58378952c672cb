"""Sealed values open in their place, unaltered, under the same master key; nowhere else."""

import pytest

from idp.core.secret import Sealed
from idp.crypto.ambient import SystemEntropy
from idp.crypto.master_key import MasterKey
from idp.crypto.sealer import AesGcmSealer
from idp.ports.crypto import SealBroken


@pytest.mark.parametrize("data", [b"", b"a seed", b"\x00" * 10_000])
def test_what_was_sealed_opens(sealer: AesGcmSealer, data: bytes) -> None:
    assert sealer.open(sealer.seal(data, "totp:jane"), "totp:jane") == data


def test_a_sealed_value_does_not_show_what_it_holds(sealer: AesGcmSealer) -> None:
    assert bytes(sealer.seal(b"a seed", "totp:jane")).find(b"a seed") == -1


def test_a_value_moved_to_another_place_does_not_open(sealer: AesGcmSealer) -> None:
    sealed = sealer.seal(b"a seed", "totp:jane")

    with pytest.raises(SealBroken):
        sealer.open(sealed, "totp:mallory")


def test_a_value_altered_in_any_byte_does_not_open(sealer: AesGcmSealer) -> None:
    sealed = sealer.seal(b"a seed", "totp:jane")

    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(Sealed(bytes(altered)), "totp:jane")


def test_a_value_cut_anywhere_does_not_open(sealer: AesGcmSealer) -> None:
    sealed = sealer.seal(b"a seed", "totp:jane")

    for length in range(len(sealed)):
        with pytest.raises(SealBroken):
            sealer.open(Sealed(sealed[:length]), "totp:jane")


def test_another_master_key_opens_nothing(sealer: AesGcmSealer, entropy: SystemEntropy) -> None:
    sealed = sealer.seal(b"a seed", "totp:jane")

    with pytest.raises(SealBroken):
        AesGcmSealer(MasterKey(secret=bytes(32)), entropy).open(sealed, "totp:jane")


def test_no_nonce_comes_twice(sealer: AesGcmSealer) -> None:
    """NIST SP 800-38D §8.2: a nonce used twice gives the key stream away."""
    assert len({sealer.seal(b"", "")[1:13] for _ in range(1000)}) == 1000
