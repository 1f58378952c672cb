"""`make run` on a fresh clone, as the README says it: from an empty folder to the first sign-in.

It installs everything anew, so it runs where everything is demanded (REQUIRE_ALL_TESTS=1, as .ci/run sets it).
"""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.left_out import everything_is_required
from tests.house.project import TOP
from tests.outside.shell import open_shell
from tests.outside.tools import needed
from tests.running import PATIENCE_SECONDS, Server

pytestmark = pytest.mark.alone

SECONDS_TO_INSTALL = 240.0
SECONDS_TO_START_AGAIN = 3.0
"""One is promised, on a machine that does nothing else; the figure is printed."""

OURS = ("IDP_", "MAKE", "MFLAGS", "PYTHON", "VIRTUAL_ENV", "COV_")
"""Variables of the run that we are part of, which no visitor has."""


@dataclass(frozen=True, slots=True)
class Clone:
    folder: Path
    address: Server
    """Nothing but the free port, and whether somebody answers there."""

    @contextmanager
    def made(self) -> Iterator[Path]:
        """`make run`, until the block ends; what it prints."""
        printed = self.folder.parent / "printed"
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        with (
            printed.open("wb") as log,
            subprocess.Popen(
                [needed("make"), "run"],
                cwd=self.folder,
                env=environment | {"IDP_SERVER__PORT": str(self.address.port)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ) as process,
        ):
            try:
                yield printed
            finally:
                os.killpg(process.pid, signal.SIGINT)  # Ctrl-C
                process.wait(PATIENCE_SECONDS)

    def seconds_until_ready(self, printed: Path, most: float) -> float:
        began = time.monotonic()
        while not (self.address.is_ready() and "Ctrl-C stops it." in printed.read_text()):
            assert time.monotonic() - began < most, printed.read_text()
            time.sleep(0.02)
        return time.monotonic() - began


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    if not everything_is_required():
        pytest.skip("installing anew takes a minute: asked for by REQUIRE_ALL_TESTS=1")
    folder = tmp_path_factory.mktemp("clone") / "a fresh clone"
    command = [str(needed("git")), "-c", "safe.directory=*", "clone", "--quiet", str(TOP), str(folder)]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL)
    return Clone(folder, Server(folder=folder))


def test_make_run_goes_from_nothing_to_the_readmes_own_lines(
    clone: Clone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shell = open_shell(tmp_path)
    with clone.made() as printed:
        took = clone.seconds_until_ready(printed, SECONDS_TO_INSTALL)
        lines = [line.replace("http://localhost:3100", clone.address.url) for line in readme_lines()]
        answers = [(line, shell.run(line).status) for line in lines]

    tell(capsys, f"make run: {took:.0f} s from a fresh clone to the banner")
    assert len(answers) >= 3
    assert [(line, status) for line, status in answers if status not in {200, 201}] == []
    status = subprocess.run(["git", "status", "--porcelain"], cwd=clone.folder, check=True, capture_output=True)
    assert status.stdout == b""


def test_the_second_time_it_is_there_at_once(clone: Clone, capsys: pytest.CaptureFixture[str]) -> None:
    with clone.made() as printed:
        took = clone.seconds_until_ready(printed, PATIENCE_SECONDS)

    tell(capsys, f"make run: {took:.2f} s the second time")
    assert took < SECONDS_TO_START_AGAIN


def readme_lines() -> list[str]:
    """The curl lines of the README's shell blocks."""
    blocks = re.findall(r"^```sh\n(.*?)^```$", (TOP / "README.md").read_text(), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.startswith("curl ")]


def tell(capsys: pytest.CaptureFixture[str], line: str) -> None:
    """For the log of CI, whatever else is captured."""
    with capsys.disabled():
        sys.stdout.write(f"\n{line}\n")
