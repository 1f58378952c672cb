"""Dynamic registration (RFC 7591, OIDC Registration)."""

import asyncio
import json
import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from idp.core.client import ClientMetadata, Origin
from idp.core.ids import ClientId
from idp.testing.provider import ISSUER, provider_at
from tests.oidc.asking import CALLBACK
from tests.oidc.registering import KEYS, REGISTER, Open, manage, new_token, open_op, register, there
from tests.oidc.site import Page, Site

__all__ = ["open_op", "there"]


async def test_a_client_registers_and_is_told_all_it_needs_once(open_op: Open) -> None:
    """RFC 7591 §3.2.1, OIDC Registration §3.2, RFC 7592 §3."""
    op = await open_op()

    answer = await register(op, client_name="My app")
    told = answer.json()

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert told["registration_client_uri"] == f"{ISSUER}{REGISTER}/{told['client_id']}"
    assert (told["client_secret_expires_at"], told["client_id_issued_at"]) == (0, int(op.clock.now().timestamp()))
    assert len(told["client_secret"]) == len(told["registration_access_token"]) == 43
    assert (told["client_name"], told["token_endpoint_auth_method"]) == ("My app", "client_secret_basic")


async def test_what_is_wrong_is_told_in_characters_that_every_client_reads(open_op: Open) -> None:
    """RFC 7591 §3.2.2 has ASCII, RFC 6749 §5.2 neither quotes nor backslashes."""
    nonsense: dict[str, Any] = {field.name: 1 for field in fields(ClientMetadata)}
    op = await open_op()

    told = [(await register(op, **wrong)).json() for wrong in (nonsense, {"redirect_uris": ["https://a.example/#b"]})]

    assert "client_name: is not a text." in told[0]["error_description"]
    assert "section 3.1.2" in told[1]["error_description"]
    assert all(re.fullmatch(r"[\x20\x21\x23-\x5B\x5D-\x7E]+", one["error_description"]) for one in told)


async def test_what_the_database_holds_signs_nobody_in(open_op: Open) -> None:
    op = await open_op()
    told = (await register(op)).json()

    held = await op.provider.store.read(lambda work: work.oauth.clients.by_id(ClientId(told["client_id"])))

    assert held is not None
    assert held.origin is Origin.REGISTRATION
    assert not held.terms.skip_consent
    assert told["client_secret"] not in repr(held)
    assert told["registration_access_token"] not in repr(held)


async def test_a_public_client_gets_no_secret(open_op: Open) -> None:
    told = (await register(await open_op(), token_endpoint_auth_method="none")).json()

    assert "client_secret" not in told
    assert "client_secret_expires_at" not in told


async def test_initiate_login_uri_is_kept_and_told(open_op: Open) -> None:
    """The modules oidcc-3rd_party-init-login and -nohttps."""
    op = await open_op()
    told = (await register(op, initiate_login_uri="https://app.example.com/login")).json()

    assert (await manage(op, told)).json()["initiate_login_uri"] == "https://app.example.com/login"
    assert (await register(op, initiate_login_uri="http://app.example.com/login")).status_code == 400


@pytest.mark.parametrize(
    ("document", "error"),
    [
        ({"redirect_uris": [CALLBACK + "#x"]}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["javascript:alert(1)"]}, "invalid_redirect_uri"),
        ({"jwks_uri": "http://app.example.com/jwks"}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"grant_types": ["password"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"], "response_types": []}, "invalid_client_metadata"),
        ({"grant_types": ["authorization_code", "urn:example:grant"]}, "invalid_client_metadata"),
        ({"software_statement": "a.b.c"}, "invalid_software_statement"),
    ],
)
async def test_what_is_refused_is_refused_in_the_specifications_words(
    open_op: Open, document: dict[str, Any], error: str
) -> None:
    """RFC 7591 §3.2.2."""
    answer = await register(await open_op(), **document)

    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]


@pytest.mark.parametrize(
    ("body", "media_type"),
    [
        (b"redirect_uris=x", "application/x-www-form-urlencoded"),
        (b"[]", "application/json"),
        (b"{", "application/json"),
        (b'{"a": 1, "a": 2}', "application/json"),
        (b"[" * 5000, "application/json"),
        (b"", "application/json"),
    ],
)
async def test_the_body_is_one_json_object(open_op: Open, body: bytes, media_type: str) -> None:
    """Rows 114, 120 and 121."""
    op = await open_op()
    async with op.browser() as app:
        answer = await app.post(REGISTER, content=body, headers={"content-type": media_type})

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")


async def test_a_closed_registration_is_not_there(open_op: Open) -> None:
    op = await open_op("closed")

    assert (await register(op)).status_code in {404, 405}


async def test_a_token_lets_its_holder_register_as_often_as_it_says(open_op: Open) -> None:
    """RFC 7591 §3."""
    op = await open_op("token")
    token = await new_token(op, uses=2)

    statuses = [(await register(op, given)).status_code for given in (None, "wrong", token, token, token)]

    assert statuses == [401, 401, 201, 201, 401]


async def test_a_refused_registration_uses_nothing_up(open_op: Open) -> None:
    op = await open_op("token")
    token = await new_token(op, uses=1)

    assert (await register(op, token, redirect_uris=[])).status_code == 400
    assert (await register(op, token)).status_code == 201


async def test_a_token_ends(open_op: Open) -> None:
    op = await open_op("token")
    token = await new_token(op, life=timedelta(hours=1))

    op.clock.advance(timedelta(hours=1))
    answer = await register(op, token)

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_one_use_is_one_use_however_many_ask_at_once(open_op: Open) -> None:
    """Row 46."""
    op = await open_op("token")
    token = await new_token(op, uses=1)

    answers = await asyncio.gather(*(register(op, token) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [201, *[401] * 7]


async def test_an_unknown_token_makes_us_fetch_nothing(open_op: Open, there: Site) -> None:
    """Row 102: not for strangers."""
    op = await open_op("token")

    answer = await register(op, "wrong", subject_type="pairwise", sector_identifier_uri=there.url("/sector"))

    assert answer.status_code == 401
    assert there.asked == []


async def test_registrations_of_one_source_are_budgeted(anyio_backend: str, tmp_path: Path, template: Path) -> None:
    """Each makes a row, and may make us fetch."""
    settings: dict[str, Any] = {"oidc": {"registration": "open"}, "throttle": {"sources": "3/10m"}}
    async with provider_at(tmp_path, template=template, **settings) as op:
        statuses = [(await register(op)).status_code for _ in range(4)]
        async with op.browser("198.51.100.9") as elsewhere:
            other = await elsewhere.post(REGISTER, json={"redirect_uris": [CALLBACK]})

    assert statuses == [201, 201, 201, 429]
    assert other.status_code == 201


async def test_a_sector_list_must_hold_every_redirect_uri(open_op: Open, there: Site) -> None:
    """OIDC Registration §5; the modules oidcc-registration-sector-uri and -sector-bad."""
    op = await open_op()
    pairwise: dict[str, Any] = {"subject_type": "pairwise", "redirect_uris": [CALLBACK, "https://other.example.com/"]}
    pages = {
        "/good": Page(json.dumps([CALLBACK, "https://other.example.com/", "https://third.example.com/"]).encode()),
        "/bad": Page(json.dumps([CALLBACK]).encode()),
        "/no-list": Page(json.dumps({"uris": [CALLBACK]}).encode()),
        "/no-json": Page(b"<html>"),
    }
    there.pages.update(pages)

    answers = {
        path: (await register(op, **pairwise, sector_identifier_uri=there.url(path))).status_code
        for path in (*pages, "/missing")
    }

    assert answers == {"/good": 201, "/bad": 400, "/no-list": 400, "/no-json": 400, "/missing": 400}
    assert (await register(op, **pairwise)).status_code == 400


async def test_a_sector_list_is_read_as_it_stands_now(open_op: Open, there: Site) -> None:
    """OIDC Registration §5; oidcc-registration-sector-bad comes a second after -sector-uri, at one address."""
    op = await open_op()
    asks: dict[str, Any] = {"subject_type": "pairwise", "sector_identifier_uri": there.url("/list")}
    lists = [json.dumps([uri]).encode() for uri in (CALLBACK, "https://other.example.com/", CALLBACK)]

    answers = []
    for there.pages["/list"] in [Page(body) for body in lists]:
        answers.append((await register(op, **asks)).status_code)

    assert answers == [201, 400, 201]


async def test_a_stranger_cannot_grant_itself_what_an_operator_grants(open_op: Open) -> None:
    """No consent to skip, no scope that nobody knows."""
    op = await open_op()
    told = (await register(op, skip_consent=True, profile="x", scope="openid admin roles")).json()
    held = await op.provider.store.read(lambda work: work.oauth.clients.by_id(ClientId(told["client_id"])))

    assert held is not None
    assert not held.terms.skip_consent
    assert told["scope"] == "openid roles"


async def test_what_nobody_asked_for_is_the_usual_scope_and_that_of_known_apis(open_op: Open) -> None:
    """Each once, though several have it; ours that an API asks for are still asked for by name."""
    op = await open_op()
    for name in ("api", "other"):
        resource, scopes = f"https://{name}.example.com", ["mcp:tools", "roles"]
        await op.provider.openid.administer_resources.create(resource, scopes, None)

    told = (await register(op)).json()

    assert told["scope"] == "openid profile email address phone mcp:tools"


async def test_a_profile_for_all_holds_for_strangers(open_op: Open) -> None:
    """FAPI 2.0 Security Profile §5.3.2.1."""
    op = await open_op(profile="fapi2")

    assert (await register(op)).status_code == 400
    assert (await register(op, token_endpoint_auth_method="private_key_jwt", jwks=KEYS)).status_code == 201


async def test_who_names_no_scope_gets_the_default_one_of_the_operator(open_op: Open) -> None:
    """RFC 6749 §3.3, ASVS 10.4.11: of it what strangers may have at all."""
    op = await open_op(default_scope=["openid", "email", "unheard-of"])

    told, named = (await register(op)).json(), (await register(op, scope="openid profile")).json()

    assert told["scope"] == "openid email"
    assert named["scope"] == "openid profile"


async def test_who_brings_a_key_that_is_too_small_is_told_so(open_op: Open) -> None:
    """ASVS 11.2.3."""
    op = await open_op(smallest_rsa=3072)
    small = {"keys": [RSAKey.generate_key(2048, private=False).as_dict()]}

    refused = await register(op, token_endpoint_auth_method="private_key_jwt", jwks=small)

    assert (refused.status_code, refused.json()["error"]) == (400, "invalid_client_metadata")
    assert "3072" in refused.json()["error_description"]
