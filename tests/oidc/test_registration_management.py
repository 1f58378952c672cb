"""The management of a registration (RFC 7592)."""

from pathlib import Path
from typing import Any

import pytest

from idp.core.events import EventName
from idp.testing.provider import ISSUER, provider_at
from tests.oidc.asking import CALLBACK, add_client
from tests.oidc.registering import REGISTER, Open, manage, open_op, register

__all__ = ["open_op"]


async def test_a_client_reads_itself(open_op: Open) -> None:
    """RFC 7592 §2.1. The secret is not told again: we do not have it."""
    op = await open_op()
    told = (await register(op, client_name="My app")).json()

    answer = await manage(op, told)

    assert answer.status_code == 200
    assert answer.json() == {name: value for name, value in told.items() if name != "client_secret"}


async def test_a_client_replaces_itself(open_op: Open) -> None:
    """RFC 7592 §2.2: what is left out is taken back."""
    op = await open_op()
    told = (await register(op, client_name="My app", policy_uri="https://app.example.com/policy")).json()
    changed = {"client_id": told["client_id"], "redirect_uris": ["https://new.example.com/"], "client_name": "Yours"}

    answer = await manage(op, told, "PUT", **changed, client_secret=told["client_secret"])

    assert answer.status_code == 200
    assert answer.json()["redirect_uris"] == ["https://new.example.com/"]
    assert "policy_uri" not in answer.json()
    assert (await manage(op, told)).json()["client_name"] == "Yours"


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "another"},
        {"client_id": None},
        {"client_secret": "wrong"},
        {"client_secret": 7},
        {"registration_access_token": "x"},
        {"registration_client_uri": "https://x.example"},
        {"client_secret_expires_at": 0},
        {"client_id_issued_at": 0},
        {"redirect_uris": [CALLBACK + "#x"]},
        {"grant_types": ["client_credentials"], "response_types": []},
    ],
    ids=str,
)
async def test_a_change_that_may_not_be_changes_nothing(open_op: Open, change: dict[str, Any]) -> None:
    """RFC 7592 §2.2."""
    op = await open_op()
    told = (await register(op)).json()

    answer = await manage(
        op, told, "PUT", **{"client_id": told["client_id"], "redirect_uris": ["https://new.example.com/"], **change}
    )

    assert answer.status_code == 400
    assert (await manage(op, told)).json()["redirect_uris"] == [CALLBACK]


async def test_a_client_that_turns_to_a_secret_is_given_one(open_op: Open) -> None:
    op = await open_op()
    told = (await register(op, token_endpoint_auth_method="none")).json()
    same = {"client_id": told["client_id"], "redirect_uris": [CALLBACK]}

    to_secret = (await manage(op, told, "PUT", **same)).json()
    to_none = (await manage(op, told, "PUT", **same, token_endpoint_auth_method="none")).json()

    assert len(to_secret["client_secret"]) == 43
    assert "client_secret" not in to_none


async def test_a_client_deletes_itself_and_all_it_had(open_op: Open) -> None:
    """RFC 7592 §2.3."""
    op = await open_op()
    told = (await register(op)).json()

    gone = await manage(op, told, "DELETE")

    assert (gone.status_code, gone.content) == (204, b"")
    assert (await manage(op, told)).status_code == 401
    assert await op.provider.openid.clients.find(told["client_id"]) is None


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_a_token_is_its_own_clients_and_no_other_answer_tells_who_there_is(open_op: Open, method: str) -> None:
    """Row 72 (Canaille: not bound to its client); RFC 7592 §2: 401 for an unknown client as for a wrong token."""
    op = await open_op()
    mine, other = (await register(op)).json(), (await register(op)).json()
    nobody = {**mine, "registration_client_uri": f"{ISSUER}{REGISTER}/nobody"}
    document = {"client_id": mine["client_id"], "redirect_uris": [CALLBACK]}
    operators = await add_client(op, "operators")

    answers = [
        await manage(op, mine, method, token=other["registration_access_token"], **document),
        await manage(op, mine, method, token="wrong", **document),
        await manage(op, nobody, method, **document),
        await manage(op, {**mine, "registration_client_uri": f"{ISSUER}{REGISTER}/{operators.id}"}, method, **document),
    ]

    assert {(answer.status_code, answer.content) for answer in answers} == {(401, answers[0].content)}
    assert (await manage(op, mine)).status_code == 200


@pytest.mark.parametrize("header", ["", "Basic eDp5", "Bearer", "Bearer  "])
async def test_nothing_but_a_bearer_token_will_do(open_op: Open, header: str) -> None:
    op = await open_op()
    told = (await register(op)).json()
    async with op.browser() as app:
        answer = await app.get(told["registration_client_uri"], headers={"authorization": header} if header else {})

    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


async def test_who_registered_before_it_was_closed_may_still_leave(
    anyio_backend: str, tmp_path: Path, template: Path
) -> None:
    async with provider_at(tmp_path, template=template, oidc={"registration": "open"}) as op:
        told = (await register(op)).json()
    async with provider_at(tmp_path) as closed:
        assert (await manage(closed, told, "DELETE")).status_code == 204


async def test_every_change_is_in_the_trail(open_op: Open) -> None:
    op = await open_op()
    told = (await register(op)).json()
    await manage(op, told, "PUT", client_id=told["client_id"], redirect_uris=[CALLBACK])
    await manage(op, told, "DELETE")

    names = (EventName.CLIENT_CREATED, EventName.CLIENT_UPDATED, EventName.CLIENT_DELETED)
    found = [await op.provider.store.read(lambda work, name=name: work.audit.page(name=name)) for name in names]

    assert [len(entries) for entries in found] == [1, 1, 1]


async def test_changes_are_budgeted_like_registrations(open_op: Open) -> None:
    """Each makes us fetch anew what it names (row 102). Reading, and a token that is nobody's, cost nothing."""
    op = await open_op()
    limit = op.provider.verbs.world.rules.source_budget.limit
    told = (await register(op)).json()
    same = {"client_id": told["client_id"], "redirect_uris": [CALLBACK]}

    answers = [(await manage(op, told, "PUT", **same)).status_code for _ in range(limit)]

    assert answers == [200] * (limit - 1) + [429]
    assert (await manage(op, told)).status_code == 200
