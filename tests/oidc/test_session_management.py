"""An app's page watches the session (OIDC Session Management 1.0)."""

import base64
import hashlib
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from idp.core.client import Client
from idp.oauth.session_states import BROWSER_STATE, origin_of, session_state
from idp.testing.provider import TestProvider, provider_at
from idp.web.oidc.check_session import SCRIPT
from tests.oidc.asking import Person, add_client
from tests.oidc.leaving import ask_to_leave, id_token_of
from tests.oidc.redeeming import App

CHECK_SESSION = "/oauth2/check_session"
ORIGIN = "https://app.example.com"


async def test_the_answer_holds_the_state_of_the_browser_s_session(jane: Person, app: Client) -> None:
    """§2: what the script makes of the cookie is what the app was told."""
    answer = await jane.ask()

    state = jane.browser.cookies[BROWSER_STATE]
    told, salt = answer.told["session_state"], answer.told["session_state"].partition(".")[2]
    assert told == session_state("app", ORIGIN, state, salt)
    assert (await jane.ask()).told["session_state"] != told
    assert jane.browser.cookies[BROWSER_STATE] == state


async def test_another_session_is_another_state(op: TestProvider, jane: Person, app: Client) -> None:
    await jane.ask()
    before = jane.browser.cookies[BROWSER_STATE]
    assert jane.account is not None

    await jane.sign_in(jane.account)
    await jane.ask()

    assert jane.browser.cookies[BROWSER_STATE] != before


async def test_the_cookie_tells_nobody_our_session(jane: Person, app: Client) -> None:
    answer = await jane.ask()

    assert jane.session is not None
    assert jane.session.id not in answer.response.headers["set-cookie"]
    assert jane.session.id not in answer.told["session_state"]


async def test_who_asks_for_no_id_token_is_told_nothing(jane: Person, app: Client) -> None:
    answer = await jane.ask(scope="email")

    assert "session_state" not in answer.told
    assert "set-cookie" not in answer.response.headers


async def test_signing_out_takes_the_cookie(jane: Person, app: Client, client: App) -> None:
    hint = await id_token_of(jane, client)
    assert BROWSER_STATE in jane.browser.cookies

    await ask_to_leave(jane, id_token_hint=hint)

    assert BROWSER_STATE not in jane.browser.cookies


async def test_signing_out_at_a_cookie_endpoint_takes_it_too(jane: Person, app: Client) -> None:
    await jane.ask()

    left = await jane.browser.get("/auth/logout")

    assert left.status_code == 200
    assert BROWSER_STATE not in jane.browser.cookies


async def test_behind_https_the_cookie_is_there_in_other_sites_frames(tmp_path: Path, template: Path) -> None:
    """§3.2: the frame is read within the app's page, where Lax would withhold it."""
    async with provider_at(tmp_path, template=template, issuer="https://id.example.com") as op, op.browser() as browser:
        await add_client(op)
        person = Person(op, browser)
        session = await person.sign_in(await op.add_account("jane@example.com"))
        token = op.provider.verbs.tokens.mint(session)
        answer = await Person(op, browser).ask()
        browser.cookies.clear()
        sent = await browser.get(str(answer.response.request.url), headers={"cookie": f"access-token={token}"})

    [cookie] = [one for one in sent.headers.get_list("set-cookie") if BROWSER_STATE in one]
    assert cookie.endswith("; Secure; SameSite=None")
    assert "HttpOnly" not in cookie


async def test_behind_https_no_other_host_can_write_the_cookie(tmp_path: Path, template: Path) -> None:
    """ASVS 3.3.3. One that a browser got before it had the prefix goes as well when its person signs out."""
    async with provider_at(tmp_path, template=template, issuer="https://id.example.com") as op, op.browser() as browser:
        await add_client(op)
        person = Person(op, browser)
        token = op.provider.verbs.tokens.mint(await person.sign_in(await op.add_account("jane@example.com")))
        answer = await Person(op, browser).ask()
        browser.cookies.clear()
        held = f"access-token={token}; __Host-{BROWSER_STATE}=new; {BROWSER_STATE}=old"
        sent = await browser.get(str(answer.response.request.url), headers={"cookie": held})
        left = await browser.get("/auth/logout", headers={"cookie": held})

    [written] = [one for one in sent.headers.get_list("set-cookie") if BROWSER_STATE in one]
    gone = {one.partition("=")[0]: one for one in left.headers.get_list("set-cookie") if BROWSER_STATE in one}
    assert written.startswith(f"__Host-{BROWSER_STATE}=")
    assert "; Path=/;" in written
    assert "Domain" not in written
    assert set(gone) == {f"__Host-{BROWSER_STATE}", BROWSER_STATE}
    assert all("Max-Age=0; Path=/;" in one and "Secure" in one for one in gone.values())


async def test_the_frame_may_stand_in_any_page_and_runs_its_own_script_alone(stranger: Person) -> None:
    """§3.2, §5.1; CSP §6.7.2.5."""
    page = await stranger.browser.get(CHECK_SESSION)

    policy = page.headers["content-security-policy"]
    [script] = re.findall(r"<script>(.*)</script>", page.text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert page.status_code == 200
    assert policy == f"default-src 'none'; script-src 'sha256-{digest}'; base-uri 'none'"
    assert "x-frame-options" not in page.headers
    assert page.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://App.Example.com/callback?x=y", "https://app.example.com"),
        ("https://app.example.com:443/", "https://app.example.com"),
        ("https://app.example.com:8443/", "https://app.example.com:8443"),
        ("http://localhost:3000/cb", "http://localhost:3000"),
        ("http://[::1]:80/cb", "http://[::1]"),
    ],
)
def test_an_origin_is_as_browsers_tell_it(address: str, origin: str) -> None:
    """RFC 6454 §6.2."""
    assert origin_of(address) == origin


DRIVER = """
const [file, cookie, origin, message] = process.argv.slice(1);
let heard;
global.document = { cookie };
global.window = { addEventListener: (_, listener) => { heard = listener; } };
eval(require("fs").readFileSync(file, "utf8"));
heard({ data: message, origin, source: { postMessage: (answer, target) => console.log(answer + " to " + target) } });
"""


def _ask(message: str, *, cookie: str = "a=b; idp-browser-state=state-of-jane; c=d", origin: str = ORIGIN) -> str:
    node = shutil.which("node")
    if node is None:
        pytest.skip("Node.js is not installed")
    done = subprocess.run(
        [node, "-e", DRIVER, str(SCRIPT), cookie, origin, message], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.mark.parametrize("salt", ["s", "s" * 22, "s" * 200])
def test_the_script_finds_an_unchanged_session(salt: str) -> None:
    """§3.2."""
    message = "app " + session_state("app", ORIGIN, "state-of-jane", salt)

    assert _ask(message) == f"unchanged to {ORIGIN}"


def test_the_script_finds_a_change() -> None:
    message = "app " + session_state("app", ORIGIN, "state-of-jane", "salt")

    assert _ask(message, cookie="idp-browser-state=another") == f"changed to {ORIGIN}"
    assert _ask(message, cookie="") == f"changed to {ORIGIN}"
    assert _ask(message, origin="https://evil.example") == "changed to https://evil.example"
    assert _ask(message.replace("app", "other")) == f"changed to {ORIGIN}"


def test_the_script_believes_the_name_that_nobody_else_can_write() -> None:
    """ASVS 3.3.3. The bare name counts in browsers that have no other yet."""
    message = "app " + session_state("app", ORIGIN, "state-of-jane", "salt")
    ours, planted = f"__Host-{BROWSER_STATE}=state-of-jane", f"{BROWSER_STATE}=planted"

    assert _ask(message, cookie=f"{planted}; {ours}") == f"unchanged to {ORIGIN}"
    assert _ask(message, cookie=f"{ours}; {planted}") == f"unchanged to {ORIGIN}"
    assert _ask(message, cookie=planted) == f"changed to {ORIGIN}"


@pytest.mark.parametrize("message", ["", "app", "app state", " .", "app .", "app x.", "\u00e4 x.y"])
def test_the_script_says_error_to_what_it_cannot_read(message: str) -> None:
    assert _ask(message) == f"error to {ORIGIN}"
