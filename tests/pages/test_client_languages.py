"""An app in the page's language (OIDC Registration §2.1)."""

from typing import Any

import pytest

from idp.oauth.devices.begin import DEVICE_CODE
from idp.testing.provider import TestProvider
from tests.pages.app import APP, add_app, authorize
from tests.pages.person import EMAIL, PASSWORD, Person

SPANISH = {
    "client_name#es": "Cuartos y Techos",
    "logo_uri#es": "https://app.example.com/es.svg",
    "policy_uri#es": "https://app.example.com/privacidad",
    "tos_uri#es": "https://app.example.com/condiciones",
}
USUAL = {
    "logo_uri": "https://app.example.com/logo.svg",
    "policy_uri": "https://app.example.com/privacy",
    "tos_uri": "https://app.example.com/terms",
}

SORRY = "No podemos atender esta solicitud"


@pytest.fixture
async def person(person: Person, idp: TestProvider) -> Person:
    """Jane, at whose browser Spanish is spoken."""
    metadata: dict[str, Any] = {**USUAL, "texts": SPANISH, "grant_types": ("authorization_code", DEVICE_CODE)}
    await add_app(idp, **metadata)
    await idp.add_account(EMAIL, PASSWORD)
    person.browser.headers["accept-language"] = "es-MX"
    return person


def is_spanish(text: str) -> bool:
    return all(said in text for said in SPANISH.values()) and not any(said in text for said in USUAL.values())


async def test_on_the_way_to_the_app(person: Person) -> None:
    await person.open(authorize())
    sign_in = person.answer.text
    await person.send("login-form", email=EMAIL, password=PASSWORD)

    assert is_spanish(sign_in)
    assert "Cancelar y volver a Cuartos y Techos" in sign_in
    assert "¿Permitir Cuartos y Techos?" in person.answer.text
    assert is_spanish(person.answer.text)


async def test_in_the_language_that_the_app_asks_for(person: Person) -> None:
    await person.open(authorize(ui_locales="en"))

    assert "to continue to Rooms &amp; Roofs" in person.answer.text
    assert all(said in person.answer.text for said in USUAL.values())


async def test_so_is_what_is_wrong_with_its_request(person: Person) -> None:
    """OIDC Core §3.1.2.1; a wish that cannot be read is none."""
    for wish, words in (("en", "This request cannot be answered"), ("fr %00 es", SORRY), ("%F0%9F", SORRY)):
        await person.open(authorize(redirect_uri="https://evil.example/") + f"&ui_locales={wish}")

        assert person.answer.status_code == 400
        assert words in person.answer.text


async def test_among_the_apps_of_the_account(person: Person) -> None:
    await person.open(authorize())
    await person.send("login-form", email=EMAIL, password=PASSWORD)
    await person.send("consent-allow")

    await person.open("/account/apps")

    assert "<strong>Cuartos y Techos</strong>" in person.answer.text
    assert "Rooms" not in person.answer.text


async def test_at_a_device(person: Person) -> None:
    device = await person.browser.post("/oauth2/device_authorization", data={"client_id": APP, "scope": "openid email"})
    await person.sign_in("/login?next=/device")

    await person.send("device-form", user_code=device.json()["user_code"])

    assert "¿Conectar Cuartos y Techos?" in person.answer.text
    assert is_spanish(person.answer.text)


async def test_at_the_question_before_signing_out(person: Person) -> None:
    await person.sign_in()

    await person.open(f"/oauth2/end_session?client_id={APP}")

    assert "Cuartos y Techos pide cerrar su sesión" in person.answer.text
