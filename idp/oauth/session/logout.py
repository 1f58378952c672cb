"""An app asks us to sign somebody out (OIDC RP-Initiated Logout 1.0). What is asked for; another module does it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import urlencode, urlsplit

from idp.core.client import Client
from idp.core.errors import SessionExpired
from idp.core.session import Source
from idp.oauth.errors import InvalidRequest
from idp.oauth.neighbours import KnownClients
from idp.ports.oauth import HintVerifier

LONGEST: Mapping[str, int] = {
    "id_token_hint": 4 * 1024,
    "logout_hint": 256,
    "client_id": 2048,
    "post_logout_redirect_uri": 2048,
    "state": 2048,
    "ui_locales": 256,
}
"""What is known, and how long it may be: what is posted comes back in an address, of 8 KiB at most."""
MOST_LOCALES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Logout:
    """`subject` is whom a proved hint names, as `client` knows them, and `sid` their session; None: nobody proved that
    an app asks. `hint` is whom an app means, where several people are signed in.

    `continue_to` is registered by the client, byte by byte, and carries `state`.
    """

    client: Client | None = None
    subject: str | None = None
    sid: str | None = None
    continue_to: str | None = None
    languages: tuple[str, ...] = ()
    hint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgeLogout:
    clients: KnownClients
    hints: HintVerifier

    async def __call__(self, parameters: Mapping[str, str], source: Source) -> Logout:
        """Raises InvalidRequest where nobody may be sent back, nor asked: see the error page (rows 93, 100). Raises
        TooManyRequests for a client whose document would have to be fetched.

        A hint that is not ours proves nothing, so nothing that came with it is believed: the person is asked, and stays
        here. `logout_hint` proves nothing either: it chooses.
        """
        return replace(await self._judged(parameters, source), hint=parameters.get("logout_hint"))

    async def _judged(self, parameters: Mapping[str, str], source: Source) -> Logout:
        languages = tuple(parameters.get("ui_locales", "").split()[:MOST_LOCALES])
        hint = parameters.get("id_token_hint")
        if hint:
            return await self._hinted(hint, parameters, languages)
        client = await self._named(parameters.get("client_id"), source)
        continue_to = _way_back(client, parameters) if client else None
        return Logout(client=client, continue_to=continue_to, languages=languages)

    async def _hinted(self, hint: str, parameters: Mapping[str, str], languages: tuple[str, ...]) -> Logout:
        try:
            claims = self.hints.verify_hint(hint)
        except SessionExpired:
            return Logout(languages=languages)
        audience = _audience(claims.get("aud"))
        named = parameters.get("client_id")
        if named and named not in audience:
            raise InvalidRequest("client_id is not whom the hint was issued to")  # RP-Initiated Logout §2
        client = await self.clients.find(named or next(iter(audience), ""))
        if client is None:
            return Logout(languages=languages)
        return Logout(
            client=client,
            subject=str(claims["sub"]),
            sid=str(claims["sid"]) if "sid" in claims else None,
            continue_to=_way_back(client, parameters),
            languages=languages,
        )

    async def _named(self, client_id: str | None, source: Source) -> Client | None:
        if not client_id:
            return None
        client = await self.clients.find(client_id, source)
        if client is None:
            raise InvalidRequest("client_id is not known")
        return client


def known_of(parameters: Mapping[str, str]) -> dict[str, str]:
    """Those that mean something here; the others are ignored (RFC 6749 §3.1). Raises InvalidRequest."""
    known = {name: value for name, value in parameters.items() if name in LONGEST}
    if any(len(value) > LONGEST[name] for name, value in known.items()):
        raise InvalidRequest("a parameter is too long")
    return known


def asked_again(logout: Logout, parameters: Mapping[str, str]) -> dict[str, str]:
    """The parameters for the page that asks: what was proved by a hint stands by the client's name from there on."""
    again = {"client_id": logout.client.id} if logout.client else {}
    kept = {"post_logout_redirect_uri", "state"} if logout.continue_to else set()
    return again | {name: value for name, value in parameters.items() if name in kept | {"ui_locales", "logout_hint"}}


def _way_back(client: Client, parameters: Mapping[str, str]) -> str | None:
    """Compared byte by byte (§3.1). Raises InvalidRequest: who asks for another address is not who it says."""
    address = parameters.get("post_logout_redirect_uri")
    if not address:
        return None
    if address not in client.metadata.post_logout_redirect_uris:
        raise InvalidRequest("post_logout_redirect_uri is not registered")
    state = parameters.get("state")
    if not state:
        return address
    return f"{address}{'&' if urlsplit(address).query else '?'}{urlencode({'state': state})}"


def _audience(value: object) -> list[str]:
    return (
        [value]
        if isinstance(value, str)
        else [one for one in value if isinstance(one, str)]
        if isinstance(value, list)
        else []
    )
