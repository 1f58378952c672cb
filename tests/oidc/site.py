"""A client's own web site: keys, lists and documents behind TLS, or what an attacker would serve there instead."""

import asyncio
import datetime
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

NAMES = ("localhost", "rp.test")
_LONG_AGO = datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)
_LATE = datetime.datetime(2100, 1, 1, tzinfo=datetime.UTC)


@dataclass(frozen=True, slots=True)
class Page:
    """`delay` in seconds before each byte of the body; `endless` never ends it."""

    body: bytes = b"{}"
    media_type: str = "application/json"
    status: str = "200 OK"
    headers: tuple[str, ...] = ()
    delay: float = 0
    endless: bool = False


@dataclass(slots=True)
class Site:
    """`asked` are the request lines, headers below them, that came in."""

    port: int
    scheme: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def url(self, path: str, host: str = "localhost") -> str:
        return f"{self.scheme}://{host}:{self.port}{path}"

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line[15:]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        self.asked.append(head + (await reader.readexactly(length)).decode())
        page = self.pages.get(head.split(" ")[1], Page(status="404 Not Found"))
        lines = [f"HTTP/1.1 {page.status}", f"content-type: {page.media_type}", "connection: close", *page.headers]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await self._send(writer, page)
        writer.close()

    async def _send(self, writer: asyncio.StreamWriter, page: Page) -> None:
        try:
            while page.endless:
                writer.write(b"x" * 4096)
                await writer.drain()
            for part in [page.body] if not page.delay else [page.body[at : at + 1] for at in range(len(page.body))]:
                await asyncio.sleep(page.delay)
                writer.write(part)
                await writer.drain()
        except (ConnectionError, ssl.SSLError):
            return


@asynccontextmanager
async def site(*, tls: bool = True) -> AsyncIterator[Site]:
    """On a free port of 127.0.0.1. A visitor that goes early is no fault of the site's."""
    here = Site(0, "https" if tls else "http")
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_credentials() / "server.pem")

    async def visit(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await here.answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(visit, "127.0.0.1", 0, ssl=context)
    here.port = server.sockets[0].getsockname()[1]
    try:
        yield here
    finally:
        server.close()


def ca_bundle() -> Path:
    """The authority that vouches for every site here."""
    return _credentials() / "ca.pem"


_FOLDERS: list[TemporaryDirectory[str]] = []


@cache
def _credentials() -> Path:
    _FOLDERS.append(TemporaryDirectory())
    folder = Path(_FOLDERS[0].name)
    authority, key = _name("An authority of the tests"), ec.generate_private_key(ec.SECP256R1())
    own = ec.generate_private_key(ec.SECP256R1())
    names = [*map(x509.DNSName, NAMES), x509.IPAddress(ip_address("127.0.0.1"))]
    root = (
        _certificate(authority, authority, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    leaf = (
        _certificate(_name("rp.test"), authority, own.public_key())
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "server.pem").write_bytes(
        own.private_bytes(pem, secret, serialization.NoEncryption()) + leaf.public_bytes(pem)
    )
    return folder


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _certificate(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_LONG_AGO)
        .not_valid_after(_LATE)
    )
