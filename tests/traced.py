"""Coverage is taken where one thread does one thing: tests on PostgreSQL run untraced.

Their units of work run in greenlets, and CPython 3.11 was seen to spin for ever in the end of a thread with greenlets
while it was traced. What is demanded of coverage (core, usecases) runs on SQLite as well, line by line.
"""

from collections.abc import Generator

import coverage
import pytest


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """With its fixtures, which may start threads."""
    measuring = coverage.Coverage.current() if "postgresql" in item.nodeid else None
    if measuring is None:
        return (yield)
    measuring.stop()
    try:
        return (yield)
    finally:
        measuring.start()
