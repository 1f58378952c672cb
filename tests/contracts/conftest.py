"""A provider as the contracts' tests meet it: over HTTP, nothing of ours replaced but time."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.support import check_answer


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template) as provider:
        provider.on_answer = check_answer
        yield provider


@pytest.fixture
async def browser(idp: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with idp.browser() as client:
        yield client
