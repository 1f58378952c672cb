"""A client's own tokens (RFC 6749 §4.4), and resource servers as their audience (RFC 8707, RFC 9068 §3)."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from idp.core.client import ClientTerms, Origin, ResourceServer
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import App, Told

JOBS, REPORTS = "https://jobs.example.com", "https://reports.example.com"


async def add_server(op: TestProvider, identifier: str, *scopes: str) -> None:
    server = ResourceServer(identifier=identifier, scopes=scopes, created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(server))


@pytest.fixture
async def servers(op: TestProvider) -> None:
    await add_server(op, JOBS, "jobs:run", "jobs:read")
    await add_server(op, REPORTS, "reports:read")


@pytest.fixture
async def other(op: TestProvider) -> AsyncIterator[App]:
    async with op.browser() as browser:
        yield App(op, browser, "machine")


async def machine(op: TestProvider, *scope: str, **more: Any) -> None:
    usual = {"grant_types": ("client_credentials",), "redirect_uris": (), "scope": scope}
    await add_client(op, "machine", **{**usual, **more})


async def ask(app: App, *resources: str, **form: str) -> Told:
    own = app.authentication()
    data = {"grant_type": "client_credentials", **own.form, **form, "resource": list(resources)}
    return Told(await app.browser.post("/oauth2/token", data=data, headers=own.headers))


async def test_the_client_is_the_subject(op: TestProvider, other: App) -> None:
    """RFC 9068 §2.2; no refresh token (RFC 6749 §4.4.3), no ID token, nobody signed in."""
    await machine(op, "jobs:run")

    told = await ask(other)

    assert set(told.body) == {"access_token", "token_type", "expires_in", "scope"}
    assert (told.claims["sub"], told.claims["client_id"]) == ("machine", "machine")
    assert not {"gid", "sid", "auth_time", "amr", "acr"} & told.claims.keys()


async def test_scope_is_what_was_registered(op: TestProvider, other: App) -> None:
    """RFC 6749 §3.3: all of it, or what is asked for of it."""
    await machine(op, "jobs:run", "jobs:read")

    assert (await ask(other)).body["scope"] == "jobs:run jobs:read"
    assert (await ask(other, scope="jobs:read")).body["scope"] == "jobs:read"
    assert (await ask(other, scope="jobs:read reports:read")).error == "invalid_scope"


async def test_nothing_is_written_for_it_so_it_waits_for_no_writer(
    op: TestProvider, other: App, servers: None, tmp_path: Path
) -> None:
    await machine(op, terms=ClientTerms(resources=(JOBS,)))

    with closing(sqlite3.connect(tmp_path / "idp.db", isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        async with asyncio.timeout(2):
            told = await ask(other)

    assert told.body["scope"] == "jobs:run jobs:read"


@pytest.mark.parametrize("scope", ["openid", "offline_access", "email", "jobs:run openid"])
async def test_scopes_that_speak_of_a_person_are_refused(op: TestProvider, other: App, scope: str) -> None:
    await machine(op, "openid", "offline_access", "email", "jobs:run")

    assert (await ask(other, scope=scope)).error == "invalid_scope"
    assert (await ask(other)).body["scope"] == "jobs:run"


async def test_it_opens_no_userinfo(op: TestProvider, other: App) -> None:
    await machine(op, "jobs:run")

    assert (await other.userinfo((await ask(other)).access_token)).status_code == 403


async def test_the_resource_is_the_audience(op: TestProvider, other: App, servers: None) -> None:
    """RFC 8707 §2: and the scope is what that server knows."""
    await machine(op, "jobs:run", "reports:read")

    one, both = await ask(other, JOBS), await ask(other, JOBS, REPORTS)

    assert (one.claims["aud"], one.claims["scope"]) == (JOBS, "jobs:run")
    assert (both.claims["aud"], both.claims["scope"]) == ([JOBS, REPORTS], "jobs:run reports:read")


async def test_the_terms_name_the_resource_where_the_request_does_not(
    op: TestProvider, other: App, servers: None
) -> None:
    await machine(op, "jobs:run", terms=ClientTerms(resources=(JOBS,)))

    assert (await ask(other)).claims["aud"] == JOBS
    assert (await ask(other, REPORTS)).error == "invalid_target"


async def test_a_client_without_scopes_gets_those_of_its_server(op: TestProvider, other: App, servers: None) -> None:
    await machine(op, terms=ClientTerms(resources=(JOBS,)))

    assert (await ask(other)).body["scope"] == "jobs:run jobs:read"
    assert (await ask(other, scope="jobs:read")).claims["scope"] == "jobs:read"


@pytest.mark.parametrize("resource", ["https://unknown.example", "relative", f"{JOBS}/", f"{JOBS}#fragment"])
async def test_an_unknown_resource_is_refused(op: TestProvider, other: App, servers: None, resource: str) -> None:
    """RFC 8707 §2: compared byte by byte."""
    await machine(op, "jobs:run")

    assert (await ask(other, resource)).error == "invalid_target"


async def test_a_client_that_registered_itself_reaches_no_server(op: TestProvider, other: App, servers: None) -> None:
    """Nobody consents here: the operator must have."""
    await machine(op, "jobs:run", origin=Origin.REGISTRATION)

    assert (await ask(other, JOBS)).error == "invalid_target"


async def test_no_token_is_for_the_issuer_itself(op: TestProvider, other: App) -> None:
    """Row 77: that is what cookies are for."""
    await machine(op, "jobs:run")

    assert (await ask(other, ISSUER)).claims["aud"] == f"{ISSUER}/oauth2/userinfo"


async def test_a_persons_token_is_for_the_resource_that_was_granted(
    op: TestProvider, jane: Person, client: App, servers: None
) -> None:
    """RFC 8707 §2.2: and no other; userinfo is closed to it (real clients, 10)."""
    told = await client.redeem((await jane.ask(scope="openid jobs:run reports:read", resource=JOBS)).code)

    assert (told.claims["aud"], told.claims["scope"]) == (JOBS, "jobs:run")
    assert (await client.userinfo(told.access_token)).status_code == 401
    assert (await client.refresh(told.refresh_token, resource=REPORTS)).error == "invalid_target"


async def test_a_token_request_may_narrow_the_resources(
    op: TestProvider, jane: Person, client: App, servers: None
) -> None:
    """RFC 8707 §2.2; the refusal burns no code."""
    answer = await jane.ask(f"&resource={REPORTS}", scope="openid jobs:run reports:read", resource=JOBS)
    assert (await client.redeem(answer.code, resource="https://unknown.example")).error == "invalid_target"

    told = await client.redeem(answer.code, resource=REPORTS)

    assert (told.claims["aud"], told.claims["scope"]) == (REPORTS, "reports:read")
    assert (await client.refresh(told.refresh_token)).claims["aud"] == [JOBS, REPORTS]


async def test_no_one_gets_a_resource_that_was_not_granted(jane: Person, client: App, servers: None) -> None:
    told = await client.redeem((await jane.ask()).code, resource=JOBS)

    assert told.error == "invalid_target"


async def test_a_scope_that_the_resource_does_not_know_is_refused(op: TestProvider, other: App, servers: None) -> None:
    """RFC 6749 §5.2: a token that holds nothing of what was asked for would be taken for more than it is."""
    await machine(op, "jobs:run", "reports:read")

    assert (await ask(other, JOBS, scope="reports:read")).error == "invalid_scope"

    some = await ask(other, JOBS, scope="jobs:run reports:read")
    assert (some.claims["scope"], some.body["scope"]) == ("jobs:run", "jobs:run")
