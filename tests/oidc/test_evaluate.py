"""Feature values for apps (OFREP)."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from idp.core.errors import NotFound
from idp.oauth.access.evaluate import EvaluateFlags
from idp.testing.provider import TestProvider, provider_at

FEATURES = {
    "limit": {"type": "integer", "default": 5, "description": "How many."},
    "colour": {"type": "string", "default": "red", "description": "Which."},
    "beta": {"default": False, "description": "New."},
}


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    settings: dict[str, Any] = {
        "features": FEATURES,
        "flags": {"colour": "blue"},
        "teams": {"Reviewers": {"flags": {"limit": 9}}},
    }
    async with provider_at(tmp_path, template=template, **settings) as provider:
        yield provider


@pytest.fixture
def flags(idp: TestProvider) -> EvaluateFlags:
    world = idp.provider.verbs.world
    return EvaluateFlags(store=world.store, book=world.book)


async def test_a_tenants_own_value_is_a_match(idp: TestProvider, flags: EvaluateFlags) -> None:
    jane = await idp.add_account("jane@example.com", teams={"Reviewers": "LEAD"})

    found = await flags.one("limit", jane.id)

    assert (found.value, found.variant, found.reason) == (9, "9", "TARGETING_MATCH")


async def test_a_value_for_everywhere_is_static_and_none_is_the_default(flags: EvaluateFlags) -> None:
    colour, beta = await flags.one("colour", None), await flags.one("beta", None)

    assert (colour.value, colour.reason) == ("blue", "STATIC")
    assert (beta.value, beta.variant, beta.reason) == (False, "false", "DEFAULT")


async def test_a_feature_goes_by_either_spelling(flags: EvaluateFlags) -> None:
    assert (await flags.one("enableMfa", None)).key == "enableMfa"
    assert {"mfa", "enableMfa", "limit"} <= {one.key for one in await flags.all(None)}


@pytest.mark.parametrize("key", ["nonsense", "password", ""])
async def test_what_concerns_no_app_is_not_found(flags: EvaluateFlags, key: str) -> None:
    """Row 138: which plugins are installed is nobody's business."""
    with pytest.raises(NotFound):
        await flags.one(key, None)
