"""The same provider as the contracts' tests."""

from tests.contracts.conftest import browser, idp

__all__ = ["browser", "idp"]
