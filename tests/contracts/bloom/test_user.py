"""What GET /user answers (seed Bloom; bloom.md §9.1)."""

from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from idp.testing.provider import TestProvider
from idp.web.bloom import answers

EMAIL, PASSWORD = "jane@example.com", "correct horse battery"


def names_of(model: type[BaseModel]) -> set[str]:
    return set(model.model_json_schema(mode="serialization")["properties"])


@pytest.fixture
async def profile(idp: TestProvider, browser: httpx2.AsyncClient) -> dict[str, Any]:
    jane = await idp.add_account(EMAIL, PASSWORD, jurisdictions=["Bay Area"], teams={"My Team": "ADMIN"})
    await idp.set_role(jane, "Bay Area", "partner")
    await browser.post("/auth/login", json={"email": EMAIL, "password": PASSWORD})
    answer: dict[str, Any] = (await browser.get("/user")).json()
    return answer


async def test_it_has_the_fields_that_openapi_names_and_no_others(profile: dict[str, Any]) -> None:
    """Nothing slips out: not a hash, not a column that somebody adds one day (threat row 122)."""
    jurisdiction = profile["jurisdictions"][0]

    assert set(profile) == names_of(answers.User)
    assert set(jurisdiction) == names_of(answers.Jurisdiction)
    assert set(profile["userRoles"]) == names_of(answers.UserRoles)
    assert all(set(flag) == names_of(answers.Flag) for flag in jurisdiction["featureFlags"])


async def test_a_flag_has_the_same_id_in_every_answer(profile: dict[str, Any], browser: httpx2.AsyncClient) -> None:
    public = (await browser.get("/jurisdictions/byName/Bay Area")).json()

    assert public["featureFlags"] == profile["jurisdictions"][0]["featureFlags"]
    assert len({flag["id"] for flag in public["featureFlags"]}) == len(public["featureFlags"])


async def test_a_role_in_a_jurisdiction_is_told(profile: dict[str, Any]) -> None:
    assert [name for name, held in profile["userRoles"].items() if held] == ["isPartner"]
