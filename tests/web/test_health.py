"""Alive? Ready?"""

import httpx2
import pytest

from idp.testing.provider import TestProvider


async def test_a_provider_with_its_database_is_ready(browser: httpx2.AsyncClient) -> None:
    assert (await browser.get("/health/live")).json() == {"status": "ok"}
    assert (await browser.get("/health/ready")).json() == {"status": "ok"}


async def test_without_its_database_it_is_alive_and_not_ready(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.provider.store.close()

    assert (await browser.get("/health/live")).status_code == 200
    answer = await browser.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"status": "unavailable"}


async def test_draining_it_is_not_ready(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    idp.provider.readiness.draining = True

    assert (await browser.get("/health/ready")).status_code == 503


async def test_without_its_database_no_answer_is_a_500(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.provider.store.close()
    credentials = {"email": "jane@example.com", "password": "correct horse battery"}

    bloom = await browser.post("/auth/login", json=credentials)
    nodeloom = await browser.post("/api/auth/login", json=credentials)

    assert bloom.status_code == nodeloom.status_code == 503
    assert nodeloom.json()["error"] == "unavailable"


@pytest.mark.parametrize("host", ["10.0.0.7:3100", "[fd00::7]:3100", "pod.cluster.local", ""])
async def test_probes_by_address_are_answered_and_nothing_else_is(browser: httpx2.AsyncClient, host: str) -> None:
    """Balancers write the address of the one they probe into Host."""
    for path in ("/health/live", "/health/ready"):
        assert (await browser.get(path, headers={"host": host})).status_code == 200
    for path in ("/health", "/health/ready/", "/.well-known/jwks.json", "/user"):
        assert (await browser.get(path, headers={"host": host})).status_code == 400
