"""Grant types of plugins (RFC 6749 §4.5): the plugin decides, and we look at what it decided."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.core.account import Account
from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import add_client
from tests.oidc.redeeming import App
from tests.plugins.packages import Site, site

__all__ = ["site"]

GRANT = "https://grants.example.com/voucher"
SOURCE = """
    from idp.sdk import GrantDecision, PluginSettings, TokenGrant

    class Voucher(TokenGrant[PluginSettings]):
        "Vouchers that name an account, and what they are good for."
        grant_type = "https://grants.example.com/voucher"
        parameters = ("voucher",)

        async def decide(self, client_id, parameters, *, scope):
            match parameters.get("voucher", "").split("|"):
                case ["raise"]:
                    raise RuntimeError
                case ["nonsense"]:
                    return "yes"
                case ["seen"]:
                    return GrantDecision(account_id=None, scope=tuple(sorted(parameters)))
                case [account, *granted]:
                    if not account:
                        return None
                    return GrantDecision(
                        account_id=None if account == "itself" else account, scope=tuple(granted)
                    )
"""


class Scene:
    def __init__(self, op: TestProvider, app: App, account: Account) -> None:
        self.op, self.app, self.account = op, app, account

    async def ask(self, voucher: str | None, **form: str) -> Mapping[str, Any]:
        told = await self.app.ask(GRANT, voucher=voucher, **form)
        return {**told.body, "claims": told.claims} if told.status == 200 else told.body


@asynccontextmanager
async def opened(folder: Path, template: Path, site: Site, **metadata: Any) -> AsyncIterator[Scene]:
    site.install("vouchers", SOURCE, plugins={"voucher": "vouchers:Voucher"})
    usual: dict[str, Any] = {"grant_types": (GRANT,), "redirect_uris": (), "scope": ("email", "voucher")}
    folder = folder / "provider"
    keys = {"master_key_file": folder / "master.key"}
    async with (
        provider_at(folder, template=template, keys=keys, plugins={"voucher": {}}) as op,
        op.browser() as browser,
    ):
        await add_client(op, "app", **{**usual, **metadata})
        yield Scene(op, App(op, browser), await op.add_account("jane@example.com"))


@pytest.fixture
async def scene(anyio_backend: str, tmp_path: Path, template: Path, site: Site) -> AsyncIterator[Scene]:
    async with opened(tmp_path, template, site) as found:
        yield found


async def test_a_plugin_grants_a_token_about_somebody(scene: Scene) -> None:
    told = await scene.ask(f"{scene.account.id}|email")

    assert (told["claims"]["sub"], told["claims"]["scope"]) == (scene.account.id, "email")
    assert "gid" in told["claims"]
    assert {"refresh_token", "id_token"}.isdisjoint(told)


async def test_a_plugin_grants_a_token_to_the_client_itself(scene: Scene) -> None:
    assert (await scene.ask("itself|voucher"))["claims"]["sub"] == "app"


async def test_what_a_plugin_does_not_grant_is_refused(scene: Scene) -> None:
    assert (await scene.ask(""))["error"] == "invalid_grant"
    assert (await scene.ask(None))["error"] == "invalid_grant"


async def test_a_plugin_cannot_grant_more_than_the_client_may_have_or_asked_for(scene: Scene) -> None:
    """Row 130."""
    assert (await scene.ask(f"{scene.account.id}|profile"))["error"] == "invalid_scope"
    assert (await scene.ask(f"{scene.account.id}|email", scope="voucher"))["error"] == "invalid_scope"


async def test_a_plugin_cannot_speak_for_who_could_not_sign_in(scene: Scene) -> None:
    disabled = replace(scene.account, disabled_at=scene.op.clock.now())
    await scene.op.provider.store.transact(lambda work: work.accounts.update(disabled))

    assert (await scene.ask(f"{scene.account.id}|email"))["error"] == "invalid_grant"
    assert (await scene.ask("nobody|email"))["error"] == "invalid_grant"


async def test_a_plugin_sees_what_it_declared_and_no_secret(scene: Scene) -> None:
    """Row 130: not the client's secret, not the assertion, not a code."""
    scene.app.method = "client_secret_post"
    page = await scene.op.provider.store.read(lambda work: work.oauth.clients.page(after=None, limit=10))
    known = page[0]
    posting = replace(known.metadata, token_endpoint_auth_method="client_secret_post", scope=())
    await scene.op.provider.store.transact(lambda work: work.oauth.clients.update(replace(known, metadata=posting)))

    assert (await scene.ask("seen", code="a", password="b"))["scope"] == "voucher"


@pytest.mark.parametrize("voucher", ["raise", "nonsense"])
async def test_a_plugin_that_fails_grants_nothing(scene: Scene, voucher: str) -> None:
    """Rows 127, 129. It is no mistake of the client's, and none of ours."""
    told = await scene.app.ask(GRANT, voucher=voucher)

    assert (told.status, told.error) == (503, "temporarily_unavailable")
    assert "access_token" not in told.response.text


async def test_a_public_client_gets_none_for_itself(
    anyio_backend: str, tmp_path: Path, template: Path, site: Site
) -> None:
    async with opened(tmp_path, template, site, token_endpoint_auth_method="none") as scene:
        scene.app.method = "none"

        assert (await scene.ask("itself|voucher"))["error"] == "unauthorized_client"
