"""Asks the advisory service about every package of a lock file: `audit.py requirements/dev.lock`.

A finding fails unless `.ci/audit-waivers.txt` waives it with a date that has not passed (ASVS 15.1.1). Where the
service cannot be reached, or knows none of our packages (a mirror without advisories), one line says so and nothing
fails: the audit judges packages, not networks.
"""

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

WAIVERS = Path(__file__).with_name("audit-waivers.txt")
PATIENCE_SECONDS = 180
# pip-audit ends with 1 both when it found something and when it broke; only the first comes with a report
JUDGED = {0, 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """An advisory about a package of ours; `ids` are all its names."""

    package: str
    version: str
    ids: frozenset[str]
    fixed_in: tuple[str, ...]

    def __str__(self) -> str:
        mend = f"fixed in {', '.join(self.fixed_in)}" if self.fixed_in else "no fixed version yet"
        return f"{self.package} {self.version}: {', '.join(sorted(self.ids))} ({mend})"


class BadWaiver(Exception):
    """A line of the waivers that cannot be read."""


def waivers(text: str) -> dict[str, date]:
    """`ID UNTIL REASON` a line, UNTIL being the last day it holds: `GHSA-xxxx-xxxx-xxxx 2027-01-31 only on Windows`."""
    held: dict[str, date] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            name, until, _reason = line.split(maxsplit=2)
            held[name] = date.fromisoformat(until)
        except ValueError:
            raise BadWaiver(f"{WAIVERS.name}:{number}: a waiver is ID, a date like 2027-01-31, and a reason") from None
    return held


def findings(report: Mapping[str, Any]) -> Iterator[Finding]:
    """The advisories in pip-audit's JSON report."""
    for package in report["dependencies"]:
        for found in package.get("vulns", ()):
            yield Finding(
                package=package["name"],
                version=package["version"],
                ids=frozenset({found["id"], *found["aliases"]}),
                fixed_in=tuple(found["fix_versions"]),
            )


def unknown(report: Mapping[str, Any]) -> list[str]:
    """The packages that the service does not know."""
    return [package["name"] for package in report["dependencies"] if "skip_reason" in package]


def unwaived(report: Mapping[str, Any], held: Mapping[str, date], today: date) -> list[Finding]:
    """The findings that no waiver of today covers."""
    live = {name for name, until in held.items() if today <= until}
    return [finding for finding in findings(report) if not finding.ids & live]


def ask(lock: str) -> dict[str, Any] | None:
    """pip-audit's report, or None when there is none."""
    options = ["--require-hashes", "--disable-pip", "--format", "json", "--progress-spinner", "off"]
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, *options]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
        report: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError):
        return None
    return report if done.returncode in JUDGED else None


def verdict(report: Mapping[str, Any] | None, held: Mapping[str, date], today: date) -> tuple[int, list[str]]:
    """The exit code, and what to say."""
    if report is None or len(unknown(report)) == len(report["dependencies"]):
        return 0, ["audit: left out, the advisory service cannot be reached from here"]
    said = [f"audit: {name} is unknown to the advisory service" for name in unknown(report)]
    left = unwaived(report, held, today)
    said += [f"audit: {finding}" for finding in left]
    known = len(report["dependencies"]) - len(unknown(report))
    said.append(f"audit: {known} packages judged, {len(left)} findings that no waiver covers")
    return int(bool(left)), said


def main(lock: str) -> int:
    try:
        held = waivers(WAIVERS.read_text())
    except BadWaiver as error:
        print(error)
        return 2
    code, said = verdict(ask(lock), held, datetime.now(UTC).date())  # noqa: TID251 (a script has no Clock)
    print(*said, sep="\n")
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
