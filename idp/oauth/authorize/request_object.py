"""Request objects: parameters that the client signed (RFC 9101, OIDC Core §6, FAPI 2.0 Message Signing §5.3)."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from idp.core.client import Client, Profile
from idp.oauth.algorithms import FAPI_SIGNING, SIGNING, UNSIGNED
from idp.oauth.authorize.parameters import RESOURCE, Parameters
from idp.oauth.errors import (
    InvalidRequest,
    InvalidRequestObject,
    InvalidRequestUri,
    RequestNotSupported,
    RequestUriNotSupported,
)
from idp.oauth.neighbours import KnownClients
from idp.oauth.referee.jose import KeyUnknown, TokenRefused, Unverified, parse_jws, verify_parsed
from idp.oauth.rules import OAuthRules
from idp.oauth.ways_out import WaysOut
from idp.ports.ambient import Clock
from idp.ports.crypto import Decrypter, Undecryptable
from idp.ports.oauth import FetchRefused

JAR = "oauth-authz-req+jwt"
TYPES = frozenset({"", "jwt", JAR})
"""No other kind of token is a request object (RFC 8725 §3.11; row 77)."""
MEDIA_TYPES = "application/oauth-authz-req+jwt, application/jwt, */*"
"""The last, since OIDC Core §6.2 names no type: what comes is a JWT that verifies, or nothing."""
BY_OBJECT = ("request", "request_uri")
LONGEST_LIFE = timedelta(minutes=60)
CLOCK_SKEW = timedelta(seconds=60)
LATEST = 2**53
JWE_DOTS = 4
UNREGISTERED = "unsigned request objects are for clients that registered them"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestObjects:
    """Opens what came as `request`, or as a `request_uri` of the client's: not what was pushed.

    `decrypter` is None where encrypted ones are off.
    """

    rules: OAuthRules
    clients: KnownClients
    ways_out: WaysOut
    clock: Clock
    decrypter: Decrypter | None = None

    async def open(self, client: Client, outer: Parameters) -> Parameters:
        """The parameters that count; `outer` itself where no object came.

        Raises InvalidRequest, InvalidRequestUri, InvalidRequestObject or RequestNotSupported.
        """
        outer.require_sound(*BY_OBJECT)
        given = [name for name in BY_OBJECT if outer.get(name) is not None]
        if len(given) > 1:
            raise InvalidRequest("request and request_uri exclude each other")
        if not given:
            if client.metadata.require_signed_request_object:
                raise InvalidRequest("a signed request object is demanded of this client")
            return outer
        by_value = given == ["request"]
        parsed = self._parsed(outer.values["request"] if by_value else await self._fetch(client, outer))
        await self._verify(client, parsed, by_value=by_value)
        self._judge(client, parsed)
        return self._merge(client, parsed, outer)

    def _parsed(self, token: str) -> Unverified:
        """The JWS, out of its JWE if it comes in one (RFC 9101 §6.1): signed first, so that alone it proves nothing."""
        try:
            is_encrypted = self.decrypter is not None and token.count(".") == JWE_DOTS
            return parse_jws(self.decrypter.decrypt(token) if self.decrypter and is_encrypted else token)
        except Undecryptable:
            raise InvalidRequestObject("the request object cannot be decrypted") from None
        except TokenRefused:
            raise InvalidRequestObject("the request object is no JWT that we can read") from None

    async def _fetch(self, client: Client, outer: Parameters) -> str:
        """From an address that the client registered (OIDC Registration §2), by the guarded way out (row 102).

        Its fragment is a digest of the contents and changes with them (OIDC Core §6.2).
        """
        address = outer.values["request_uri"]
        bare = address.partition("#")[0]
        if address not in client.metadata.request_uris and bare not in client.metadata.request_uris:
            raise InvalidRequestUri("request_uri is not registered, unknown, used up or expired")
        try:
            fetched = await self.ways_out.of(client).get(address, accept=MEDIA_TYPES)
            return fetched.body.decode("ascii").strip()
        except (FetchRefused, UnicodeDecodeError):
            raise InvalidRequestUri("request_uri gives no request object") from None

    async def _verify(self, client: Client, parsed: Unverified, *, by_value: bool) -> None:
        if parsed.token_type not in TYPES:
            raise InvalidRequestObject("typ is none of a request object's")
        if parsed.algorithm == UNSIGNED:
            self._accept_unsigned(client, parsed, by_value=by_value)
            return
        allowed = self._algorithms(client)
        try:
            try:
                verify_parsed(parsed, await self.clients.keys(client), allowed)
            except KeyUnknown:
                verify_parsed(parsed, await self.clients.keys(client, fresh=True), allowed)
        except TokenRefused:
            raise InvalidRequestObject("the signature or its algorithm is wrong") from None

    def _accept_unsigned(self, client: Client, parsed: Unverified, *, by_value: bool) -> None:
        """Only where the client registered `none` (OIDC Core §6.1; row 78)."""
        if client.metadata.request_object_signing_alg != UNSIGNED:
            if client.metadata.require_signed_request_object or self._is_fapi(client):
                raise InvalidRequestObject("the request object is not signed")
            raise RequestNotSupported(UNREGISTERED) if by_value else RequestUriNotSupported(UNREGISTERED)
        if parsed.signature or client.metadata.require_signed_request_object or self._is_fapi(client):
            raise InvalidRequestObject("the request object is not signed")

    def _algorithms(self, client: Client) -> tuple[str, ...]:
        registered = client.metadata.request_object_signing_alg
        usual = FAPI_SIGNING if self._is_fapi(client) else SIGNING
        return usual if registered is None else tuple(name for name in usual if name == registered)

    def _judge(self, client: Client, parsed: Unverified) -> None:
        """RFC 9101 §4, §6.3, §10.8; FAPI 2.0 Message Signing §5.3.2."""
        claims, is_fapi = parsed.claims, self._is_fapi(client)
        if any(name in claims for name in BY_OBJECT):
            raise InvalidRequestObject("a request object holds no other")
        if claims.get("client_id", None if self._is_strict(client, parsed) else client.id) != client.id:
            raise InvalidRequestObject("client_id is missing or another's")
        if claims.get("iss", None if is_fapi else client.id) != client.id or claims.get("sub") == client.id:
            raise InvalidRequestObject("iss is not the client, or the token is a client assertion")
        audience = claims.get("aud", None if is_fapi else self.rules.issuer)
        if self.rules.issuer not in (audience if isinstance(audience, list) else [audience]):
            raise InvalidRequestObject("aud is not our issuer")
        self._judge_times(claims, must_be_short=is_fapi)

    def _judge_times(self, claims: Mapping[str, object], *, must_be_short: bool) -> None:
        now = self.clock.now().timestamp()
        expires, begins = _moment(claims, "exp"), _moment(claims, "nbf")
        if expires is not None and expires <= now:
            raise InvalidRequestObject("the request object has expired")
        if begins is not None and begins > now + CLOCK_SKEW.total_seconds():
            raise InvalidRequestObject("the request object is not valid yet")
        if must_be_short:
            longest = LONGEST_LIFE.total_seconds()
            if expires is None or begins is None or expires - begins > longest or now - begins > longest:
                raise InvalidRequestObject("exp and nbf must be there, and at most 60 minutes apart")

    def _merge(self, client: Client, parsed: Unverified, outer: Parameters) -> Parameters:
        """RFC 9101 §6.3: what stands outside is not read. OIDC Core §6.1 fills gaps from outside, where inside wins."""
        inner = Parameters.of(_pairs(parsed.claims))
        values = {**inner.values, "client_id": client.id}
        if self._is_strict(client, parsed) or not _speaks_openid(outer):
            return Parameters(values=values, resources=inner.resources, flawed=inner.flawed)
        around = {name: value for name, value in outer.values.items() if name not in BY_OBJECT}
        return Parameters(
            values={name: value for name, value in (around | values).items() if name not in inner.flawed},
            resources=inner.resources if RESOURCE in parsed.claims else outer.resources,
            flawed=inner.flawed | (outer.flawed - parsed.claims.keys()),
        )

    def _is_strict(self, client: Client, parsed: Unverified) -> bool:
        return parsed.token_type == JAR or client.metadata.require_signed_request_object or self._is_fapi(client)

    def _is_fapi(self, client: Client) -> bool:
        return self.rules.profile_of(client) is Profile.FAPI2


def _speaks_openid(outer: Parameters) -> bool:
    """OIDC Core §6.1 has response_type and the scope `openid` outside as well."""
    return outer.get("response_type") is not None and "openid" in outer.words("scope")


def _pairs(claims: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Members as parameters are written in an address. Raises InvalidRequestObject."""
    for name, value in claims.items():
        match value:
            case str():
                yield name, value
            case list() if name == RESOURCE:
                yield from ((name, one) for one in value if isinstance(one, str))
            case int() if name == "max_age" and not isinstance(value, bool):
                yield name, str(value)
            case dict() if name == "claims":
                yield name, json.dumps(value)


def _moment(claims: Mapping[str, object], name: str) -> float | None:
    """NumericDate (RFC 7519 §2)."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < LATEST:
        raise InvalidRequestObject(f"{name} is no time")
    return value
