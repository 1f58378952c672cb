"""A folder, bash and the real curl."""

import json
import os
import subprocess
from dataclasses import dataclass
from http.cookiejar import MozillaCookieJar
from pathlib import Path
from typing import Any

from tests.outside.tools import needed

CURLRC = r"""
silent
show-error
max-time = 60
dump-header = "headers.txt"
write-out = "\n%{http_code}\n"
"""
"""What a script would write after every curl; here the lines stay as they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    status: int
    body: Any


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs lines as they are printed in a document, one after the other, in one folder."""

    folder: Path

    def run(self, line: str) -> Answered:
        """The last curl's answer. Raises CalledProcessError."""
        done = subprocess.run(
            [needed("bash"), "-euo", "pipefail", "-c", line],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "CURL_HOME": str(self.folder)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            check=True,
            text=True,
        )
        body, status = done.stdout.rstrip("\n").rsplit("\n", 1)
        return Answered(status=int(status), body=json.loads(body) if body else None)

    def cookies(self) -> dict[str, str]:
        """What curl keeps in cookies.txt."""
        jar = MozillaCookieJar(self.folder / "cookies.txt")
        jar.load(ignore_discard=True)
        return {cookie.name: cookie.value or "" for cookie in jar}

    def cleared(self) -> set[str]:
        """The cookies that the last answer took away.

        By its headers, for curl before 8.0 loads a jar again before it writes it, and brings back what was cleared.
        """
        lines = (self.folder / "headers.txt").read_text().splitlines()
        cookies = [line.partition(": ")[2] for line in lines if line.lower().startswith("set-cookie: ")]
        return {cookie.partition("=")[0] for cookie in cookies if "=; Max-Age=0; Path=/;" in cookie}


def open_shell(folder: Path) -> Shell:
    needed("curl")
    (folder / ".curlrc").write_text(CURLRC)
    return Shell(folder)
