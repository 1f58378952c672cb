"""Pushed authorization requests (RFC 9126; RFC 9449 §10.1; FAPI 2.0 Security Profile §5.3.2.2)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from joserfc.jwk import ECKey

from idp.core.account import Account
from idp.core.client import Client, ClientTerms, Profile
from idp.testing.provider import TestProvider
from tests.oidc.asking import CHALLENGE, SECRET, Answer, Person, add_client, bought, change_client, usual
from tests.oidc.signing import JWKS, object_of, sign, unsigned

PAR = "/oauth2/par"
NAME = "urn:ietf:params:oauth:request_uri:"
ENDPOINT = f"http://localhost:3100{PAR}"


async def push(person: Person, *, auth: tuple[str, str] | None = ("app", SECRET), **parameters: Any) -> httpx2.Response:
    """Not by the browser: by the client, behind its back."""
    headers = parameters.pop("headers", {})
    async with person.op.browser() as client:
        sent = {"data": usual(**parameters), "headers": headers, **({"auth": auth} if auth else {})}
        return await client.post(PAR, **sent)


async def pushed(person: Person, **parameters: Any) -> str:
    answer = await push(person, **parameters)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_uri"])


async def go(person: Person, request_uri: str, client_id: str = "app", more: str = "") -> Answer:
    """The browser, with client_id and request_uri alone (§4)."""
    nothing = dict.fromkeys(usual(), None)
    return await person.ask(more, **{**nothing, "client_id": client_id}, request_uri=request_uri)


def error_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


async def test_a_request_is_pushed_and_answered(op: TestProvider, jane: Person, app: Client) -> None:
    """§2.2, §4."""
    answer = await push(jane, nonce="pushed")

    assert answer.status_code == 201
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json().keys() == {"request_uri", "expires_in"}
    assert answer.json()["expires_in"] == 90
    name = answer.json()["request_uri"]
    assert name.startswith(NAME)
    assert len(name.removeprefix(NAME)) == 43
    came = await go(jane, name)
    assert came.told["state"] == "af0ifjsldkj"
    assert (await bought(op, came.code))[1].nonce == "pushed"


async def test_what_stands_beside_a_pushed_request_counts_for_nothing(
    op: TestProvider, jane: Person, app: Client
) -> None:
    """§4; FAPI: neither another state nor another nonce gets in."""
    name = await pushed(jane, state=None, nonce="pushed")

    came = await go(jane, name, more="&state=outside&nonce=outside&scope=email&redirect_uri=https://evil.example")

    _, grant = await bought(op, came.code)
    assert (grant.nonce, grant.scope) == ("pushed", ("openid",))
    assert "state" not in came.told


async def test_it_is_stored_as_a_digest(op: TestProvider, jane: Person, app: Client) -> None:
    token = (await pushed(jane)).removeprefix(NAME).encode()

    assert token not in (op.provider.settings.data / "idp.db-wal").read_bytes()


# who may push


@pytest.mark.parametrize("auth", [("app", "wrong"), ("nobody", SECRET), None])
async def test_the_client_has_to_prove_itself(jane: Person, app: Client, auth: tuple[str, str] | None) -> None:
    """§2.1: as at the token endpoint."""
    answer = await push(jane, auth=auth, client_id=auth[0] if auth else "app")

    assert answer.status_code == 401
    assert answer.json()["error"] == "invalid_client"


async def test_a_public_client_names_itself(op: TestProvider, jane: Person) -> None:
    await add_client(op, token_endpoint_auth_method="none")

    name = await pushed(jane, auth=None)

    assert (await go(jane, name)).code


async def test_a_client_pushes_for_itself_alone(op: TestProvider, jane: Person, app: Client) -> None:
    await add_client(op, "other")

    assert error_of(await push(jane, client_id="other"))[1] in {"invalid_request", "invalid_client"}


async def test_a_name_is_good_for_its_client_alone(op: TestProvider, jane: Person, app: Client) -> None:
    """§2.2."""
    await add_client(op, "other")
    name = await pushed(jane)

    assert (await go(jane, name, client_id="other")).error_page == "invalid_request_uri"
    assert (await go(jane, name)).code


async def test_without_a_client_id_a_name_is_worth_nothing(jane: Person, app: Client) -> None:
    name = await pushed(jane)

    answer = await jane.browser.get(f"/oauth2/authorize?request_uri={quote(name)}")

    assert answer.status_code == 400


# what is pushed is judged at once (§2.3)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"redirect_uri": "https://evil.example"}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code id_token"}, "unsupported_response_type"),
        ({"response_type": None}, "invalid_request"),
        ({"scope": "nobody-knows"}, "invalid_scope"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"resource": "https://unknown.example.com"}, "invalid_target"),
        ({"prompt": "none login"}, "invalid_request"),
        ({"claims": "{"}, "invalid_request"),
        ({"request_uri": f"{NAME}x"}, "invalid_request"),
        ({"request_uri": "https://app.example.com/request.jwt"}, "invalid_request"),
        ({"request": "no jwt"}, "invalid_request_object"),
        ({"state": "s" * 9000}, "invalid_request"),
    ],
)
async def test_what_is_wrong_is_told_the_client_at_once(
    jane: Person, app: Client, change: dict[str, Any], code: str
) -> None:
    assert error_of(await push(jane, **change)) == (400, code)


async def test_pushing_is_done_by_post(jane: Person, app: Client) -> None:
    """§2.3."""
    answers = [await jane.browser.request(method, PAR) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE")]

    assert {(answer.status_code, answer.headers["allow"]) for answer in answers} == {(405, "POST")}


async def test_a_request_object_can_be_pushed(op: TestProvider, jane: Person) -> None:
    """§3."""
    await add_client(op, jwks=JWKS)
    nothing = dict.fromkeys(usual(), None)

    name = await pushed(jane, **nothing, request=sign(object_of(op, nonce="signed")))

    assert (await bought(op, (await go(jane, name)).code))[1].nonce == "signed"


async def test_a_request_uri_inside_a_request_object_is_refused(op: TestProvider, jane: Person) -> None:
    """§3; the code is the conformance suite's."""
    await add_client(op, jwks=JWKS)

    answer = await push(jane, request=sign(object_of(op, request_uri=f"{NAME}x")))

    assert error_of(answer) == (400, "invalid_request_object")


async def test_where_signatures_are_demanded_an_unsigned_push_is_refused(op: TestProvider, jane: Person) -> None:
    """FAPI 2.0 Message Signing §5.3.1."""
    await add_client(op, jwks=JWKS, require_signed_request_object=True)

    assert error_of(await push(jane)) == (400, "invalid_request")
    assert error_of(await push(jane, request=unsigned(object_of(op)))) == (400, "invalid_request_object")


# how long, how often


async def test_a_name_lives_for_a_minute_and_a_half(op: TestProvider, jane: Person, app: Client) -> None:
    young, old = await pushed(jane), await pushed(jane)

    op.clock.advance(timedelta(seconds=89))
    assert (await go(jane, young)).code
    op.clock.advance(timedelta(seconds=1))
    assert (await go(jane, old)).error_page == "invalid_request_uri"


async def test_a_name_is_used_up_by_its_answer(jane: Person, app: Client) -> None:
    """§7.3."""
    name = await pushed(jane)

    assert (await go(jane, name)).code
    assert (await go(jane, name)).error_page == "invalid_request_uri"


async def test_an_error_is_an_answer_as_well(stranger: Person, app: Client) -> None:
    name = await pushed(stranger, prompt="none")

    assert (await go(stranger, name)).error == "login_required"
    assert (await go(stranger, name)).error_page == "invalid_request_uri"


async def test_a_second_visit_before_the_sign_in_succeeds(stranger: Person, app: Client, account: Account) -> None:
    """FAPI 2.0 §5.3.2.2 note 3: the page was reloaded, or opened by a link preview."""
    name = await pushed(stranger)
    first, second = await go(stranger, name), await go(stranger, name)
    assert first.page is not None
    assert second.page is not None

    await stranger.sign_in_on_page(second.page[1], account)
    assert (await stranger.resume(second.page[1])).code

    await stranger.sign_in_on_page(first.page[1], account)
    assert (await stranger.resume(first.page[1])).error_page == "invalid_request"


async def test_who_began_in_time_may_take_the_time_to_sign_in(
    op: TestProvider, stranger: Person, app: Client, account: Account
) -> None:
    """Sweeping in between takes nothing away."""
    begun = await go(stranger, await pushed(stranger))
    assert begun.page is not None
    op.clock.advance(timedelta(minutes=20))
    await op.provider.store.transact(lambda work: work.housekeeping.prune(op.clock.now(), audit_before=None))

    await stranger.sign_in_on_page(begun.page[1], account)

    assert (await stranger.resume(begun.page[1])).code


async def test_a_no_uses_it_up(stranger: Person, app: Client) -> None:
    name = await pushed(stranger)
    begun = await go(stranger, name)
    assert begun.page is not None
    await stranger.deny(begun.page[1])

    assert (await go(stranger, name)).error_page == "invalid_request_uri"


# where it is demanded


@pytest.mark.parametrize("way", ["client", "fapi2"])
async def test_pushing_can_be_demanded(op: TestProvider, jane: Person, way: str) -> None:
    """§5, §6; FAPI 2.0 §5.3.2.2."""
    fapi = ClientTerms(skip_consent=True, profile=Profile.FAPI2)
    demanded: dict[str, dict[str, Any]] = {
        "client": {"require_pushed_authorization_requests": True},
        "fapi2": {"terms": fapi},
    }
    await add_client(op, **demanded[way])

    assert (await jane.ask()).error == "invalid_request"
    assert (await jane.post()).error == "invalid_request"
    assert (await go(jane, await pushed(jane))).code


async def test_fapi_names_the_redirect_uri_and_proves_possession_of_the_code(op: TestProvider, jane: Person) -> None:
    await add_client(op, terms=ClientTerms(skip_consent=True, profile=Profile.FAPI2))
    without_pkce = {"code_challenge": None, "code_challenge_method": None}

    assert error_of(await push(jane, scope="profile", redirect_uri=None)) == (400, "invalid_request")
    assert error_of(await push(jane, **without_pkce)) == (400, "invalid_request")


# keys


async def test_a_proof_binds_the_code_to_its_key(op: TestProvider, jane: Person, app: Client) -> None:
    """RFC 9449 §10.1."""
    proof, thumbprint = prove(op)

    name = await pushed(jane, headers={"DPoP": proof})

    code, _ = await bought(op, (await go(jane, name)).code)
    assert code.dpop_jkt == thumbprint


async def test_a_proof_by_another_key_than_announced_is_refused(op: TestProvider, jane: Person, app: Client) -> None:
    key = ECKey.generate_key("P-256")
    (first, thumbprint), (second, _) = prove(op, key=key), prove(op, key=key)

    wrong = await push(jane, headers={"DPoP": first}, dpop_jkt=CHALLENGE)
    right = await push(jane, headers={"DPoP": second}, dpop_jkt=thumbprint)

    assert error_of(wrong) == (400, "invalid_dpop_proof")
    assert right.status_code == 201, right.text


async def test_a_proof_has_to_hold(op: TestProvider, jane: Person, app: Client) -> None:
    proof, _ = prove(op, htu="http://localhost:3100/oauth2/token")

    assert error_of(await push(jane, headers={"DPoP": proof})) == (400, "invalid_dpop_proof")


async def test_a_changed_client_gets_no_answer_where_it_no_longer_lives(
    op: TestProvider, jane: Person, app: Client
) -> None:
    name = await pushed(jane)
    moved = replace(app.metadata, redirect_uris=("https://app.example.com/new",))
    await change_client(op, replace(app, metadata=moved))

    assert (await go(jane, name)).error_page == "invalid_request"


def prove(op: TestProvider, htu: str = ENDPOINT, key: ECKey | None = None) -> tuple[str, str]:
    """A DPoP proof for the endpoint, and its key's thumbprint."""
    key = key or ECKey.generate_key("P-256")
    claims = {
        "jti": op.provider.ambient.entropy.id(),
        "htm": "POST",
        "htu": htu,
        "iat": int(op.clock.now().timestamp()),
    }
    return sign(claims, key=key, typ="dpop+jwt", kid=None, jwk=key.as_dict(private=False)), key.thumbprint()
