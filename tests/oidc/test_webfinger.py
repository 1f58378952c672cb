"""WebFinger: whose issuer we are, told without a look at who exists (OIDC Discovery §2, RFC 7033)."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import httpx2
import pytest

from idp.core.account import Account
from idp.oauth.errors import InvalidRequest
from idp.oauth.rules import OAuthRules
from idp.oauth.webfinger import WebFinger
from idp.testing.provider import ISSUER, TestProvider, provider_at

PATH = "/.well-known/webfinger"
REL = "http://openid.net/specs/connect/1.0/issuer"
HERE = "https://id.example.com"
FINGER = WebFinger(rules=OAuthRules(issuer=HERE, webfinger_domains=("example.com", "example.org")))


@pytest.fixture
async def browser(op: TestProvider) -> AsyncIterator[httpx2.AsyncClient]:
    async with op.browser() as browser:
        yield browser


async def ask(browser: httpx2.AsyncClient, *pairs: tuple[str, str]) -> httpx2.Response:
    return await browser.get(PATH, params=httpx2.QueryParams(list(pairs)))


async def test_the_issuer_is_found(browser: httpx2.AsyncClient) -> None:
    """OIDC Discovery §2.1.1, RFC 7033 §4.4, §5."""
    answer = await ask(browser, ("resource", "acct:joe@localhost"), ("rel", REL))

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/jrd+json"
    assert answer.json() == {"subject": "acct:joe@localhost", "links": [{"rel": REL, "href": ISSUER}]}
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["cache-control"] == "public, max-age=300"


async def test_nobody_learns_who_exists(browser: httpx2.AsyncClient, account: Account) -> None:
    """Row 36: the answers differ in the address that was asked for, and in nothing else."""
    answers = [await ask(browser, ("resource", f"acct:{name}@localhost")) for name in ("jane", "none")]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].text.replace("jane", "none") == answers[1].text
    assert answers[0].headers.get("content-length") == answers[1].headers.get("content-length")


@pytest.mark.parametrize(
    ("relations", "links"),
    [((), 1), ((REL,), 1), (("http://webfinger.net/rel/avatar", REL), 1), (("http://webfinger.net/rel/avatar",), 0)],
)
async def test_relations_choose_among_the_links(
    browser: httpx2.AsyncClient, relations: Sequence[str], links: int
) -> None:
    """RFC 7033 §4.3: the resource is known all the same."""
    answer = await ask(browser, ("resource", ISSUER), *(("rel", one) for one in relations))

    assert (answer.status_code, len(answer.json()["links"])) == (200, links)


@pytest.mark.parametrize(
    "pairs",
    [
        (),
        (("rel", REL),),
        (("resource", ""),),
        (("resource", "joe"),),
        (("resource", "acct:joe@localhost"), ("resource", "acct:jane@localhost")),
        (("resource", f"acct:{'j' * 1024}@localhost"),),
        (("resource", "acct:joe@localhost"), *((("rel", "a"),) * 16)),
        (("resource", "acct:joe@localhost"), ("more", "x" * 4096)),
    ],
)
async def test_without_one_good_resource_it_is_a_bad_request(
    browser: httpx2.AsyncClient, pairs: Sequence[tuple[str, str]]
) -> None:
    """RFC 7033 §4.2."""
    answer = await ask(browser, *pairs)

    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "localhost" not in answer.text


@pytest.mark.parametrize("query", ["resource=%FF", "resource=acct:joe%40localhost%00", "resource=%C3%A9@localhost"])
async def test_what_is_no_text_is_a_bad_request(browser: httpx2.AsyncClient, query: str) -> None:
    assert (await browser.get(f"{PATH}?{query}")).status_code == 400


async def test_of_somebody_else_we_know_nothing(browser: httpx2.AsyncClient) -> None:
    """RFC 7033 §4.2."""
    assert (await ask(browser, ("resource", "acct:joe@elsewhere.example"))).status_code == 404


@pytest.mark.parametrize(
    "resource",
    [
        "acct:joe@id.example.com",
        "ACCT:joe@ID.example.com",
        "acct:joe%40work.example@example.com",
        "acct:juliet%2Btag@example.org",
        "mailto:joe@example.com",
        "https://id.example.com",
        "https://id.example.com/joe?x=1",
        "https://example.com/joe",
        "https://joe@example.com",
        "HTTPS://Example.com/",
    ],
)
def test_whatever_lies_on_a_host_of_ours_is_ours(resource: str) -> None:
    """OIDC Discovery §2.1: e-mail addresses, URLs and accounts."""
    told = FINGER(resource, ())

    assert told == {"subject": resource, "links": [{"rel": REL, "href": HERE}]}


@pytest.mark.parametrize(
    "resource",
    [
        "acct:joe@example.net",
        "acct:joe@evil-example.com",
        "acct:joe@sub.example.com",
        "mailto:joe@example.com.evil.example",
        "https://example.com.evil.example/",
        "https://example.com@evil.example/",
        "https://evil.example/id.example.com",
        "https://id.example.com:8443/joe",
        "http://id.example.com/joe",
        "tel:+14155550100",
        "urn:example:joe",
    ],
)
def test_nothing_else_is(resource: str) -> None:
    assert FINGER(resource, ()) is None


@pytest.mark.parametrize(
    "resource",
    [
        "acct:joe",
        "acct:@example.com",
        "acct:joe@evil.example@example.com",
        "acct:joe@example.com/path",
        "acct:joe@example.com:443",
        "mailto:joe@example.com?subject=x",
        "https://id.example.com/ joe",
        "https://id.example.com/%zz",
        "https://[::1/",
        "//id.example.com",
        "joe@example.com",
        "acct:joe@example.com\n",
        "",
    ],
)
def test_what_is_no_address_is_refused(resource: str) -> None:
    with pytest.raises(InvalidRequest):
        FINGER(resource, ())


async def test_it_can_be_switched_off(tmp_path: Path, template: Path) -> None:
    async with provider_at(tmp_path, template=template, oidc={"webfinger": False}) as op, op.browser() as browser:
        assert (await ask(browser, ("resource", ISSUER))).status_code == 404


async def test_domains_are_configured(tmp_path: Path, template: Path) -> None:
    settings = {"webfinger_domains": ["people.example"]}
    async with provider_at(tmp_path, template=template, oidc=settings) as op, op.browser() as browser:
        answer = await ask(browser, ("resource", "acct:joe@people.example"))

    assert answer.json()["links"] == [{"rel": REL, "href": ISSUER}]
