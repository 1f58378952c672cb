"""A real nginx between a client and a small app."""

import http.client
import os
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.outside.listener import Listener, listener
from tests.outside.tools import needed
from tests.running import PATIENCE_SECONDS, Server, free_port

CONF = Path(__file__).with_name("nginx.conf")


@dataclass(frozen=True, slots=True)
class Site:
    """nginx, as a client meets it."""

    port: int
    app: Listener

    def ask(self, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, body: bytes = b"") -> int:
        """The status. The path goes out as it is: nothing is tidied up on this side."""
        self.app.arrived.clear()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body or None, dict(headers or {}))
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def site(folder: Path, server: Server) -> Iterator[Site]:
    """Leaves the test out where nginx is not installed."""
    nginx = needed("nginx")
    with listener() as behind:
        port = free_port()
        values = {
            "LISTEN": f"127.0.0.1:{port}",
            "APP": behind.address,
            "IDP": f"127.0.0.1:{server.port}",
            "HOST": f"localhost:{server.port}",
        }
        conf = CONF.read_text()
        for name, value in values.items():
            conf = conf.replace(f"@{name}@", value)
        (folder / "nginx.conf").write_text(conf)
        words = ["-p", str(folder), "-c", "nginx.conf", "-e", "error.log"]
        # its workers would else become another user, who may not enter this folder
        words += ["-g", "user root;"] if os.geteuid() == 0 else []
        with subprocess.Popen([nginx, *words]) as process:
            try:
                wait_for(port, process)
                yield Site(port, behind)
            finally:
                process.terminate()


def wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        try:
            connection.connect()
            return
        except OSError:
            assert process.poll() is None, "nginx ended"
            assert time.monotonic() < deadline
            time.sleep(0.02)
        finally:
            connection.close()
