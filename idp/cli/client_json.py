"""Clients as verbs print them: the metadata by RFC 7591's names, and the operator's terms beside it. Never a secret but
the one that was made just now.
"""

from datetime import timedelta
from typing import Any

from idp.core.client import Client
from idp.oauth.clients.administer import Shown
from idp.oauth.clients.metadata import metadata_to_json

COLUMNS = ("client_id", "client_name", "token_endpoint_auth_method", "origin", "disabled", "created_at")


def brief(client: Client) -> dict[str, Any]:
    """A line of a list."""
    metadata = client.metadata
    return {
        "client_id": client.id,
        "client_name": metadata.client_name,
        "token_endpoint_auth_method": metadata.token_endpoint_auth_method,
        "grant_types": metadata.grant_types,
        "redirect_uris": metadata.redirect_uris,
        "origin": client.origin.value,
        "disabled": client.disabled_at is not None,
        "created_at": client.created_at,
    }


def whole(shown: Shown) -> dict[str, Any]:
    client, terms = shown.client, shown.client.terms
    secret = {"client_secret": shown.secret} if shown.secret is not None else {}
    return {
        "client_id": client.id,
        **secret,
        **metadata_to_json(client.metadata),
        "skip_consent": terms.skip_consent,
        "profile": terms.profile.value if terms.profile else None,
        "jurisdiction": terms.jurisdiction,
        "resources": terms.resources,
        "exchanges_from": terms.exchanges_from,
        "delegates": terms.delegates,
        "access_life": _seconds(terms.access_life),
        "id_token_life": _seconds(terms.id_token_life),
        "refresh_life": _seconds(terms.refresh_life),
        "origin": client.origin.value,
        "disabled": client.disabled_at is not None,
        "created_at": client.created_at,
        "updated_at": client.updated_at,
    }


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())
