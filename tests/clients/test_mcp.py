"""The MCP SDK's own server and client, under the profile `mcp`; a client that nobody has met registers by itself.

MCP knows neither userinfo nor logout: its tokens are for the MCP server alone, and end when the person signs out here.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jwt as pyjwt
import pytest

from tests.clients import node
from tests.clients.person import Person
from tests.running import Server, free_port, running

REDIRECT = "http://localhost:9/callback"
SCOPE = "tools:use"


@pytest.fixture(scope="module")
def open_idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    """Where everybody may register."""
    environment = {"IDP_OIDC__PROFILE": "mcp", "IDP_OIDC__REGISTRATION": "open"}
    with running(tmp_path_factory.mktemp("mcp"), prepared=prepared, environment=environment) as server:
        yield server


@pytest.fixture(scope="module")
def resource(open_idp: Server) -> str:
    """The MCP server's address."""
    address = f"http://localhost:{free_port()}/mcp"
    open_idp.idp("resource", "create", "--identifier", address, "--scope", SCOPE, "--name", "Rooms")
    return address


@pytest.fixture(scope="module")
def seen(open_idp: Server, resource: str) -> Mapping[str, Any]:
    with Person(open_idp) as person:
        told = {"issuer": open_idp.url, "resource": resource, "scopes": [SCOPE], "redirectUri": REDIRECT}
        return {**node.run("mcp.mjs", told, person.visit), "pages": person.pages}


def test_the_client_registers_by_itself(seen: Mapping[str, Any]) -> None:
    assert seen["is_sent_away_first"]
    assert seen["client"]["client_id"] == seen["asked"]["client_id"]
    assert seen["client"]["redirect_uris"] == [REDIRECT]


def test_it_asks_with_pkce_for_the_server_that_it_means(seen: Mapping[str, Any], resource: str) -> None:
    assert seen["asked"]["code_challenge_method"] == "S256"
    assert seen["asked"]["resource"] == resource


def test_the_answer_tells_who_answers(seen: Mapping[str, Any], open_idp: Server) -> None:
    """RFC 9207."""
    assert seen["answered"]["iss"] == open_idp.url
    assert seen["answered"]["state"] == seen["asked"]["state"]
    assert seen["pages"][:2] == ["login-form", "consent-form"]


def test_the_token_is_for_that_server_alone(seen: Mapping[str, Any], resource: str) -> None:
    claims = pyjwt.decode(seen["token"], options={"verify_signature": False})

    assert claims["aud"] == resource
    assert claims["sub"] == seen["sub"]
    assert seen["userinfo_status"] in {401, 403}


def test_a_token_that_the_server_no_longer_takes_is_refreshed(seen: Mapping[str, Any]) -> None:
    assert seen["sub_after_refresh"] == seen["sub"]
    assert seen["is_new_access_token"]
    assert seen["is_new_refresh_token"]


def test_after_a_sign_out_the_client_has_to_ask_again(seen: Mapping[str, Any]) -> None:
    assert seen["is_sent_away_after_logout"]
