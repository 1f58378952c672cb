"""Dataclasses as JSON documents."""

from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import orjson
import pytest

from idp.core.client import ClientMetadata, ClientTerms, Profile
from idp.storage.oauth.documents import from_document, to_document
from tests.storage.oauth_samples import a_full_client, a_full_request, a_request

VALUES: list[Any] = [
    ClientMetadata(),
    a_full_client().metadata,
    ClientTerms(),
    a_full_client().terms,
    a_request(),
    a_full_request(),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_what_was_written_reads_the_same(value: Any) -> None:
    written = orjson.dumps(to_document(value))

    assert from_document(type(value), orjson.loads(written)) == value


@pytest.mark.parametrize("bare", [ClientMetadata(), ClientTerms(), a_request()], ids=lambda value: type(value).__name__)
def test_every_field_reads_the_same_alone(bare: Any) -> None:
    """A field of a new type that nobody taught the codec fails here."""
    samples: dict[Any, Any] = {
        bool: True,
        tuple[str, ...]: ("a", "b"),
        timedelta | None: timedelta(seconds=1),
        Profile | None: Profile.MCP,
        int | None: 7,
    }
    for field in fields(bare):
        text_or_map = {"x": "y"} if "Mapping" in str(field.type) else "text"
        value = replace(bare, **{field.name: samples.get(field.type, text_or_map)})

        assert from_document(type(bare), orjson.loads(orjson.dumps(to_document(value)))) == value


def test_defaults_are_left_out() -> None:
    assert to_document(ClientMetadata()) == {}


def test_what_a_newer_version_wrote_is_passed_over() -> None:
    assert from_document(ClientTerms, {"skip_consent": True, "of_the_future": 1}) == ClientTerms(skip_consent=True)
