"""What every test may ask for."""

import pytest

pytest_plugins = ["tests.house.left_out"]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutine tests run on asyncio, as the server does."""
    return "asyncio"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A coroutine function is a test like any other: no marker to forget."""
    import inspect

    for item in items:
        if isinstance(item, pytest.Function) and inspect.iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.anyio)
            item.fixturenames.append("anyio_backend") if "anyio_backend" not in item.fixturenames else None
