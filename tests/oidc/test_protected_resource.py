"""Our own API as a protected resource: challenges say where it is described (RFC 9728 §3.3, §5.1)."""

from urllib.parse import urlsplit

import pytest

from idp.testing.provider import ISSUER
from tests.oidc.asking import Person
from tests.oidc.redeeming import USERINFO, App

FLAGS = "/ofrep/v1/evaluate/flags"


@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_is_turned_away_by_userinfo_is_told_where_it_is_described(client: App, method: str) -> None:
    """RFC 9728 §5.1, §3.3: the document is about the very address that was asked. In each scheme's challenge."""
    challenge = (await client.browser.request(method, USERINFO)).headers["www-authenticate"]

    address = f"{ISSUER}/.well-known/oauth-protected-resource{USERINFO}"
    bearer, dpop = challenge.split(", DPoP ")
    assert bearer.endswith(f'resource_metadata="{address}"')
    assert dpop.endswith(f'resource_metadata="{address}"')
    told = (await client.browser.get(urlsplit(address).path)).json()
    assert (told["resource"], told["authorization_servers"]) == (ISSUER + USERINFO, [ISSUER])


@pytest.mark.parametrize(("scheme", "token"), [("Bearer", "a.b.c"), ("DPoP", "a.b.c")])
async def test_so_is_who_comes_with_a_bad_token(client: App, scheme: str, token: str) -> None:
    challenge = (await client.userinfo(token, scheme)).headers["www-authenticate"]

    assert challenge.startswith(f'{scheme} error="invalid_token"')
    assert challenge.count("resource_metadata=") == 1


@pytest.mark.parametrize("path", [FLAGS, f"{FLAGS}/mfa"])
async def test_so_is_who_is_turned_away_by_feature_values(client: App, path: str) -> None:
    challenge = (await client.browser.post(path, json={})).headers["www-authenticate"]

    assert f'resource_metadata="{ISSUER}/.well-known/oauth-protected-resource{FLAGS}"' in challenge
    told = (await client.browser.get(f"/.well-known/oauth-protected-resource{FLAGS}")).json()
    assert (told["resource"], told["bearer_methods_supported"]) == (ISSUER + FLAGS, ["header"])


async def test_a_good_token_meets_no_challenge(jane: Person, client: App) -> None:
    told = await client.redeem((await jane.ask()).code)

    assert "www-authenticate" not in (await client.userinfo(told.access_token)).headers


@pytest.mark.parametrize("part", ["", USERINFO, FLAGS])
async def test_a_token_for_what_is_described_opens_it(jane: Person, client: App, part: str) -> None:
    """RFC 8707 §2: the client names as `resource` what the document names."""
    code = (await jane.ask(scope="openid features", resource=ISSUER + part)).code

    told = await client.redeem(code, resource=ISSUER + part)

    assert told.claims["aud"] == ISSUER + USERINFO
    assert (await client.userinfo(told.access_token)).status_code == 200
    held = {"authorization": f"Bearer {told.access_token}"}
    assert (await client.browser.post(FLAGS, json={}, headers=held)).status_code == 200


@pytest.mark.parametrize("other", ["/", "/oauth2", "/oauth2/token", ".attacker.example/oauth2/userinfo"])
async def test_nothing_else_of_ours_is_a_resource(jane: Person, client: App, other: str) -> None:
    assert (await jane.ask(resource=ISSUER + other)).error == "invalid_target"
