"""A provider, and what operators may do with it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from idp.testing.provider import TestProvider, provider_at
from idp.usecases.administration import Administration


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template) as provider:
        yield provider


@pytest.fixture
def administration(idp: TestProvider) -> Administration:
    return Administration(idp.provider.verbs)
