"""What a client is called, in the reader's language (OIDC Registration §2.1)."""

from datetime import UTC, datetime

import pytest

from idp.core.client import Client, ClientMetadata
from idp.core.ids import ClientId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "language", "name"),
    [
        ({"client_name#es": "Pisos"}, "es", "Pisos"),
        ({"client_name#ES": "Pisos"}, "es", "Pisos"),
        ({"client_name#es": "Pisos"}, "es-MX", "Pisos"),
        ({"client_name#es": "Pisos", "client_name#es-MX": "Cuartos"}, "es-MX", "Cuartos"),
        ({"client_name#es": "Pisos", "client_name#es-MX": "Cuartos"}, "es", "Pisos"),
        ({"client_name#es-MX": "Cuartos"}, "es", "Cuartos"),
        ({"client_name#est": "Toad"}, "es", "Rooms"),
        ({"client_name#es": "Pisos"}, "en", "Rooms"),
        ({"logo_uri#es": "https://a.example/es"}, "es", "Rooms"),
        ({}, "es", "Rooms"),
    ],
)
def test_the_name_is_the_nearest_that_was_said(said: dict[str, str], language: str, name: str) -> None:
    metadata = ClientMetadata(client_name="Rooms", texts=said)
    one = Client(id=ClientId("rooms"), metadata=metadata, created_at=NOW, updated_at=NOW)

    assert one.in_language(language).name == name


@pytest.mark.parametrize("member", ["client_uri", "logo_uri", "policy_uri", "tos_uri"])
def test_so_is_every_address_that_people_see(member: str) -> None:
    metadata = ClientMetadata(texts={f"{member}#es": "https://a.example/es"})
    one = Client(id=ClientId("rooms"), metadata=metadata, created_at=NOW, updated_at=NOW)

    assert getattr(one.in_language("es").metadata, member) == "https://a.example/es"
    assert getattr(one.in_language("en").metadata, member) is None
