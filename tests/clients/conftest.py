"""The demo as a process, for all clients together."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.outside.conftest import byte_code, prepared
from tests.running import Server, running

__all__ = ["byte_code", "prepared"]


@pytest.fixture(scope="session")
def idp(tmp_path_factory: pytest.TempPathFactory, prepared: Path) -> Iterator[Server]:
    """It may reach the servers of apps on this machine."""
    environment = {"IDP_FETCH__NETWORKS": '["127.0.0.0/8", "::1/128"]'}
    with running(tmp_path_factory.mktemp("idp"), prepared=prepared, environment=environment) as server:
        yield server
