"""A provider as clients meet it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from idp.core.account import Account
from idp.core.client import Client
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Person, add_client
from tests.oidc.fetching import clock, log, make, there
from tests.oidc.redeeming import App

__all__ = ["clock", "log", "make", "there"]


@pytest.fixture
async def op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    """An OpenID Provider in its usual settings, on SQLite."""
    async with provider_at(tmp_path, template=template) as provider:
        yield provider


@pytest.fixture
async def app(op: TestProvider) -> Client:
    """A confidential client of the operator's, whose people are not asked for consent."""
    return await add_client(op)


@pytest.fixture
async def account(op: TestProvider) -> Account:
    return await op.add_account("jane@example.com")


@pytest.fixture
async def stranger(op: TestProvider) -> AsyncIterator[Person]:
    """A browser that nobody signed in at."""
    async with op.browser() as browser:
        yield Person(op, browser)


@pytest.fixture
async def jane(op: TestProvider, account: Account) -> AsyncIterator[Person]:
    """Somebody who signed in with a password a minute ago."""
    async with op.browser() as browser:
        person = Person(op, browser)
        await person.sign_in(account, ago=timedelta(minutes=1))
        yield person


@pytest.fixture
async def client(op: TestProvider, app: Client) -> AsyncIterator[App]:
    """The program behind `app`."""
    async with op.browser() as browser:
        yield App(op, browser)
