"""A real Apache with mod_auth_openidc between a person and a small app."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.outside.listener import Listener, listener
from tests.outside.proxied import wait_for
from tests.outside.tools import needed
from tests.running import Server, free_port

CONF = Path(__file__).with_name("apache.conf")
MODULES = Path("/usr/lib/apache2/modules")
"""Where Debian puts them."""

SECRET = "a-secret-that-apache-shares-with-us"


@dataclass(frozen=True, slots=True)
class Site:
    """Apache, as a browser meets it, and the app behind."""

    url: str
    app: Listener

    def hook(self, **asked: str) -> str:
        """The module's own address: tokens, refresh, logout."""
        return f"{self.url}/oidc?" + "&".join(f"{name}={value}" for name, value in asked.items())


def module() -> Path:
    found = MODULES / "mod_auth_openidc.so"
    if not found.exists():
        pytest.skip("mod_auth_openidc is not installed")
    return found


@contextmanager
def site(folder: Path, server: Server) -> Iterator[Site]:
    """Leaves the test out where Apache or its module is not installed."""
    apache, modules = needed("apache2"), module().parent
    with listener() as behind:
        port = free_port()
        url = f"http://localhost:{port}"
        values = {
            "FOLDER": str(folder),
            "PORT": str(port),
            "SITE": url,
            "APP": behind.address,
            "IDP": server.url,
            "MODULES": str(modules),
            "SECRET": SECRET,
        }
        conf = CONF.read_text()
        for name, value in values.items():
            conf = conf.replace(f"@{name}@", value)
        (folder / "apache.conf").write_text(conf)
        (folder / "run").mkdir()
        words = ["-d", str(folder), "-f", str(folder / "apache.conf"), "-DFOREGROUND"]
        with subprocess.Popen([apache, *words], env={"PATH": "/usr/sbin:/usr/bin:/bin"}) as process:
            try:
                wait_for(port, process)
                yield Site(url, behind)
            finally:
                process.terminate()
