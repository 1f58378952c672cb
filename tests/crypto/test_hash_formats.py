"""Hashes that other systems made: checked as they were made, within bounds."""

import hashlib

import pytest

from idp.crypto.ambient import SystemEntropy
from idp.crypto.hash_formats import HashRefused, read_hash
from idp.crypto.passwords import HashingPool

PASSWORD = "correct horse"
SALT = bytes(range(64))
BLOOM = (  # crypto.scrypt of Node 20: the salt as a Buffer
    f"{SALT.hex()}#e292f86417d1235e6820f4e8efe7518a41b683631ca08c5d35c8939bf5564912"
    "de26f3530ae729b2c6f0a7e254b78c2026e0211791c17ce15f6c4ef2f1e3588b"
)
BLOOM_BY_TEXT = (  # the same with the salt's hexadecimal text, which Bloom does not do
    f"{SALT.hex()}#9f403bbd04a50b92ef1fb1c2c19940dba6ab136b54bb6a8eb74145e30e5f8e5f"
    "7ddb7906291422a2a5923004138f793130e9d90e9a1df28b821d2224ac158939"
)
MADE_ELSEWHERE = {
    "Django 5.2": ("pbkdf2-sha256", "pbkdf2_sha256$1000$seasalt2026$aadszbcQBA1EsHuCJhPr5dz4amh65H3QeVf9wHnwZYU="),
    "passlib sha256": (
        "pbkdf2-sha256",
        "$pbkdf2-sha256$1000$MDEyMzQ1Njc4OWFiY2RlZg$cBg8D2DungRB9k76szThf5ehfyBz991ay6PT8Srwk4M",
    ),
    "PHC sha256": (
        "pbkdf2-sha256",
        "$pbkdf2-sha256$i=1000,l=32$MDEyMzQ1Njc4OWFiY2RlZg$cBg8D2DungRB9k76szThf5ehfyBz991ay6PT8Srwk4M",
    ),
    "passlib sha512": (
        "pbkdf2-sha512",
        "$pbkdf2-sha512$1000$MDEyMzQ1Njc4OWFiY2RlZg"
        "$OM0FAoIqCVK1sWtxDiffVlBejtLa.ks4TP71JiecwuSZCG8iLbnlIEPOMoVX.i2B2wkSxjQ8CRGR9OkNGuIPMQ",
    ),
    "passlib scrypt": (
        "scrypt",
        "$scrypt$ln=10,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$6g3umF+uVrJsObaTZhIbbTlgrvOEFcCItdwSjtPF67M",
    ),
    "Bloom": ("scrypt-bloom", BLOOM),
    "Bloom, upper case": ("scrypt-bloom", BLOOM.upper()),
    "bcrypt 2a": ("bcrypt", "$2a$04$wLqv6SLku0cVfFPECyDaQexi8T17tdxYefiSyt4BAqKN1YRhfehbq"),
    "bcrypt 2b": ("bcrypt", "$2b$04$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa."),
    "bcrypt 2y": ("bcrypt", "$2y$04$06GO1g8r0oFIVSvQ/E68O.RrOwrLU8s0OHhomEqiPKPMEvE.AcaQO"),
    "argon2i": (
        "argon2i",
        "$argon2i$v=19$m=64,t=2,p=2$h9CaM4YQwtgbw5jTuleqtQ$xuTb8guNA+fMlFh2/Z1W+SeYKMHMSF9U48Wa8bsIeUY",
    ),
    "argon2d": (
        "argon2d",
        "$argon2d$v=19$m=64,t=2,p=2$27v3PmdsDQHgHEMoRYhRig$33Yjp8MdNkXyLDmCfhu2HK2txJ9jLpPU1APoQeBSSWY",
    ),
    "argon2id": (
        "argon2id",
        "$argon2id$v=19$m=64,t=2,p=2$WytlTCmlNGasNWaMEQLgvA$v54qouu+qv+G0IsoXYEaNx2JYn8Prd/GqOELI91HLZk",
    ),
}


@pytest.mark.parametrize(("name", "encoded"), MADE_ELSEWHERE.values(), ids=MADE_ELSEWHERE)
def test_a_hash_made_elsewhere_matches_its_password_and_no_other(name: str, encoded: str) -> None:
    stored = read_hash(encoded)

    assert stored.name == name
    assert stored.matches(PASSWORD.encode())
    assert not stored.matches(b"correct horsf")
    assert not stored.matches(b"")


def test_blooms_salt_is_its_bytes_and_not_their_text() -> None:
    """Bloom contract, 8.2: hashes made with Python's hashlib.scrypt log in."""
    made = hashlib.scrypt(PASSWORD.encode(), salt=SALT, n=16384, r=8, p=1, dklen=64, maxmem=2**26)

    assert read_hash(f"{SALT.hex()}#{made.hex()}").matches(PASSWORD.encode())
    assert not read_hash(BLOOM_BY_TEXT).matches(PASSWORD.encode())


def test_bcrypt_is_right_by_the_72_bytes_it_looked_at() -> None:
    made_of_80 = read_hash("$2b$04$vTsf5ePXAARVOaSMzZLbEes8/pwFxBi.eipG8FAhbJfTW1cSM57Mi")

    assert made_of_80.matches(b"x" * 80)
    assert made_of_80.matches(b"x" * 72)
    assert not made_of_80.matches(b"x" * 71)


async def test_a_nul_does_not_shorten_a_password(entropy: SystemEntropy) -> None:
    """Threat row 120: C's bcrypt stops at the first NUL."""
    pool = HashingPool(entropy, threads=1)

    assert await pool.verify(PASSWORD, MADE_ELSEWHERE["bcrypt 2a"][1])
    assert not await pool.verify(PASSWORD + "\x00tail", MADE_ELSEWHERE["bcrypt 2a"][1])

    pool.close()


RESULT = "A" * 43
REFUSED = {
    "": "known format",
    "plain text": "known format",
    "5f4dcc3b5aa765d61d8327deb882cf99": "known format",
    "{SSHA}sBNWJ9J6rU2b8CI2JbYJ7EhZ0wYxMjM0": "known format",
    f"$argon2id$v=19$m=64,t=2,p=2,keyid=AAAA$c29tZXNhbHRzb21lc2E${RESULT}": "known format",
    f"$argon2id$v=20$m=64,t=2,p=2$c29tZXNhbHRzb21lc2E${RESULT}": "known format",
    f"$argon2id$v=19$m=4194304,t=1,p=1$c29tZXNhbHRzb21lc2E${RESULT}": "dearer than",
    f"$argon2id$v=19$m=524288,t=1,p=1$c29tZXNhbHRzb21lc2E${RESULT}": "dearer than",
    f"$argon2id$v=19$m=65536,t=4000000,p=1$c29tZXNhbHRzb21lc2E${RESULT}": "dearer than",
    f"$argon2id$v=19$m=65536,t=1,p=64$c29tZXNhbHRzb21lc2E${RESULT}": "dearer than",
    f"$argon2id$v=19$m=8,t=1,p=2$c29tZXNhbHRzb21lc2E${RESULT}": "8 KiB a lane",
    f"$argon2id$v=19$m=64,t=1,p=1$c2FsdA${RESULT}": "salt below",
    "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2E$AAAAAA": "shorter than 16 bytes",
    f"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2E${RESULT[:-1]}B": "stray bits",
    f"$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2EAA${RESULT}": "base64",
    "$2b$31$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.": "cost outside",
    "$2b$03$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.": "cost outside",
    "$2b$04$DvTqsSNbd0XQKG8S30xLH/MpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.": "stray bits",
    "$2x$04$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.": "known format",
    "$2b$04$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJR": "known format",
    f"{SALT.hex()}#{'00' * 32}": "known format",
    f"{SALT.hex()}#": "known format",
    f"#{'00' * 64}": "known format",
    f"{SALT.hex()}0#{'00' * 64}": "known format",
    f"$scrypt$ln=24,r=8,p=1$c29tZXNhbHQ${RESULT}": "scrypt with",
    f"$scrypt$ln=10,r=8,p=1024$c29tZXNhbHQ${RESULT}": "scrypt with",
    f"$scrypt$ln=17,r=1,p=1$c29tZXNhbHQ${RESULT}": "scrypt with",
    f"$scrypt$ln=0,r=8,p=1$c29tZXNhbHQ${RESULT}": "scrypt with",
    "$scrypt$ln=10,r=8,p=1$c29tZXNhbHQ$AAAA": "shorter than 16 bytes",
    f"pbkdf2_sha256$2000000000$salt${RESULT}=": "iterations outside",
    f"pbkdf2_sha256$0$salt${RESULT}=": "iterations outside",
    "pbkdf2_sha256$1000$salt$AAAA": "length",
    f"pbkdf2_sha256$1000$salt${'A' * 128}": "length",
    f"pbkdf2_sha1$1000$salt${RESULT}=": "known format",
    f"$pbkdf2-sha256$2000000000$c2FsdA${RESULT}": "iterations outside",
    f"$pbkdf2-sha512$2000001$c2FsdA${'A' * 86}": "iterations outside",
    f"$pbkdf2-sha512$1000$c2FsdA${RESULT}": "length",
    f"pbkdf2_sha256$1000${'s' * 512}${RESULT}=": "longer than",
    "$2b$04$DvTqsSNbd0XQKG8S30xLHuMpHQ9hFNCQBDhWNwNBcsdaE6x7vJRa.\n": "known format",
    "pbkdf2_sha256$\u0661\u0660$salt$" + RESULT + "=": "known format",
}


@pytest.mark.parametrize(("encoded", "reason"), REFUSED.items())
def test_what_we_could_not_check_is_refused_with_the_reason(encoded: str, reason: str) -> None:
    """A cost that an importer chose is no way to stop the server, and a short result no way in."""
    with pytest.raises(HashRefused, match=reason) as refused:
        read_hash(encoded)

    assert RESULT not in refused.value.reason


def test_the_pool_names_formats_and_reasons_for_the_importer(entropy: SystemEntropy) -> None:
    pool = HashingPool(entropy, threads=1)

    assert pool.recognise(BLOOM) == "scrypt-bloom"
    assert pool.objection(BLOOM) is None
    assert pool.recognise("plain text") is None
    assert "known format" in (pool.objection("plain text") or "")

    pool.close()
