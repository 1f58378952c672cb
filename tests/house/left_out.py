"""Nothing is left out in silence: with REQUIRE_ALL_TESTS=1 a test that would be skipped fails, with its reason."""

import os
from collections.abc import Generator

import pytest


def everything_is_required() -> bool:
    return os.environ.get("REQUIRE_ALL_TESTS") == "1"


def _refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    # an expected failure is reported as a skip as well, and stays one
    if not report.skipped or hasattr(report, "wasxfail") or not everything_is_required():
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    report.outcome = "failed"
    report.longrepr = f"left out, although REQUIRE_ALL_TESTS=1 demands everything: {reason}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    _refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    _refuse_skip(report)
    return report
