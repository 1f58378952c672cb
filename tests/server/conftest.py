"""A demo that all tests of a run share."""

import os
from collections.abc import Iterator

import pytest

from tests.house.project import TOP
from tests.server.process import Idp, serving


@pytest.fixture(scope="session", autouse=True)
def byte_code(pytestconfig: pytest.Config) -> Iterator[None]:
    """Where none is to lie beside the sources, processes of ours keep it with the cache of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        cache = getattr(pytestconfig, "cache", None)  # pytest may run without
        if "PYTHONDONTWRITEBYTECODE" in os.environ and cache is not None:
            patch.setenv("PYTHONPYCACHEPREFIX", str(cache.mkdir("byte-code")))
        yield


@pytest.fixture(scope="session")
def demo(byte_code: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Idp]:
    config = (TOP / "config.example.toml").read_text()
    with serving(
        tmp_path_factory.mktemp("demo"), config=config, variables={"IDP_SERVER__HEADER_DEADLINE": "1s"}
    ) as idp:
        yield idp
