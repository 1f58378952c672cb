"""Values that must not be confused with what they were made from."""

from typing import NewType

Digest = NewType("Digest", bytes)
"""A keyed digest of a code, link or refresh token: what the database holds in its place."""

Sealed = NewType("Sealed", bytes)
"""Bytes encrypted and authenticated under the master key; readable by the process, not by a copy of the database."""
