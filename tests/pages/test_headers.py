"""What a page is sent with, and what it is not made of."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from idp.core.client import Client, ClientMetadata
from idp.core.ids import ClientId
from idp.testing.clock import START
from idp.testing.provider import TestProvider, provider_at
from idp.web.pages.render import Look, content_policy
from tests.pages.person import EMAIL, PASSWORD, Person

PAGES = ("/login", "/register", "/forgot", "/reset", "/device", "/logout", "/login/nonsense", "/account")


@pytest.mark.parametrize("path", PAGES)
async def test_every_page_is_strict(person: Person, path: str) -> None:
    """Rows 12, 13, 24."""
    headers = (await person.open(path)).headers

    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert "script-src" not in policy
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cross-origin-opener-policy"] == "unsafe-none"


@pytest.mark.parametrize("path", PAGES)
async def test_no_page_holds_script_or_inline_style(person: Person, path: str) -> None:
    text = (await person.open(path)).text

    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", text)


@pytest.mark.parametrize(
    ("leads_to", "sources"),
    [
        ("https://app.example.com/cb?x=1", "'self' https: https://app.example.com"),
        ("http://127.0.0.1:8080/cb", "'self' https: http://127.0.0.1:8080"),
        ("com.example.app:/cb", "'self' https: com.example.app:"),
        ("https://a;script-src *@b", "'self' https:"),
        (None, "'self'"),
    ],
)
def test_a_form_may_lead_to_the_app(leads_to: str | None, sources: str) -> None:
    """Chromium holds a form's redirects to form-action: without the app's address signing in would end here."""
    assert f"form-action {sources}; frame-ancestors" in content_policy(Look(leads_to=leads_to))


def test_frames_are_named_one_by_one() -> None:
    policy = content_policy(Look(frames=("https://a.example/out", "https://b.example:8443/out", "https://a.example/2")))

    assert policy.endswith("frame-src https://a.example https://b.example:8443")


def test_what_a_client_calls_itself_is_escaped() -> None:
    """Row 103 (Hydra CVE-2019-8400): the name is a person's text, and comes through the one template engine."""
    from idp.web.pages.templating import Templates
    from idp.web.pages.wording import Wording

    metadata = ClientMetadata(client_name="<script>alert(1)</script>", logo_uri='https://x/"onerror="alert(1)')
    client = Client(id=ClientId("x"), metadata=metadata, created_at=START, updated_at=START)
    macro = "{% from 'parts.html' import app_line with context %}{{ app_line(client) }}"
    templates = Templates(Wording(("en",)))
    templates.fill("parts.html", "en", {})
    text = templates._environments["en"].from_string(macro).render(client=client)

    assert "<script>" not in text
    assert '"onerror' not in text


@pytest.fixture
async def secure(tmp_path: Path, template: Path) -> AsyncIterator[TestProvider]:
    async with provider_at(tmp_path, template=template, issuer="https://id.example.com") as provider:
        yield provider


async def test_on_https_our_cookies_take_the_prefix_that_nobody_can_plant(secure: TestProvider) -> None:
    """Row 3, ASVS 3.3.3."""
    await secure.add_account(EMAIL, PASSWORD)
    async with secure.browser() as browser:
        person = Person(browser)
        first = await person.open("/login")
        answer = await person.send_alone("login-form", email=EMAIL, password=PASSWORD)

    for cookie in (first.headers["set-cookie"], answer.headers["set-cookie"]):
        assert re.match(r"__Host-idp-(browser|session)=", cookie)
        assert "; Path=/;" in cookie
        assert "; HttpOnly; Secure; SameSite=Lax" in cookie
        assert "Domain" not in cookie


async def test_a_style_sheet_is_kept_for_good_and_found_by_its_content(person: Person) -> None:
    text = (await person.open("/login")).text
    address = re.search(r'href="(/assets/site-[0-9a-f]{16}\.css)"', text)
    assert address is not None

    answer = await person.open(address[1])

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await person.open("/assets/site-0000000000000000.css")).status_code == 404
    assert (await person.open("/assets/..%2fdesk.py")).status_code == 404
