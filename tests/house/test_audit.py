"""The audit of the lock file (.ci/audit.py): what fails, what is waived, what is left out."""

import importlib.util
import sys
from datetime import date
from types import ModuleType
from typing import Any

import pytest

from tests.house.project import TOP

TODAY = date(2026, 11, 21)


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", TOP / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit"] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


def report(*vulns: dict[str, Any]) -> dict[str, Any]:
    return {
        "dependencies": [
            {"name": "starlette", "version": "0.1", "vulns": list(vulns)},
            {"name": "anyio", "version": "4.16.0", "vulns": []},
        ]
    }


HOST_POISONS_PATH = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-48710"], "fix_versions": ["1.0.1"]}


def test_a_finding_fails_and_names_the_mend(audit: ModuleType) -> None:
    code, said = audit.verdict(report(HOST_POISONS_PATH), {}, TODAY)

    assert code == 1
    assert "audit: starlette 0.1: CVE-2026-48710, PYSEC-2026-1 (fixed in 1.0.1)" in said


def test_no_finding_passes(audit: ModuleType) -> None:
    assert audit.verdict(report(), {}, TODAY) == (0, ["audit: 2 packages judged, 0 findings that no waiver covers"])


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-48710"])
@pytest.mark.parametrize(("until", "code"), [("2026-11-21", 0), ("2026-11-20", 1)])
def test_a_waiver_holds_until_its_date_under_any_name(audit: ModuleType, name: str, until: str, code: int) -> None:
    held = audit.waivers(f"# why\n\n{name} {until} only on Windows\n")

    assert audit.verdict(report(HOST_POISONS_PATH), held, TODAY)[0] == code


@pytest.mark.parametrize("line", ["CVE-2026-48710", "CVE-2026-48710 2026-11-21", "CVE-2026-48710 soon because"])
def test_a_waiver_without_date_or_reason_is_refused(audit: ModuleType, line: str) -> None:
    with pytest.raises(audit.BadWaiver, match=r"audit-waivers\.txt:1"):
        audit.waivers(line)


def test_a_service_that_is_silent_or_knows_nothing_is_told_in_one_line(audit: ModuleType) -> None:
    mirror = {"dependencies": [{"name": "starlette", "skip_reason": "not found"}]}
    left_out = (0, ["audit: left out, the advisory service cannot be reached from here"])

    assert audit.verdict(None, {}, TODAY) == left_out
    assert audit.verdict(mirror, {}, TODAY) == left_out


def test_a_package_that_the_service_does_not_know_is_told(audit: ModuleType) -> None:
    mixed = report()
    mixed["dependencies"].append({"name": "internal", "skip_reason": "not found"})

    assert "audit: internal is unknown to the advisory service" in audit.verdict(mixed, {}, TODAY)[1]


def test_the_waivers_can_be_read(audit: ModuleType) -> None:
    audit.waivers(audit.WAIVERS.read_text())
