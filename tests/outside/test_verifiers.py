"""Anybody verifies the cookies' access tokens, with nothing but the issuer's address (RFC 8414, RFC 7517, RFC 9068).

Every verifier is started before the keys are rotated and keeps what it fetched, as services do. ES256, the default, is
enough for all of them, jwks-rsa and passport-jwt included; RS256 is tried as well, for older ones.
"""

import base64
import json
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2
import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from tests.outside.verifiers import NAMES, Refused, Verify, verifiers
from tests.running import Server, running

SECONDS_TO_FOLLOW = 5.0
CONTRACTS = {
    "nodeloom": ("/api/auth/login", {"email": "jane@example.com", "password": "securepassword123"}, "token"),
    "bloom": ("/auth/login", {"email": "user@example.com", "password": "yourpassword"}, "access-token"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """Tokens by contract, from before and after a rotation; the verifiers saw all the old ones before it."""

    old: Mapping[str, str]
    new: Mapping[str, str]
    verify: Mapping[str, Verify]


@pytest.fixture(scope="module")
def rotated(demo: Server) -> Iterator[Rotated]:
    with verifiers(demo.url) as verify:
        old = {contract: sign_in(demo, contract) for contract in CONTRACTS}
        for one in verify.values():
            assert all(one(token) == subject(token) for token in old.values())
        rotate(demo, old["nodeloom"])
        yield Rotated(old=old, new={contract: sign_in(demo, contract) for contract in CONTRACTS}, verify=verify)


def sign_in(server: Server, contract: str) -> str:
    path, body, cookie = CONTRACTS[contract]
    with server.browser() as browser:
        answer: httpx2.Response = browser.post(path, json=body)
        assert answer.is_success
        return answer.cookies[cookie]


def rotate(server: Server, token: str) -> None:
    """By the real command; returns once the running server signs with the new key."""
    turns = {turn["algorithm"]: turn for turn in server.idp("keys", "rotate")["items"]}
    assert turns["ES256"]["retired"] == key_id(token)
    deadline = time.monotonic() + SECONDS_TO_FOLLOW
    with server.browser() as browser:
        held = {"cookie": f"token={token}"}
        while signed_by(browser.post("/api/auth/refresh", headers=held)) != turns["ES256"]["active"]:
            browser.cookies.clear()  # two cookies of one name count as none
            assert time.monotonic() < deadline, "the running server does not follow"
            time.sleep(0.05)


def signed_by(answer: httpx2.Response) -> str:
    assert answer.is_success, answer.text
    return key_id(answer.cookies["token"])


def key_id(token: str) -> str:
    return str(pyjwt.get_unverified_header(token)["kid"])


def subject(token: str) -> str:
    return str(pyjwt.decode(token, options={"verify_signature": False})["sub"])


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_token_from_before_a_rotation_is_still_verified(rotated: Rotated, contract: str, name: str) -> None:
    token = rotated.old[contract]

    assert rotated.verify[name](token) == subject(token)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("contract", CONTRACTS)
def test_a_token_of_the_new_key_is_verified_without_another_fetch(rotated: Rotated, contract: str, name: str) -> None:
    """The next key is published before it signs."""
    token = rotated.new[contract]

    assert key_id(token) != key_id(rotated.old[contract])
    assert rotated.verify[name](token) == subject(token)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tampered", ["claims", "signature", "none"])
def test_a_token_that_was_tampered_with_is_refused(rotated: Rotated, tampered: str, name: str) -> None:
    header, claims, signature = rotated.new["bloom"].split(".")
    forged = {
        "claims": f"{header}.{edited(claims, sub='somebody-else')}.{signature}",
        "signature": f"{header}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}",
        "none": f"{edited(header, alg='none')}.{claims}.",
    }

    with pytest.raises(Refused):
        rotated.verify[name](forged[tampered])


@pytest.mark.parametrize("name", NAMES)
def test_a_token_of_a_strangers_key_under_the_name_of_ours_is_refused(rotated: Rotated, name: str) -> None:
    token = rotated.new["bloom"]
    claims = pyjwt.decode(token, options={"verify_signature": False})
    forged = pyjwt.encode(
        claims, generate_private_key(SECP256R1()), "ES256", headers=pyjwt.get_unverified_header(token)
    )

    with pytest.raises(Refused):
        rotated.verify[name](forged)


def test_every_one_verifies_rs256_where_the_operator_chose_it(tmp_path: Path, prepared: Path) -> None:
    environment = {"IDP_KEYS__ACCESS_TOKEN_ALGORITHM": "RS256"}
    with running(tmp_path, prepared=prepared, environment=environment) as server, verifiers(server.url) as verify:
        token = sign_in(server, "bloom")

        assert pyjwt.get_unverified_header(token)["alg"] == "RS256"
        assert {name: one(token) for name, one in verify.items()} == dict.fromkeys(NAMES, subject(token))


def edited(part: str, **changes: str) -> str:
    """A part of a token with other values."""
    content = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return base64.urlsafe_b64encode(json.dumps(content | changes).encode()).rstrip(b"=").decode()
