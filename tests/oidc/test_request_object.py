"""Requests that the client signed (RFC 9101, OIDC Core §6, FAPI 2.0 Message Signing §5.3)."""

import json
from typing import Any

import pytest

from idp.app.openid import LateFetcher
from idp.core.client import Client, ClientTerms, Profile
from idp.ports.oauth import Fetched, FetchRefused
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import CALLBACK, Answer, Person, add_client, bought
from tests.oidc.signing import EC, FOREIGN, JWKS, object_of, sign, unsigned

BY_REFERENCE = "https://app.example.com/request.jwt"
STRICT: dict[str, str | None] = {
    "redirect_uri": None,
    "response_type": None,
    "scope": None,
    "state": None,
    "code_challenge": None,
    "code_challenge_method": None,
}
"""RFC 9101 §5: nothing outside but `client_id`."""


@pytest.fixture
async def app(op: TestProvider) -> Client:
    return await add_client(op, jwks=JWKS)


async def by_value(person: Person, token: str, **outside: str | None) -> Answer:
    return await person.ask(**{**STRICT, **outside}, request=token)


@pytest.mark.parametrize("algorithm", ["ES256", "RS256", "PS256", "EdDSA"])
async def test_a_signed_request_needs_nothing_outside_but_its_client(
    op: TestProvider, jane: Person, app: Client, algorithm: str
) -> None:
    answer = await by_value(jane, sign(object_of(op, nonce="inside"), algorithm))

    assert answer.location.startswith(f"{CALLBACK}?code=")
    assert answer.told["state"] == "af0ifjsldkj"
    assert (await bought(op, answer.code))[1].nonce == "inside"


async def test_values_may_be_written_as_json(op: TestProvider, jane: Person, app: Client) -> None:
    claims = {"userinfo": {"name": {"essential": True}}}

    answer = await by_value(jane, sign(object_of(op, claims=claims, max_age=600, resource=[ISSUER])))

    _, grant = await bought(op, answer.code)
    assert (grant.claims, grant.resources) == (claims, (ISSUER,))


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"iss": "another"},
        {"aud": "https://another.example.com"},
        {"aud": ["https://another.example.com"]},
        {"aud": f"{ISSUER}/"},
        {"sub": "app"},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": True},
        {"exp": 2**60},
        {"nbf": 2**40},
        {"request": "x"},
        {"request_uri": BY_REFERENCE},
    ],
)
async def test_a_request_object_that_is_not_in_order(
    op: TestProvider, jane: Person, app: Client, change: dict[str, Any]
) -> None:
    """RFC 9101 §4, §6.3; RFC 7519 §4.1."""
    token = sign(object_of(op, change))

    assert (await by_value(jane, token)).error_page == "invalid_request_object"
    told = await by_value(jane, token, redirect_uri=CALLBACK, state="outside")
    assert (told.error, told.told["state"]) == ("invalid_request_object", "outside")


async def test_aud_may_be_a_list_with_us_in_it(op: TestProvider, jane: Person, app: Client) -> None:
    assert (await by_value(jane, sign(object_of(op, aud=["https://other.example.com", ISSUER])))).code


async def test_a_clock_that_is_8_seconds_ahead_is_forgiven(op: TestProvider, jane: Person, app: Client) -> None:
    """fapi2 ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted."""
    now = int(op.clock.now().timestamp())

    assert (await by_value(jane, sign(object_of(op, nbf=now + 8)))).code
    assert (await by_value(jane, sign(object_of(op, nbf=now + 61)))).error_page == "invalid_request_object"


async def test_outside_fapi_iss_aud_and_times_may_be_missing(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §6.1: SHOULD."""
    assert (await by_value(jane, sign(object_of(op, iss=None, aud=None, exp=None, nbf=None)))).code


async def test_a_signature_has_to_be_the_clients(op: TestProvider, jane: Person, app: Client) -> None:
    """Rows 78 to 80."""
    claims = object_of(op)
    good = sign(claims)
    head, body, tail = good.split(".")
    embedded = sign(claims, key=FOREIGN, jwk=FOREIGN.as_dict(private=False))
    refused = [
        sign(claims, key=FOREIGN),
        embedded,
        f"{head}.{body}.{tail[:-4]}AAAA",
        f"{head}.{body}.",
        sign({**claims, "scope": "openid email"}).rpartition(".")[0] + f".{tail}",
        sign(claims, typ="at+jwt"),
        sign(claims, typ="dpop+jwt"),
        sign(claims, typ="client-authentication+jwt"),
        "no.jwt.atall",
        "a.b.c.d.e",
        "x",
    ]

    answers = [await by_value(jane, token) for token in refused]

    assert {answer.error_page for answer in answers} == {"invalid_request_object"}


async def test_the_registered_algorithm_is_the_only_one(op: TestProvider, jane: Person) -> None:
    """OIDC Registration §2."""
    await add_client(op, jwks=JWKS, request_object_signing_alg="PS256")

    assert (await by_value(jane, sign(object_of(op), "PS256"))).code
    assert (await by_value(jane, sign(object_of(op), "RS256"))).error_page == "invalid_request_object"
    assert (await by_value(jane, unsigned(object_of(op)))).error_page == "request_not_supported"


async def test_unsigned_ones_are_for_clients_that_registered_them(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §6.1; row 78."""
    await add_client(op, "plain", request_object_signing_alg="none")
    mine = object_of(op, client_id="plain", iss="plain")

    assert (await by_value(jane, unsigned(object_of(op)))).error_page == "request_not_supported"
    assert (await by_value(jane, unsigned(mine), client_id="plain")).code
    assert (await by_value(jane, unsigned(mine, "AAAA"), client_id="plain")).error_page == "invalid_request_object"
    assert (await by_value(jane, sign(mine), client_id="plain")).error_page == "invalid_request_object"


async def test_the_redirect_uri_inside_wins(op: TestProvider, jane: Person) -> None:
    other = "https://app.example.com/other"
    await add_client(op, jwks=JWKS, redirect_uris=(CALLBACK, other))

    inside = await jane.ask(request=sign(object_of(op, redirect_uri=other), typ="JWT"))
    evil = await jane.ask(request=sign(object_of(op, redirect_uri="https://evil.example"), typ="JWT"))

    assert inside.location.startswith(f"{other}?code=")
    assert evil.error_page == "invalid_request"


async def test_what_stands_outside_a_signed_request_is_not_read(op: TestProvider, jane: Person, app: Client) -> None:
    """RFC 9101 §6.3: nothing sneaks in, neither a weaker nor an additional parameter."""
    token = sign(object_of(op, state=None, scope="openid"))

    answer = await jane.ask(request=token, state="outside", scope="openid email", nonce="outside", prompt="consent")

    _, grant = await bought(op, answer.code)
    assert (grant.scope, grant.nonce) == (("openid",), None)
    assert "state" not in answer.told


async def test_openid_connect_fills_gaps_from_outside(op: TestProvider, jane: Person, app: Client) -> None:
    """OIDC Core §6.1, for objects that are not RFC 9101's by their `typ`: inside wins."""
    token = sign(object_of(op, state=None, nonce="inside", client_id=None), typ="JWT")

    answer = await jane.ask(request=token, state="outside", nonce="outside")

    assert answer.told["state"] == "outside"
    assert (await bought(op, answer.code))[1].nonce == "inside"


async def test_a_client_may_have_demanded_signatures_of_itself(op: TestProvider, jane: Person) -> None:
    """RFC 9101 §10.5."""
    await add_client(op, jwks=JWKS, require_signed_request_object=True)
    gap = sign(object_of(op, state=None), typ="JWT")

    assert (await jane.ask()).error == "invalid_request"
    assert (await jane.ask(request=unsigned(object_of(op)))).error == "invalid_request_object"
    answer = await jane.ask(request=gap, state="outside")
    assert answer.code
    assert "state" not in answer.told


async def test_what_is_wrong_inside_is_told_where_the_inside_says(op: TestProvider, jane: Person, app: Client) -> None:
    token = sign(object_of(op, response_mode="fragment", scope="nobody-knows", state="inside"))

    answer = await by_value(jane, token)

    assert answer.location.startswith(f"{CALLBACK}#error=invalid_scope")
    assert answer.told["state"] == "inside"


# request_uri (OIDC Core §6.2)


class Web:
    """Stands in for the guarded fetcher, at the edge of our world."""

    def __init__(self, **pages: str) -> None:
        self.pages, self.asked = pages, list[str]()

    async def get(self, url: str, *, accept: str) -> Fetched:
        assert accept
        self.asked.append(url)
        if url not in self.pages:
            raise FetchRefused("not there")
        return Fetched(body=self.pages[url].encode(), media_type="application/jwt")

    async def get_fresh(self, url: str, *, accept: str) -> Fetched:
        return await self.get(url, accept=accept)

    async def close(self) -> None:
        """There is nothing to close."""


def put_on_the_web(op: TestProvider, **pages: str) -> Web:
    """Before anything is fetched: the provider makes its own fetcher when it first needs one."""
    openid = op.provider.openid
    assert openid is not None
    assert isinstance(openid.world.ways_out.own, LateFetcher)
    web = Web(**pages)
    setattr(openid.world.ways_out.own, "_fetcher", web)  # noqa: B010 - private, and of another type here
    return web


async def by_reference(person: Person, address: str, **outside: str | None) -> Answer:
    return await person.ask(**{**STRICT, **outside}, request_uri=address)


async def test_a_request_is_fetched_from_a_registered_address(op: TestProvider, jane: Person) -> None:
    await add_client(op, jwks=JWKS, request_uris=(BY_REFERENCE,))
    changing = f"{BY_REFERENCE}#digest-of-the-contents"
    web = put_on_the_web(op, **{BY_REFERENCE: sign(object_of(op)), changing: sign(object_of(op, state="new")) + "\n"})

    assert (await by_reference(jane, BY_REFERENCE)).told["state"] == "af0ifjsldkj"
    assert (await by_reference(jane, changing)).told["state"] == "new"
    assert web.asked == [BY_REFERENCE, changing]


@pytest.mark.parametrize(
    "address",
    [
        "https://app.example.com/other.jwt",
        f"{BY_REFERENCE}?x=1",
        "http://app.example.com/request.jwt",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "urn:ietf:params:oauth:request_uri:unknown",
    ],
)
async def test_no_other_address_is_asked(op: TestProvider, jane: Person, address: str) -> None:
    """Row 102; Keycloak CVE-2020-10770."""
    await add_client(op, jwks=JWKS, request_uris=(BY_REFERENCE,))
    web = put_on_the_web(op)

    assert (await by_reference(jane, address)).error_page == "invalid_request_uri"
    assert web.asked == []


async def test_an_address_without_a_request_object(op: TestProvider, jane: Person) -> None:
    await add_client(op, jwks=JWKS, request_uris=(BY_REFERENCE, "https://app.example.com/gone.jwt"))
    put_on_the_web(op, **{BY_REFERENCE: "ñ"})

    assert (await by_reference(jane, BY_REFERENCE)).error_page == "invalid_request_uri"
    assert (await by_reference(jane, "https://app.example.com/gone.jwt")).error_page == "invalid_request_uri"


async def test_an_unsigned_one_by_reference_is_for_those_who_registered_it(op: TestProvider, jane: Person) -> None:
    """OIDC Core §6.2; the code is the one of the conformance suite."""
    await add_client(op, jwks=JWKS, request_uris=(BY_REFERENCE,))
    put_on_the_web(op, **{BY_REFERENCE: unsigned(object_of(op))})

    assert (await by_reference(jane, BY_REFERENCE)).error_page == "request_uri_not_supported"


async def test_a_new_key_of_the_client_is_looked_up(op: TestProvider, jane: Person) -> None:
    """OIDC Core §10.1.1: an unknown `kid` is looked for once more before the signature counts as wrong."""
    keys = "https://app.example.com/keys.json"
    await add_client(op, jwks_uri=keys)
    web = put_on_the_web(op, **{keys: json.dumps({"keys": []})})
    claims = object_of(op)
    assert (await by_value(jane, sign(claims))).error_page == "invalid_request_object"

    web.pages[keys] = json.dumps({"keys": [EC.as_dict(private=False)]})

    assert (await by_value(jane, sign(claims))).code


# FAPI 2.0 Message Signing §5.3.2


@pytest.fixture
async def fapi(op: TestProvider) -> Client:
    terms = ClientTerms(skip_consent=True, profile=Profile.FAPI2)
    return await add_client(op, jwks=JWKS, terms=terms, require_signed_request_object=True)


@pytest.mark.parametrize(
    "change",
    [
        {"exp": None},
        {"nbf": None},
        {"aud": None},
        {"iss": None},
        {"exp": +3601},
        {"nbf": -3601},
    ],
)
async def test_fapi_wants_short_lives_and_an_audience(
    op: TestProvider, jane: Person, fapi: Client, change: dict[str, Any]
) -> None:
    now = int(op.clock.now().timestamp())
    at = {name: now + offset if offset else None for name, offset in change.items()}

    told = await jane.ask(request=sign(object_of(op, at)))

    assert told.error == "invalid_request_object"


@pytest.mark.parametrize("token", ["RS256", "none", "foreign"])
async def test_fapi_refuses_weak_and_foreign_signatures(
    op: TestProvider, jane: Person, fapi: Client, token: str
) -> None:
    claims = object_of(op)
    tokens = {"RS256": sign(claims, "RS256"), "none": unsigned(claims), "foreign": sign(claims, key=FOREIGN)}

    assert (await jane.ask(request=tokens[token])).error == "invalid_request_object"


async def test_a_good_one_at_the_front_door_still_has_to_be_pushed(
    op: TestProvider, jane: Person, fapi: Client
) -> None:
    answer = await jane.ask(request=sign(object_of(op)))

    assert (answer.error, answer.told["error_description"]) == (
        "invalid_request",
        "requests of this client have to be pushed",
    )
