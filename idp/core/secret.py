"""Values that must not be confused with what they were made from."""

from typing import NewType

from idp.core.ids import AccountId

Digest = NewType("Digest", bytes)
"""A keyed digest of a code, link or refresh token: what the database holds in its place."""

Sealed = NewType("Sealed", bytes)
"""Bytes encrypted and authenticated under the master key; readable by the process, not by a copy of the database."""


def credential_seal(plugin: str, account_id: AccountId) -> str:
    """What a plugin's credential is sealed for: copied to another account or plugin, it does not open."""
    return f"credential:{plugin}:{account_id}"
