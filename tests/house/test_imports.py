"""Who may import what, beyond the ring."""

import pytest

from tests.house.imports import imports_what_is_declared, is_pure
from tests.house.project import assert_kept, planted


def test_the_core_is_pure() -> None:
    assert_kept(is_pure, "idp/core/")


def test_what_is_imported_is_declared() -> None:
    assert_kept(imports_what_is_declared, "idp/")


@pytest.mark.parametrize(
    "source",
    [
        "import pydantic",
        "from sqlalchemy import text",
        "import email_validator",
        "def f():\n    import httpx2",
        "async def f(): ...",
    ],
)
def test_an_impure_core_is_seen(source: str) -> None:
    assert list(is_pure(planted(source, "idp/core/planted.py")))


def test_the_core_may_check_addresses_in_one_place() -> None:
    assert not list(is_pure(planted("from email_validator import validate_email", "idp/core/address.py")))
    assert not list(is_pure(planted("import re\nfrom idp.core.ids import AccountId", "idp/core/planted.py")))


def test_an_undeclared_library_is_seen() -> None:
    assert list(imports_what_is_declared(planted("import pytest")))
    assert list(imports_what_is_declared(planted("import no_such_library_anywhere")))
    assert not list(imports_what_is_declared(planted("import argon2\nfrom sqlalchemy import select\nimport json")))
