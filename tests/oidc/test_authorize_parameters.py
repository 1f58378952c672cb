"""Each parameter of an authorization request (OIDC Core §3.1.2.1, RFC 6749 §4.1.1, RFC 7636, RFC 8707, RFC 9449)."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from idp.core.client import Client, ClientTerms, Profile, ResourceServer
from idp.testing.provider import ISSUER, TestProvider, provider_at
from tests.oidc.asking import CALLBACK, Person, add_client, bought, change_client

API = "https://api.example.com"
WITHOUT_PKCE: Mapping[str, str | None] = {"code_challenge": None, "code_challenge_method": None}


async def add_resource(op: TestProvider, identifier: str = API, *scopes: str) -> None:
    server = ResourceServer(identifier=identifier, scopes=scopes, created_at=op.clock.now())
    await op.provider.store.transact(lambda work: work.oauth.resources.put(server))


@pytest.mark.parametrize(
    "sent",
    [
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
        {"code_challenge_method": "s256"},
        {"code_challenge": None},
        {"code_challenge": "too-short"},
        {"code_challenge": "x" * 44},
        {"code_challenge": "+" * 43},
        {"dpop_jkt": "no thumbprint"},
        {"prompt": "none login"},
        {"prompt": "none consent"},
        {"prompt": "perhaps"},
        {"max_age": "-1"},
        {"max_age": "soon"},
        {"max_age": "1.5"},
        {"max_age": "٣"},
        {"id_token_hint": "no.token.ofours"},
        {"claims": "{"},
        {"claims": "[]"},
        {"claims": '"userinfo"'},
        {"claims": '{"userinfo": []}'},
        {"claims": '{"userinfo": {"name": "essential"}}'},
        {"claims": '{"userinfo": {"name": {"essential": "yes"}}}'},
        {"claims": '{"userinfo": {"name": {"values": "x"}}}'},
        {"claims": '{"userinfo": {"name": {"value": {"deep": 1}}}}'},
        {"claims": '{"userinfo": {"name": {"value": "\\u0000"}}}'},
        {"claims": '{"userinfo": {"name": {"value": "\\ud800"}}}'},
        {"claims": '{"userinfo": {"name": {"value": 1e999}}}'},
        {"claims": '{"userinfo": {"name": {"value": NaN}}}'},
        {"claims": '{"userinfo": {}, "userinfo": {"name": null}}'},
        {"claims": json.dumps({"userinfo": {f"c{n}": None for n in range(65)}})},
        {"claims": '{"userinfo": {"": null}}'},
        {"claims": "[" * 16000},
        {"claims": '{"userinfo": ' + '{"a":' * 3000 + "1" + "}" * 3001},
        {"nonce": "n" * 9000},
        {"nonce": "a\x00b"},
        {"login_hint": "x" * 2049},
        {"acr_values": "a\nb"},
        {"request": "a.b.c", "request_uri": f"{CALLBACK}/r.jwt"},
    ],
)
async def test_what_is_malformed_is_told_the_client(jane: Person, app: Client, sent: dict[str, str | None]) -> None:
    answer = await jane.ask(**sent)

    assert answer.location.startswith(f"{CALLBACK}?")
    assert answer.error == "invalid_request"
    assert answer.told["state"] == "af0ifjsldkj"


@pytest.mark.parametrize("name", ["scope", "nonce", "response_type", "code_challenge", "prompt", "claims", "max_age"])
async def test_a_parameter_that_comes_twice_is_told_the_client(jane: Person, app: Client, name: str) -> None:
    """RFC 6749 §3.1; row 99."""
    answer = await jane.ask(f"&{name}=x", **{name: "x"})

    assert answer.location.startswith(f"{CALLBACK}?error=invalid_request")


async def test_a_state_that_comes_twice_is_not_echoed(jane: Person, app: Client) -> None:
    answer = await jane.ask("&state=other")

    assert answer.told.keys() == {"error", "error_description", "iss"}


@pytest.mark.parametrize(
    "sent",
    [
        {"unheard_of": "x"},
        {"display": "hologram"},
        {"ui_locales": "es-MX en not_a_tag"},
        {"claims_locales": "de"},
        {"login_hint": "jane@example.com"},
        {"acr_values": "urn:somebody:elses:class"},
        {"nonce": ""},
        {"claims": '{"userinfo": {"name": {"essential": true, "purpose": "why not"}}, "elsewhere": 5}'},
        {"claims": '{\n  "userinfo": {\n\t"name": null }\r\n}'},
        {"claims": '{"userinfo": null}'},
        {"max_age": "10000"},
    ],
)
async def test_what_is_a_mere_wish_or_unknown_does_no_harm(
    jane: Person, app: Client, sent: dict[str, str | None]
) -> None:
    assert (await jane.ask(**sent)).code


async def test_an_unknown_parameter_may_come_twice(jane: Person, app: Client) -> None:
    assert (await jane.ask("&utm=a&utm=b")).code


async def test_the_order_of_scopes_and_parameters_is_free(jane: Person, app: Client) -> None:
    assert (await jane.ask(scope="email  openid openid")).code


# PKCE (RFC 7636)


async def test_a_confidential_client_may_do_without_pkce(jane: Person, app: Client) -> None:
    """The Basic plan of the OpenID Foundation sends none."""
    assert (await jane.ask(**WITHOUT_PKCE)).code


@pytest.mark.parametrize(
    ("metadata", "terms"),
    [
        ({"token_endpoint_auth_method": "none"}, ClientTerms(skip_consent=True)),
        ({"require_pkce": True}, ClientTerms(skip_consent=True)),
        ({}, ClientTerms(skip_consent=True, profile=Profile.OAUTH21)),
        ({}, ClientTerms(skip_consent=True, profile=Profile.MCP)),
    ],
)
async def test_pkce_is_demanded(op: TestProvider, jane: Person, metadata: dict[str, Any], terms: ClientTerms) -> None:
    """Row 96, RFC 9700 §2.1.1; authentik CVE-2023-48228."""
    await add_client(op, terms=terms, **metadata)

    assert (await jane.ask(**WITHOUT_PKCE)).error == "invalid_request"
    assert (await jane.ask()).code


async def test_an_operator_demands_pkce_of_every_client(anyio_backend: str, tmp_path: Path, template: Path) -> None:
    """ASVS 10.4.6."""
    async with provider_at(tmp_path, template=template, oidc={"require_pkce": True}) as strict, strict.browser() as at:
        await add_client(strict)
        person = Person(strict, at)
        await person.sign_in(await strict.add_account("jane@example.com"))

        assert (await person.ask(**WITHOUT_PKCE)).error == "invalid_request"
        assert (await person.ask()).code


# scope (RFC 6749 §3.3)


async def test_unknown_scopes_are_ignored(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §3.1.2.1."""
    _, grant = await bought(op, (await jane.ask(scope="openid unheard-of email")).code)

    assert grant.scope == ("openid", "email")


@pytest.mark.parametrize("scope", ["unheard-of", 'a"b', "back\\slash", "ñ"])
async def test_a_scope_of_which_nothing_is_left_is_invalid(jane: Person, app: Client, scope: str) -> None:
    assert (await jane.ask(scope=scope)).error == "invalid_scope"


async def test_a_client_asks_for_no_more_than_it_registered(op: TestProvider, jane: Person) -> None:
    """Row 97; authentik CVE-2024-52287."""
    await add_client(op, scope=("openid", "profile"))

    assert (await jane.ask(scope="openid email")).error == "invalid_scope"
    assert (await jane.ask(scope="openid profile")).code


async def test_without_a_scope_the_registered_one_is_meant(op: TestProvider, jane: Person) -> None:
    await add_client(op, scope=("profile", "email"))

    _, grant = await bought(op, (await jane.ask(scope=None)).code)

    assert grant.scope == ("profile", "email")


async def test_without_any_scope_there_is_none(op: TestProvider, jane: Person, app: Client) -> None:
    _, grant = await bought(op, (await jane.ask(scope=None)).code)

    assert grant.scope == ()


async def test_offline_access_is_for_clients_that_can_refresh(op: TestProvider, jane: Person) -> None:
    """OIDC Core §11: else it is ignored."""
    await add_client(op, "fresh", grant_types=("authorization_code", "refresh_token"))
    await add_client(op, "stale", grant_types=("authorization_code",))
    await add_client(op, "shy", scope=("openid",))

    scopes = {
        name: (await bought(op, (await jane.ask(client_id=name, scope="openid offline_access")).code))[1].scope
        for name in ("fresh", "stale", "shy")
    }

    assert scopes == {"fresh": ("openid", "offline_access"), "stale": ("openid",), "shy": ("openid",)}


# resource (RFC 8707)


async def test_a_token_can_be_asked_for_a_known_resource(op: TestProvider, jane: Person, app: Client) -> None:
    await add_resource(op, API, "orders:read")

    answer = await jane.ask(scope="openid orders:read", resource=API)

    _, grant = await bought(op, answer.code)
    assert (grant.resources, grant.scope) == ((API,), ("openid", "orders:read"))


async def test_several_resources_may_be_named(op: TestProvider, jane: Person, app: Client) -> None:
    """§2: `resource` alone may repeat. We are one ourselves."""
    await add_resource(op)

    _, grant = await bought(op, (await jane.ask(f"&resource={ISSUER}", resource=API)).code)

    assert grant.resources == (API, ISSUER)


@pytest.mark.parametrize(
    "resource",
    ["https://unknown.example.com", f"{API}#fragment", f"{API}/", "/relative", "api", "https://API.example.com"],
)
async def test_an_unknown_resource_is_an_invalid_target(
    op: TestProvider, jane: Person, app: Client, resource: str
) -> None:
    await add_resource(op)

    assert (await jane.ask(resource=resource)).error == "invalid_target"


async def test_a_client_reaches_the_resources_of_its_terms(op: TestProvider, jane: Person, app: Client) -> None:
    await add_resource(op, API, "orders:read")
    await add_resource(op, "https://other.example.com", "other:read")
    await change_client(op, replace(app, terms=ClientTerms(skip_consent=True, resources=(API,))))

    assert (await jane.ask(resource=API)).code
    assert (await jane.ask(resource="https://other.example.com")).error == "invalid_target"
    assert (await jane.ask(scope="other:read")).error == "invalid_scope"


async def test_too_many_resources_are_refused(op: TestProvider, jane: Person, app: Client) -> None:
    more = "".join(f"&resource=https://{n}.example.com" for n in range(9))

    assert (await jane.ask(more)).error == "invalid_request"


# claims (OIDC Core §5.5)


async def test_claims_reach_the_grant(op: TestProvider, jane: Person, app: Client) -> None:
    claims = {"userinfo": {"name": {"essential": True}}, "id_token": {"auth_time": None}}

    _, grant = await bought(op, (await jane.ask(claims=json.dumps(claims))).code)

    assert grant.claims == claims
