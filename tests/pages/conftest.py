"""A provider as people meet it: over HTTP, by the forms that its pages show."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.pages.person import Person


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template) as provider:
        yield provider


@pytest.fixture
async def person(idp: TestProvider) -> AsyncIterator[Person]:
    async with idp.browser() as browser:
        yield Person(browser)
