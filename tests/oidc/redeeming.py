"""A client at the token endpoint, and its keys."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

from idp.core.events import EventName
from idp.testing.provider import ISSUER, TestProvider
from tests.oidc.asking import CALLBACK, SECRET, VERIFIER

TOKEN = "/oauth2/token"
USERINFO = "/oauth2/userinfo"
ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEYS: Mapping[str, Key] = {
    "ES256": ECKey.generate_key("P-256"),
    "EdDSA": OKPKey.generate_key("Ed25519"),
    "RS256": RSAKey.generate_key(2048),
}
FITTING = {
    "EC": ("ES256",),
    "OKP": ("EdDSA", "Ed25519"),
    "RSA": ("RS256", "PS256"),
    "oct": ("HS256",),
}
"""What a key can sign by; the first where a header names something else."""


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the token endpoint."""

    response: httpx2.Response

    @property
    def status(self) -> int:
        return self.response.status_code

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = self.response.json()
        return found

    @property
    def error(self) -> str | None:
        return self.body.get("error")

    @property
    def access_token(self) -> str:
        return str(self.body["access_token"])

    @property
    def refresh_token(self) -> str:
        return str(self.body["refresh_token"])

    @property
    def claims(self) -> dict[str, Any]:
        """Of the access token."""
        return claims_of(self.access_token)

    @property
    def id_claims(self) -> dict[str, Any]:
        return claims_of(self.body["id_token"])


@dataclass(slots=True)
class App:
    """A client as a program. `method` is how it proves itself; `jkt_key` is what it signs DPoP proofs with."""

    op: TestProvider
    browser: httpx2.AsyncClient
    client_id: str = "app"
    method: str = "client_secret_basic"
    key: Key | None = None
    algorithm: str = "ES256"
    dpop_key: Key | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    async def send(self, path: str, headers: Mapping[str, str] | None = None, /, **form: str | None) -> Told:
        """A form as it is; None leaves a field out."""
        sent = {name: value for name, value in form.items() if value is not None}
        return Told(await self.browser.post(path, data=sent, headers={**self.headers, **(headers or {})}))

    async def post(self, headers: Mapping[str, str] | None = None, /, **form: str | None) -> Told:
        """To the token endpoint."""
        return await self.send(TOKEN, headers, **form)

    async def ask(self, grant_type: str, headers: Mapping[str, str] | None = None, /, **form: str | None) -> Told:
        """With the client's authentication, and a DPoP proof if it has a key for that."""
        own = self.authentication()
        proved = {"dpop": self.proof()} if self.dpop_key is not None else {}
        fields: dict[str, str | None] = {"grant_type": grant_type, **own.form, **form}
        return await self.post({**own.headers, **proved, **(headers or {})}, **fields)

    async def redeem(self, code: str | None, **form: str | None) -> Told:
        usual = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
        return await self.ask("authorization_code", **{**usual, **form})

    async def refresh(self, token: str, **form: str | None) -> Told:
        return await self.ask("refresh_token", refresh_token=token, **form)

    async def userinfo(self, token: str, scheme: str = "Bearer", **headers: str) -> httpx2.Response:
        return await self.browser.get(USERINFO, headers={"authorization": f"{scheme} {token}", **headers})

    def authentication(self) -> "Own":
        match self.method:
            case "client_secret_basic":
                return Own(headers={"authorization": basic(self.client_id, SECRET)})
            case "client_secret_post":
                return Own(form={"client_id": self.client_id, "client_secret": SECRET})
            case "private_key_jwt" | "client_secret_jwt":
                return Own(form={"client_assertion_type": ASSERTION_TYPE, "client_assertion": self.assertion()})
        return Own(form={"client_id": self.client_id})

    def assertion(self, **changes: Any) -> str:
        """None takes a claim out."""
        now = int(self.op.clock.now().timestamp())
        claims = {
            "iss": self.client_id,
            "sub": self.client_id,
            "aud": ISSUER,
            "jti": self.op.provider.ambient.entropy.id(),
            "iat": now,
            "exp": now + 60,
            **changes,
        }
        assert self.key is not None
        return sign({"alg": self.algorithm}, claims, self.key)

    def proof(
        self, *, access_token: str | None = None, header: Mapping[str, object] | None = None, **changes: Any
    ) -> str:
        """A DPoP proof for the token endpoint, or with changes for another; None takes a claim out."""
        assert self.dpop_key is not None
        claims = {
            "jti": self.op.provider.ambient.entropy.id(),
            "htm": "POST",
            "htu": ISSUER + TOKEN,
            "iat": int(self.op.clock.now().timestamp()),
            "ath": digest(access_token) if access_token else None,
            **changes,
        }
        public = self.dpop_key.as_dict(private=False)
        jwk = {name: public[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in public}
        own = {"typ": "dpop+jwt", "alg": FITTING[self.dpop_key.key_type][0], "jwk": jwk}
        return sign({**own, **(header or {})}, claims, self.dpop_key)

    @property
    def jkt(self) -> str:
        assert self.dpop_key is not None
        return self.dpop_key.thumbprint()


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)


def basic(client_id: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()


def sign(header: Mapping[str, object], claims: Mapping[str, object], key: Key) -> str:
    """A JWS with exactly this header, whatever it says; None takes a member out."""
    head = encoded(orjson.dumps({name: value for name, value in header.items() if value is not None}))
    body = encoded(orjson.dumps({name: value for name, value in claims.items() if value is not None}))
    message = f"{head}.{body}"
    named = str(header.get("alg"))
    method = JWSRegistry.algorithms[named if named in FITTING[key.key_type] else FITTING[key.key_type][0]]
    signature = method.sign(message.encode(), key)
    return f"{message}.{encoded(signature)}"


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def digest(text: str) -> str:
    return encoded(hashlib.sha256(text.encode()).digest())


def claims_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return found


def header_of(token: str) -> dict[str, Any]:
    found: dict[str, Any] = orjson.loads(base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "=="))
    return found


def jwks(*keys: Key, **more: Any) -> dict[str, Any]:
    """The public halves, as a client registers them."""
    return {"keys": [{**key.as_dict(private=False), **more} for key in keys]}


async def recorded(op: TestProvider, name: EventName) -> int:
    """How often the audit trail holds it."""
    found = await op.provider.store.read(lambda work: work.audit.page(limit=1000, name=name.value))
    return len(found)
