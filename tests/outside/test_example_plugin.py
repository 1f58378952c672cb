"""The plugin package under examples/, as a wheel beside idp's own, signs people in over HTTP."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import jwt as pyjwt
import pytest

from tests.house.project import TOP
from tests.outside.installed import build_wheel, install
from tests.outside.listener import Listener, listener
from tests.outside.pace import within
from tests.running import EXAMPLE, PATIENCE_SECONDS, Server, running

JANE = {"email": "jane@example.com", "password": "securepassword123"}
ENABLED = """
[plugins.chat]
webhook_url = { env = "CHAT_WEBHOOK_URL" }
domain = "example.com"
"""


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("installed")
    wheels = [build_wheel(project, folder) for project in (TOP, TOP / "examples" / "idp-chat")]
    return install(folder / "venv", wheels)


@pytest.fixture(scope="module")
def chat() -> Iterator[Listener]:
    """The company's chat, as far as its incoming webhook."""
    with listener() as webhook:
        yield webhook


@pytest.fixture(scope="module")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path, python: Path, chat: Listener) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("idp")
    config = folder / "config.toml"
    config.write_text(EXAMPLE.read_text() + ENABLED)
    environment = {"CHAT_WEBHOOK_URL": f"http://{chat.address}/hooks/secret"}
    with running(folder, prepared=prepared, config=config, environment=environment, python=str(python)) as server:
        yield server


@pytest.fixture
def browser(idp: Server) -> Iterator[httpx2.Client]:
    with idp.browser() as client:
        yield client


def test_what_runs_is_the_wheel_and_not_this_checkout(python: Path) -> None:
    command = [str(python), "-I", "-c", "import idp, idp_chat; print(idp.__file__, idp_chat.__file__, sep='\\n')"]
    places = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()

    assert all(Path(place).is_relative_to(python.parents[1]) for place in places)


def test_the_operator_sees_the_package(idp: Server) -> None:
    listed = {plugin["name"]: plugin for plugin in idp.idp("plugins", "list")["items"]}

    assert (listed["chat"]["package"], listed["chat"]["state"]) == ("idp-chat", "enabled")


def test_its_code_comes_by_the_chat_and_is_a_second_factor(idp: Server, browser: httpx2.Client, chat: Listener) -> None:
    idp.idp("flag", "set", "mfa", "true", "--team", "My Team")
    assert "chat" in browser.post("/api/auth/login", json=JANE).json()["methods"]

    asked = browser.post("/auth/request-mfa-code", json={**JANE, "mfaType": "chat"})
    assert within(PATIENCE_SECONDS, lambda: chat.arrived)
    post = json.loads(chat.arrived[-1].body)
    (code,) = re.findall(r"\b\d{6}\b", post["text"])
    answer = browser.post("/auth/login", json={**JANE, "mfaCode": code, "mfaType": "chat"})

    assert (asked.status_code, post["channel"]) == (201, "@jane")
    assert answer.status_code == 201
    assert browser.get("/user").json()["email"] == JANE["email"]
    claims = pyjwt.decode(browser.cookies["access-token"], options={"verify_signature": False})
    assert claims["amr"] == ["pwd", "otp"]


def test_a_jurisdiction_switches_it_off(idp: Server, browser: httpx2.Client, chat: Listener) -> None:
    idp.idp("flag", "set", "chat", "false", "--jurisdiction", "Bay Area")
    chat.arrived.clear()

    answer = browser.post("/auth/request-mfa-code", json={**JANE, "mfaType": "chat"})

    assert answer.is_client_error
    assert chat.arrived == []
