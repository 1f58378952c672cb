"""A client that registers itself, and looks after itself."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from joserfc.jwk import ECKey

from idp.testing.provider import ISSUER, TestProvider, provider_at
from tests.oidc.asking import CALLBACK
from tests.oidc.site import Site, ca_bundle, site

REGISTER = "/oauth2/register"
KEYS = {"keys": [ECKey.generate_key("P-256", private=False).as_dict(private=False)]}
Open = Callable[..., Any]


@pytest.fixture
async def open_op(anyio_backend: str, tmp_path: Path, template: Path) -> AsyncIterator[Open]:
    """A provider with this `registration`."""
    async with AsyncExitStack() as stack:

        async def make(registration: str = "open", **oidc: Any) -> TestProvider:
            fetch = {"networks": ["127.0.0.0/8"], "ca_bundle": ca_bundle()}
            settings: dict[str, Any] = {"oidc": {"registration": registration, **oidc}, "fetch": fetch}
            return await stack.enter_async_context(provider_at(tmp_path, template=template, **settings))

        yield make


@pytest.fixture
async def there() -> AsyncIterator[Site]:
    async with site() as found:
        yield found


async def register(op: TestProvider, token: str | None = None, **document: Any) -> httpx2.Response:
    headers = {"authorization": f"Bearer {token}"} if token else {}
    async with op.browser() as app:
        return await app.post(REGISTER, json={"redirect_uris": [CALLBACK], **document}, headers=headers)


async def manage(
    op: TestProvider, told: dict[str, Any], method: str = "GET", token: str | None = None, **document: Any
) -> httpx2.Response:
    """With the client's own token unless another is given."""
    headers = {"authorization": f"Bearer {token or told['registration_access_token']}"}
    async with op.browser() as app:
        path = told["registration_client_uri"].removeprefix(ISSUER)
        return await app.request(method, path, headers=headers, json=document or None)


async def new_token(op: TestProvider, **more: Any) -> str:
    assert op.provider.openid is not None
    usual: dict[str, Any] = {"note": "", "uses": None, "life": timedelta(hours=1)}
    token, _ = await op.provider.openid.administer_initial_tokens.create(**usual | more)
    return token
