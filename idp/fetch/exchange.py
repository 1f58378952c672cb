"""One request and its answer, bounded in time and size."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from urllib.parse import urlencode

import httpx2

from idp.fetch.places import Places
from idp.fetch.target import Gate, Resolver, Target, host_of, resolve_by_system
from idp.ports.oauth import FetchRefused

LARGEST = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answered:
    """Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """No redirects, no proxies of the environment, no cookies, no compression, no connection kept.

    Connections are not kept, because two names may share an address and only one of them a certificate.
    """

    gate: Gate
    ca_bundle: Path | None = None
    timeout: timedelta = timedelta(seconds=5)
    resolve: Resolver = resolve_by_system
    places: Places = field(default_factory=Places)

    async def get(self, url: str, accept: str) -> Answered:
        """Raises FetchRefused."""
        return await self._bounded(url, "GET", {"accept": accept}, b"")

    async def post(self, url: str, fields: Mapping[str, str]) -> Answered:
        """Raises FetchRefused."""
        headers = {"content-type": "application/x-www-form-urlencoded", "accept": "*/*"}
        return await self._bounded(url, "POST", headers, urlencode(fields).encode())

    async def _bounded(self, url: str, method: str, headers: Mapping[str, str], body: bytes) -> Answered:
        try:
            async with asyncio.timeout(self.timeout.total_seconds()), self.places.at_host(host_of(url)):
                target = await self.gate.target(url, self.resolve)
                return await self._dial(target, method, headers, body)
        except TimeoutError:
            raise FetchRefused(f"took longer than {self.timeout.total_seconds():g} s") from None

    async def _dial(self, target: Target, method: str, headers: Mapping[str, str], body: bytes) -> Answered:
        *others, last = target.dialled
        for url in others:
            try:
                return await self._in_turn(target, url, method, headers, body)
            except httpx2.ConnectError:
                continue  # the name's next address
            except (httpx2.HTTPError, httpx2.InvalidURL) as error:
                raise _broken(target, error) from error
        try:
            return await self._in_turn(target, last, method, headers, body)
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise _broken(target, error) from error

    async def _in_turn(
        self, target: Target, url: str, method: str, headers: Mapping[str, str], body: bytes
    ) -> Answered:
        async with self.places.at_address(host_of(url)):
            return await self._send(target, url, method, headers, body)

    async def _send(self, target: Target, url: str, method: str, headers: Mapping[str, str], body: bytes) -> Answered:
        async with (
            httpx2.AsyncClient(
                verify=trusted_by(self.ca_bundle),
                trust_env=False,
                follow_redirects=False,
                timeout=self.timeout.total_seconds(),
            ) as client,
            client.stream(
                method,
                url,
                headers={**headers, "host": target.authority, "accept-encoding": "identity", "user-agent": "idp"},
                content=body or None,
                extensions={"sni_hostname": target.host},
            ) as response,
        ):
            return Answered(response.status_code, _headers(response), await _body(target, response))


@cache
def trusted_by(ca_bundle: Path | None) -> ssl.SSLContext:
    """The system's authorities, and those of the bundle. To read them takes longer than many a request."""
    context = httpx2.create_ssl_context(trust_env=False)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_bundle is not None:
        context.load_verify_locations(cafile=ca_bundle)
    return context


def _headers(response: httpx2.Response) -> dict[str, str]:
    return {name.lower(): value for name, value in response.headers.items()}


async def _body(target: Target, response: httpx2.Response) -> bytes:
    """Counted as it comes: what a header says of its length is a stranger's word."""
    if response.headers.get("content-encoding", "identity").lower() != "identity":
        raise FetchRefused(f"{target.host} answered compressed")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > LARGEST:
            raise FetchRefused(f"{target.host} answered with more than {LARGEST // 1024} KiB")
    return bytes(body)


def _broken(target: Target, error: Exception) -> FetchRefused:
    return FetchRefused(f"{target.host} could not be asked: {type(error).__name__}")
