"""Alive? Ready?"""

import httpx2

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
