"""What a client may be told (OIDC Core §5)."""

from collections.abc import AsyncIterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from idp.core.account import Account
from idp.core.client import Client, ClientMetadata
from idp.core.ids import ClientId
from idp.oauth.access.claims import ClaimsBook
from idp.testing.provider import MORNING, TestProvider, provider_at

EVERYTHING = ("openid", "profile", "email", "address", "phone", "roles", "teams", "jurisdictions", "features")
FEATURES: Mapping[str, object] = {
    "limit": {"type": "integer", "default": 5, "description": "How many."},
    "beta": {"default": False, "description": "New."},
}


@pytest.fixture
async def idp(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    settings: dict[str, Any] = {"features": FEATURES, "teams": {"Reviewers": {"flags": {"limit": 9}}}}
    async with provider_at(tmp_path, template=template, **settings) as provider:
        yield provider


@pytest.fixture
def book(idp: TestProvider) -> ClaimsBook:
    world = idp.provider.verbs.world
    return ClaimsBook(store=world.store, policy=idp.provider.verbs.policy, extensions=world.extensions)


@pytest.fixture
async def jane(idp: TestProvider) -> Account:
    return await idp.add_account(
        "jane@example.com",
        teams={"Reviewers": "LEAD"},
        jurisdictions=["Bay Area"],
        phone_number="+14155550100",
        date_of_birth=date(1990, 2, 3),
        language="es",
        roles=frozenset({"admin"}),
        claims={"nickname": "JD", "address": {"locality": "Oakland"}},
    )


def client(**metadata: Any) -> Client:
    return Client(id=ClientId("app"), metadata=ClientMetadata(**metadata), created_at=MORNING, updated_at=MORNING)


async def told(
    book: ClaimsBook, account: Account, *scope: str, requested: Mapping[str, object] | None = None, **metadata: Any
) -> Mapping[str, object]:
    return await book.of(account, scope, requested or {}, client(**metadata))


async def test_openid_alone_opens_nothing_but_the_subject(book: ClaimsBook, jane: Account) -> None:
    """OIDC Core §5.4: `sub` is the caller's business."""
    assert await told(book, jane, "openid") == {}


async def test_profile_opens_names_and_what_people_say_of_themselves(book: ClaimsBook, jane: Account) -> None:
    assert await told(book, jane, "openid", "profile") == {
        "name": "Jane Doe",
        "given_name": "Jane",
        "family_name": "Doe",
        "nickname": "JD",
        "birthdate": "1990-02-03",
        "locale": "es",
        "updated_at": int(jane.updated_at.timestamp()),
    }


@pytest.mark.parametrize(
    ("scope", "claims"),
    [
        ("email", {"email": "jane@example.com", "email_verified": True}),
        ("address", {"address": {"locality": "Oakland"}}),
        ("phone", {"phone_number": "+14155550100", "phone_number_verified": False}),
        ("roles", {"roles": ["admin"]}),
    ],
)
async def test_a_scope_opens_its_claims_and_no_others(
    book: ClaimsBook, jane: Account, scope: str, claims: Mapping[str, object]
) -> None:
    assert await told(book, jane, "openid", scope) == claims


async def test_memberships_have_scopes_of_their_own(book: ClaimsBook, jane: Account) -> None:
    claims: Any = await told(book, jane, "openid", "teams", "jurisdictions")

    assert [(one["name"], one["role"]) for one in claims["teams"]] == [("Reviewers", "LEAD")]
    assert [(one["name"], one["role"]) for one in claims["jurisdictions"]] == [("Bay Area", "user")]


async def test_features_are_as_they_stand_for_the_account(idp: TestProvider, book: ClaimsBook, jane: Account) -> None:
    """A team's value wins for its members, and for nobody else."""
    other = await idp.add_account("other@example.com")

    ours: Any = await told(book, jane, "openid", "features")
    theirs: Any = await told(book, other, "openid", "features")

    assert (ours["features"]["limit"], theirs["features"]["limit"]) == (9, 5)
    assert ours["features"]["beta"] is False
    assert "password" not in ours["features"]


async def test_a_claim_may_be_named_one_by_one(book: ClaimsBook, jane: Account) -> None:
    """OIDC Core §5.5."""
    claims = await told(book, jane, "openid", requested={"name": {"essential": True}, "email": None, "sub": None})

    assert claims == {"name": "Jane Doe", "email": "jane@example.com"}


async def test_no_claim_may_be_named_beyond_the_registered_scope(book: ClaimsBook, jane: Account) -> None:
    """Row 97."""
    requested = {"email": {"essential": True}, "name": None}

    claims = await told(book, jane, "openid", requested=requested, scope=("openid", "profile"))

    assert claims == {"name": "Jane Doe"}


async def test_what_the_account_has_not_is_left_out(idp: TestProvider, book: ClaimsBook) -> None:
    """OIDC Core §5.3.2: no null and no empty text."""
    plain = await idp.add_account("plain@example.com")

    claims = await told(book, plain, *EVERYTHING)

    assert not {"nickname", "address", "phone_number", "phone_number_verified", "birthdate", "roles"} & set(claims)
