"""Fixtures of the plugin tests."""

from tests.plugins.packages import site

__all__ = ["site"]
