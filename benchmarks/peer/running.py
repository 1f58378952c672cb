"""Starts node-oidc-provider beside ours. Its packages come from the registry that npm is told of, once."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.exchanges import Ends
from benchmarks.server import Running, ServerFailed, Site, peer_process

FOLDER = Path(__file__).parent
INSTALLED = FOLDER / "node_modules" / "oidc-provider"

PEER = Ends(
    authorize="/auth",
    token="/token",
    userinfo="/me",
    introspect="/token/introspection",
    jwks="/jwks",
    resource="https://api.example/web",
)


def install() -> None:
    """Raises ServerFailed. better-sqlite3 is built, or its binary fetched, by a script of its own."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        raise ServerFailed("the peer needs Node.js 20 or newer, and npm")
    if INSTALLED.exists():
        return
    words = [npm, "ci", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(words, cwd=FOLDER, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode:
        raise ServerFailed(f"npm ci: {done.stderr.decode()[-500:]}")


@contextmanager
def peer(site: Site, file: Path | None = None) -> Iterator[Running]:
    """`file`: its database; None for its store in memory. Raises ServerFailed."""
    install()
    words = ["node", str(FOLDER / "server.mjs")]
    with peer_process(site, words, [str(file)] if file else []) as running:
        yield running
