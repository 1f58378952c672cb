"""The lock files: what they pin, and that they agree."""

import re
import tomllib

from tests.house.imports import declared, normal
from tests.house.project import TOP

PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?P<rest>(?:.*\\\n)+.*)$", re.MULTILINE)


def pins(kind: str) -> dict[str, str]:
    lock = (TOP / "requirements" / f"{kind}.lock").read_text()
    return {normal(found["name"]): found["version"] for found in PIN.finditer(lock)}


def test_every_pin_of_the_run_lock_stands_in_the_dev_lock() -> None:
    """So that installing the one never takes the other back: .ci/install counts on it."""
    assert pins("run").items() <= pins("dev").items()


def test_every_pin_has_hashes() -> None:
    for kind in ("run", "dev"):
        lock = (TOP / "requirements" / f"{kind}.lock").read_text()
        packages = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]

        assert len(packages) == len(pins(kind))
        assert all("--hash=sha256:" in found["rest"] for found in PIN.finditer(lock))


def test_the_run_lock_holds_what_is_declared() -> None:
    """Also what an editable install needs to be built, so that nothing is fetched beside the lock file."""
    groups = tomllib.loads((TOP / "pyproject.toml").read_text())["dependency-groups"]
    build = {normal(re.split(r"[^A-Za-z0-9._-]", requirement, maxsplit=1)[0]) for requirement in groups["build"]}

    assert declared() | build <= pins("run").keys()
