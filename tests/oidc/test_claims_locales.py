"""Claims in several languages, which plugins bring: ours have none (OIDC Core §5.2)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from idp.testing.provider import TestProvider, provider_at
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import App
from tests.plugins.packages import Site, site

__all__ = ["site"]

SOURCE = """
    from idp.sdk import ClaimsSource, PluginSettings

    class Titles(ClaimsSource[PluginSettings]):
        "What people do, and how they are written elsewhere."

        async def claims(self, account, *, scope, client_id):
            return {
                "title": "Doctor",
                "title#es": "Doctora",
                "title#fr-CA": "Docteure",
                "motto#de": "Immer mit der Ruhe",
                "name#ja-Kana-JP": "ジェーン",
                "sub#es": "somebody",
                "email#es": "otra@example.com",
                "roles#es": ["jefa"],
                "iss#es": "https://elsewhere.example",
            }
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    jane: Person
    app: App

    async def told(self, scope: str = "openid", **asked: str) -> dict[str, Any]:
        """At userinfo."""
        told = await self.app.redeem((await self.jane.ask(scope=scope, **asked)).code)
        found: dict[str, Any] = (await self.app.userinfo(told.access_token)).json()
        return {name: value for name, value in found.items() if name != "sub"}


@pytest.fixture
async def scene(anyio_backend: str, tmp_path: Path, template: Path, site: Site) -> AsyncIterator[Scene]:
    site.install("titles", SOURCE, plugins={"titles": "titles:Titles"})
    folder = tmp_path / "provider"
    keys = {"master_key_file": folder / "master.key"}
    async with (
        provider_at(folder, template=template, keys=keys, plugins={"titles": {}}) as op,
        op.browser() as browser,
    ):
        yield await opened(op, Person(op, browser))


async def opened(op: TestProvider, jane: Person) -> Scene:
    await jane.sign_in(await op.add_account("jane@example.com"))
    await add_client(op)
    return Scene(jane=jane, app=App(op, jane.browser))


async def test_without_a_wish_they_come_as_they_are(scene: Scene) -> None:
    assert await scene.told() == {
        "title": "Doctor",
        "title#es": "Doctora",
        "title#fr-CA": "Docteure",
        "motto#de": "Immer mit der Ruhe",
    }


@pytest.mark.parametrize(
    ("wish", "title"),
    [("es", "Doctora"), ("ES", "Doctora"), ("es-MX", "Doctora"), ("fr", "Docteure"), ("nl fr-ca es", "Docteure")],
)
async def test_with_a_wish_each_comes_once_and_without_a_tag(scene: Scene, wish: str, title: str) -> None:
    """§5.2, §3.1.2.1: by preference. What nobody said in that language stays as it is."""
    assert await scene.told(claims_locales=wish) == {"title": title, "motto#de": "Immer mit der Ruhe"}


@pytest.mark.parametrize("wish", ["nl", "", "not!a!language", "e"])
async def test_a_wish_that_nobody_can_meet_changes_nothing(scene: Scene, wish: str) -> None:
    assert await scene.told(claims_locales=wish) == await scene.told()


async def test_a_name_is_told_as_it_is_written_elsewhere(scene: Scene) -> None:
    """§5.2: a name in another script, where the name is wanted."""
    plain = await scene.told("openid profile")
    written = await scene.told("openid profile", claims_locales="ja")
    one = await scene.told(claims='{"userinfo":{"name#ja-Kana-JP":null}}', claims_locales="ja-Kana-JP")

    assert (plain["name"], plain["name#ja-Kana-JP"]) == ("Jane Doe", "ジェーン")
    assert (written["name"], one["name"]) == ("ジェーン", "ジェーン")
    assert "name#ja-Kana-JP" not in written


async def test_no_tag_lets_a_plugin_say_what_is_ours(scene: Scene) -> None:
    """Row 77 and the SDK's word: neither the protocol's claims nor those of our scopes, in no language."""
    told = await scene.told("openid email roles", claims_locales="es")

    assert told["email"] == "jane@example.com"
    assert {"roles", "roles#es", "email#es", "sub#es", "iss#es", "iss"}.isdisjoint(told)


async def test_id_tokens_speak_it_too(scene: Scene) -> None:
    told = await scene.app.redeem((await scene.jane.ask(claims_locales="es")).code)

    assert told.id_claims["title"] == "Doctora"
    assert "title#es" not in told.id_claims
    assert told.id_claims["iss"] != "https://elsewhere.example"
