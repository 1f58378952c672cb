"""A provider as the contracts' tests meet it: over HTTP, nothing of ours replaced but time."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at

EMAIL = "jane@example.com"
PASSWORD = "correct horse battery"


@pytest.fixture
async def idp(tmp_path: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path) as provider:
        yield provider


@pytest.fixture
async def browser(idp: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with idp.browser() as client:
        yield client
