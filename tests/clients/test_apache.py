"""An app behind Apache's mod_auth_openidc, which signs people in for it: the app sees headers and nothing of tokens."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.clients.apache import SECRET, Site, site
from tests.clients.person import EMAIL, Person
from tests.running import PATIENCE_SECONDS, Server


@pytest.fixture(scope="module")
def apache(idp: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("apache"), idp) as opened:
        metadata = {"backchannel_logout_uri": opened.hook(logout="backchannel")}
        addresses = ["--redirect-uri", f"{opened.url}/oidc", "--post-logout-redirect-uri", f"{opened.url}/goodbye"]
        words = ["--client-id", "apache", "--secret", SECRET, "--metadata", json.dumps(metadata)]
        idp.idp("client", "create", *words, *addresses)
        yield opened


@pytest.fixture
def person(idp: Server, apache: Site) -> Iterator[Person]:
    """Signed in at the app, by whose first page they began."""
    with Person(idp, apache.url) as person:
        person.visit(f"{apache.url}/rooms?floor=2")
        yield person


def test_whoever_asks_for_a_page_signs_in_and_gets_it(apache: Site, person: Person) -> None:
    asked = apache.app.arrived[-1]

    assert person.pages[0] == "login-form"
    assert str(person.answer.request.url) == f"{apache.url}/rooms?floor=2"
    assert asked.path == "/rooms?floor=2"
    assert asked.headers["oidc_claim_email"] == EMAIL
    assert asked.headers["oidc_claim_iss"] == person.issuer


def test_a_refresh_brings_new_tokens(apache: Site, person: Person) -> None:
    before = info(apache, person)

    person.visit(apache.hook(refresh=f"{apache.url}/refreshed", access_token=before["access_token"]))
    landed = str(person.answer.request.url)
    after = info(apache, person)

    assert landed == f"{apache.url}/refreshed"
    assert after["access_token"] != before["access_token"]
    assert after["refresh_token"] != before["refresh_token"]
    assert after["userinfo"]["email"] == EMAIL


def test_a_logout_ends_both_sessions(apache: Site, person: Person) -> None:
    assert not is_asked_to_sign_in(apache, person)

    person.visit(apache.hook(logout=f"{apache.url}/goodbye"))

    assert str(person.answer.request.url).startswith(f"{apache.url}/goodbye")
    assert is_asked_to_sign_in(apache, person)


def test_a_sign_out_at_our_own_page_ends_the_session_at_the_app(apache: Site, person: Person) -> None:
    """OIDC Back-Channel Logout 1.0, received by a server that others have written."""
    assert not is_asked_to_sign_in(apache, person)

    person.visit(f"{person.issuer}/logout")
    deadline = time.monotonic() + PATIENCE_SECONDS

    while not is_asked_to_sign_in(apache, person):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def info(apache: Site, person: Person) -> dict[str, Any]:
    """The tokens and the claims that the module keeps for this person."""
    person.visit(apache.hook(info="json"))
    told: dict[str, Any] = person.answer.json()
    return told


def is_asked_to_sign_in(apache: Site, person: Person) -> bool:
    """Whether the app's page leads to our login; looked at only, nothing is typed."""
    return person.looks(f"{apache.url}/rooms").startswith(f"{person.issuer}/login")
