"""Whatever a client sends to the OpenID Provider or a page, it is never our fault (rows 93, 99, 103, 115, 121)."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from idp.core.client import ClientTerms
from idp.testing.provider import TestProvider, provider_at
from idp.web.openapi import OPERATIONS
from tests.oidc.asking import Person, add_client
from tests.oidc.redeeming import KEYS, App, jwks
from tests.security.acts import ENGLISH
from tests.security.hostile import CLAIMS, EVIL, Change, changes, judge, with_each_field
from tests.security.orderly import ASSERTION, Held, Request, requests, signed

BOUNDED = settings(
    max_examples=100,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
GRANTS = ("authorization_code", "refresh_token", "client_credentials")
URN = "urn:ietf:params:oauth:grant-type:"
OPEN: dict[str, Any] = {
    "throttle": {"sources": "1000000/1m", "requests": "1000000/1m"},
    "lockout": {"failed_attempts": 100},
    "oidc": {
        "registration": "open",
        "certificate_header": "Client-Cert",
        "encrypted_requests": True,
        "token_exchange": True,
    },
    "server": {"trusted_proxies": ["127.0.0.1"]},
}


OF_NOBODY = ("/assets/", "/second-factor/", "remove")
TAKES_NOTHING = (
    "/.well-known/o",
    "/.well-known/j",
    "/health",
    "/openapi.json",
    "/oauth2/check",
    "/oauth2/form_post.js",
)


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """A provider and what may be asked of it, with nothing to print when an example fails."""

    idp: TestProvider
    requests: Mapping[str, Request]


async def hold(idp: TestProvider) -> Held:
    """Somebody signed in, an app has tokens about them, and a client registered itself."""
    async with idp.browser() as browser:
        jane = Person(idp, browser)
        await jane.sign_in(await idp.add_account("jane@example.com"))
        page = (await jane.ask(client_id="asks")).page
        assert page is not None
        code = (await jane.ask(scope="openid features")).code
        tokens = (await App(idp, browser, method="client_secret_post").redeem(code)).body
        registered = (await browser.post("/oauth2/register", json={"redirect_uris": ["https://a.example/"]})).json()
        digester, digest = idp.provider.verbs.world.digester, jane.digest.hex()
        return Held(
            cookie="; ".join(f"{name}={value}" for name, value in browser.cookies.items()),
            csrf=lambda path: digester.digest("csrf", digest, path).hex(),
            interaction=page[1],
            access_token=tokens["access_token"],
            registered=registered,
        )


async def send(idp: TestProvider, request: Request) -> httpx2.Response:
    assertion = signed({"alg": "ES256"}, {**CLAIMS, "jti": idp.provider.ambient.entropy.id()})
    form = [(name, assertion if value == ASSERTION else value) for name, value in request.form]
    request = replace(request, form=form)
    async with idp.browser() as browser:
        return await browser.request(request.method, request.url, content=request.body, headers=request.fields)


@pytest.fixture(scope="module")
async def target(
    anyio_backend: str, database_url: str, template: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Target]:
    folder = tmp_path_factory.mktemp("target")
    async with provider_at(folder, template=template, database_url=database_url, messages=ENGLISH, **OPEN) as idp:
        usual: dict[str, Any] = {"grant_types": (*GRANTS, *(URN + name for name in ("device_code", "jwt-bearer")))}
        await add_client(idp, token_endpoint_auth_method="client_secret_post", **usual)
        await add_client(idp, "keyed", token_endpoint_auth_method="private_key_jwt", jwks=jwks(KEYS["ES256"]), **usual)
        await add_client(idp, "asks", terms=ClientTerms(skip_consent=False))
        yield Target(idp, requests(await hold(idp)))


@BOUNDED
@given(number=st.integers(0, 10_000), made=st.lists(changes, min_size=1, max_size=3))
async def test_no_request_of_a_client_is_an_error_of_ours(target: Target, number: int, made: list[Change]) -> None:
    names = sorted(target.requests)
    request = target.requests[names[number % len(names)]]
    for change in made:
        request = change.of(request)

    judge(await send(target.idp, request), request)


@pytest.mark.parametrize("value", EVIL.values(), ids=EVIL)
async def test_no_field_of_a_request_is_an_error_of_ours(target: Target, value: str) -> None:
    for request in target.requests.values():
        for changed in with_each_field(request, value):
            judge(await send(target.idp, changed), changed)


async def test_before_they_are_changed_they_are_in_order(target: Target) -> None:
    """Else to change them would show nothing. 400: it names a code or a token that is not there."""
    told = {name: (await send(target.idp, request)).status_code for name, request in target.requests.items()}

    refused = {name for name, status in told.items() if status not in {200, 201, 303, 400}}
    assert {name for name in refused if not name.startswith(OF_NOBODY)} == set()


async def test_there_is_one_for_every_route(target: Target) -> None:
    """But for what takes nothing, and for the operations that `test_fuzz` knows."""
    application: Any = target.idp.provider.application
    await application.complete()
    routes = application.serve.app.app.app.routes().values()

    asked = {(one.method, path) for one in target.requests.values() for path in (one.path, _parent(one.path))}

    wanted = {_route(one) for one in routes if not one.path.startswith(TAKES_NOTHING)} - {
        _route(one) for one in OPERATIONS
    }
    assert {one for one in wanted - asked if one[0] in {"GET", "POST"}} == {("GET", "/"), ("GET", "/oauth2/par")}


def _route(one: Any) -> tuple[str, str]:
    return one.method, _parent(one.path) if one.path.endswith("}") else one.path


def _parent(path: str) -> str:
    return path.rpartition("/")[0]
