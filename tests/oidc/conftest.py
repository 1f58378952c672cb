"""A provider as clients meet it."""

from tests.support import template

__all__ = ["template"]
