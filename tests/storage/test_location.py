"""Database URLs, as an operator writes them."""

from pathlib import Path

import pytest

from idp.storage.location import PostgresqlServer, SqliteFile, UnsupportedUrl, locate


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///var/idp.db", "var/idp.db"),
        ("sqlite:////srv/idp/idp.db", "/srv/idp/idp.db"),
        ("sqlite:///with blank/ñ.db", "with blank/ñ.db"),
    ],
)
def test_three_slashes_begin_a_relative_path_and_four_an_absolute_one(url: str, path: str) -> None:
    assert locate(url) == SqliteFile(Path(path))


@pytest.mark.parametrize("url", ["postgresql://user@host/db", "postgres://user:pw@host:5433/db?sslmode=require"])
def test_a_server_is_addressed_as_everywhere_else(url: str) -> None:
    assert locate(url) == PostgresqlServer(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "idp.db",
        "sqlite://",
        "sqlite:///",
        "sqlite:///:memory:",
        "sqlite://host/idp.db",
        "mysql://user:s3cret@host/db",
        "postgresql+psycopg://user:s3cret@host/db",
        "postgresql://user:s3cret@host:port/db",
    ],
)
def test_anything_else_is_refused_without_being_quoted(url: str) -> None:
    with pytest.raises(UnsupportedUrl) as raised:
        locate(url)

    assert "s3cret" not in str(raised.value)


def test_an_address_does_not_show_its_password() -> None:
    assert "s3cret" not in repr(locate("postgresql://user:s3cret@host/db"))
