"""GET /jurisdictions and /jurisdictions/byName/{name} (bloom.md §9.4)."""

from pathlib import Path

import httpx2

from idp.testing.provider import TestProvider, provider_at


async def test_a_sign_in_page_reads_what_is_switched_on(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.set_flag("enableSingleUseCode", True, jurisdiction="Bay Area")

    answer = await browser.get("/jurisdictions/byName/Bay Area")

    assert answer.status_code == 200
    flags = {flag["name"]: flag["active"] for flag in answer.json()["featureFlags"]}
    assert flags["enableSingleUseCode"] is True
    assert flags["enableMfa"] is False
    assert "file" not in flags, "which senders are installed is nobody's business"


async def test_a_jurisdiction_made_at_run_time_speaks_english(idp: TestProvider, browser: httpx2.AsyncClient) -> None:
    await idp.set_flag("enableMfa", False, jurisdiction="Bay Area")

    assert (await browser.get("/jurisdictions/byName/Bay Area")).json()["languages"] == ["en"]


async def test_an_unknown_name_is_404(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/jurisdictions/byName/Atlantis")

    assert answer.status_code == 404
    assert answer.json()["message"] == "jurisdiction Atlantis was requested but not found"


async def test_all_are_listed_with_what_the_config_says_of_them(tmp_path: Path, template: Path) -> None:
    jurisdictions = {
        "Bay Area": {
            "languages": ["en", "es"],
            "public_url": "https://bay.example.com",
            "flags": {"single_use_code": True},
            "partner_terms": "Be kind.",
        }
    }
    async with provider_at(tmp_path, template=template, jurisdictions=jurisdictions) as idp, idp.browser() as browser:
        idp.on_answer = None
        (only,) = (await browser.get("/jurisdictions")).json()

    assert only["name"] == "Bay Area"
    assert only["languages"] == ["en", "es"]
    assert only["publicUrl"] == "https://bay.example.com"
    assert only["partnerTerms"] == "Be kind."
    assert {flag["name"]: flag["active"] for flag in only["featureFlags"]}["enableSingleUseCode"] is True


async def test_a_jurisdictions_own_password_rule_holds_for_its_people(tmp_path: Path, template: Path) -> None:
    jurisdictions = {"Strict": {"password": "bloom"}, "Plain": {}}
    sign_up = {"password": "correct horse battery", "firstName": "New", "lastName": "Person"}
    async with provider_at(tmp_path, template=template, jurisdictions=jurisdictions) as idp, idp.browser() as browser:
        strict = await browser.post(
            "/user/public", json={**sign_up, "email": "a@example.com"}, headers={"jurisdictionname": "Strict"}
        )
        plain = await browser.post(
            "/user/public", json={**sign_up, "email": "b@example.com"}, headers={"jurisdictionname": "Plain"}
        )

    assert strict.json()["message"] == ["passwordTooWeak"]
    assert plain.status_code == 201
