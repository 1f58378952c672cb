"""The same provider as the contracts' tests."""

from tests.contracts.conftest import browser, idp
from tests.support import template

__all__ = ["browser", "idp", "template"]
