"""Whatever a client sends, it is never our fault: below 500, and worded as openapi.json says (rows 115, 121, 134)."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from idp.core.account import Account
from idp.core.session import Source
from idp.testing.provider import TestProvider, provider_at
from idp.usecases.signin.door import Entry
from idp.usecases.signin.outcome import SignedIn
from idp.web.openapi import OPERATIONS
from tests.security.acts import APP, BAY_AREA, ENGLISH, PASSWORD, PHONE
from tests.support import check_answer

BOUNDED = settings(
    max_examples=200,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FIELDS = sorted(
    {field.alias or name for one in OPERATIONS if one.request for name, field in one.request.model_fields.items()}
)
FUZZED = "fuzzed@example.com"
LIKELY = [FUZZED, PASSWORD, APP, PHONE, "123456", "email", "sms", "totp", "2000-01-01", "en", "", "a@b@c", "\U0001f600"]
UNLIKELY = [
    "x" * 1025,
    "1" * 17,
    "\u202e",
    "0000-00-00",
    "9999-12-31T23:59:60Z",
    "http://[::1",
    "+",
    "-1",
    "jane@ı.com",
]

texts = st.sampled_from([*LIKELY, *UNLIKELY]) | st.text(max_size=40)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3))
members = st.dictionaries(st.sampled_from(FIELDS), texts | values, max_size=6)
bodies = (
    st.one_of(members, members | values).map(lambda body: json.dumps(body).encode())
    | st.binary(max_size=200)
    | st.just(b"")
)
tokens = st.binary(max_size=60).filter(lambda raw: not set(raw) & set(b"\r\n\x00"))
NAMES = "jurisdictionname language appurl user-agent x-forwarded-for origin sec-fetch-site content-length passkey range"
names = st.sampled_from([name.encode() for name in (*NAMES.split(), "if-none-match", "x-original-uri", "cookie")])
headers = st.lists(st.tuples(names, st.just(BAY_AREA.encode()) | tokens), max_size=3)


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A provider, with nothing to print when an example fails."""

    idp: TestProvider
    account: Account

    async def cookies(self) -> bytes:
        """Those of somebody who has just signed in at both doors, without the price of a password."""
        bloom, nodeloom = await self._session("bloom"), await self._session("nodeloom")
        held = {
            "access-token": bloom.access_token,
            "refresh-token": bloom.refresh_token,
            "token": nodeloom.access_token,
        }
        return "; ".join(f"{name}={value}" for name, value in held.items()).encode()

    async def _session(self, contract: str) -> SignedIn:
        door, now = self.idp.provider.verbs.door, self.idp.clock.now()
        source = Source(address="127.0.0.1", contract=contract)
        entry = Entry(account_id=self.account.id, methods=("pwd",), proved_second_factor=False, source=source)
        opened = await self.idp.provider.store.transact(lambda work: door.open_session(work, entry, now))
        return door.present(opened)


@pytest.fixture(scope="module")
async def everywhere(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Target]:
    folder = tmp_path_factory.mktemp("everywhere")
    limits: dict[str, Any] = {"throttle": {"sources": "1000000/1m"}, "lockout": {"failed_attempts": 100}}
    async with provider_at(
        folder, template=template, database_url=database_url, messages=ENGLISH, **limits
    ) as provider:
        yield Target(provider, await provider.add_account(FUZZED, jurisdictions=[BAY_AREA]))


@BOUNDED
@given(
    operation=st.sampled_from(OPERATIONS),
    part=texts | st.just(BAY_AREA),
    content=bodies,
    more=headers,
    media_type=st.sampled_from(["application/json"] * 8 + ["text/plain", "application/json; charset=utf-16", ""]),
    signed_in=st.booleans(),
)
async def test_no_request_is_an_error_of_ours(
    everywhere: Target,
    operation: Any,
    part: str,
    content: bytes,
    more: list[tuple[bytes, bytes]],
    media_type: str,
    signed_in: bool,
) -> None:
    path = operation.path
    if "{" in path:
        path = path.partition("{")[0] + quote(part, safe="", errors="replace")
    fields = [(b"content-type", media_type.encode()), *more]
    if signed_in:
        fields.append((b"cookie", await everywhere.cookies()))
    url = httpx2.URL("http://localhost:3100", raw_path=path.encode())
    async with everywhere.idp.browser() as browser:
        answer = await browser.request(operation.method, url, content=content, headers=fields)

    assert answer.status_code < 500
    if answer.status_code not in (400, 413) or operation.request is not None:
        await check_answer(answer)


@BOUNDED
@given(method=st.sampled_from(["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "TRACE", "PATCH", "X"]), raw=tokens)
@example(method="GET", raw=b"jurisdictions/byName/%00")
async def test_no_path_is_an_error_of_ours(everywhere: Target, method: str, raw: bytes) -> None:
    target = b"/" + bytes(byte if 0x21 <= byte < 0x7F and byte not in b"?#" else 0x25 for byte in raw)
    url = httpx2.URL("http://localhost:3100", raw_path=target)
    async with everywhere.idp.browser() as browser:
        answer = await browser.request(method, url)

    assert answer.status_code < 500


def test_the_fuzz_knows_every_operation_and_field() -> None:
    assert len(OPERATIONS) == 22
    assert {"email", "password", "mfaCode", "singleUseCode", "token", "newEmail", "jurisdictions"} <= set(FIELDS)
