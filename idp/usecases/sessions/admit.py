"""May this request pass? For proxies that ask us before they forward (nginx auth_request, Traefik, Caddy)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from idp.core.errors import SessionExpired, SessionMissing
from idp.usecases.sessions.identify import Identify, Principal

PLAIN_PATH = re.compile(r"(/[A-Za-z0-9._~!$&'()*+,=:@-]*)+")


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicRoute:
    """`path` is exact, or a prefix when it ends in `/*`. `methods` in upper case."""

    path: str
    methods: frozenset[str]

    def covers(self, method: str, path: str) -> bool:
        if method.upper() not in self.methods:
            return False
        if self.path.endswith("/*"):
            return path.startswith(self.path[:-1]) or path == self.path[:-2]
        return path == self.path


@dataclass(frozen=True, slots=True, kw_only=True)
class Admit:
    """The caller's principal; None where the route is public and nobody is signed in. Raises SessionExpired."""

    identify: Identify
    public_routes: Sequence[PublicRoute]

    async def __call__(self, tokens: Sequence[tuple[str, str]], method: str, path: str) -> Principal | None:
        """`tokens` are (contract, token) pairs, tried in order."""
        for contract, token in tokens:
            try:
                return await self.identify(token, contract)
            except (SessionExpired, SessionMissing):
                continue
        if self.is_public(method, path):
            return None
        raise SessionExpired

    def is_public(self, method: str, path: str) -> bool:
        """Only plain paths: what a proxy and an app might read differently is never public (Keycloak CVE-2026-0976)."""
        plain = path.partition("?")[0]
        if not PLAIN_PATH.fullmatch(plain) or "//" in plain or "/." in plain:
            return False
        return any(route.covers(method, plain) for route in self.public_routes)
