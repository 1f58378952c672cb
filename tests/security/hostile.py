"""What a hostile client makes of a request that is in order, and what must be so of the answer."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import httpx2
from hypothesis import strategies as st

from idp.testing.provider import ISSUER, MORNING
from tests.oidc.asking import CALLBACK, SECRET
from tests.oidc.redeeming import KEYS, jwks
from tests.security.orderly import JSON, PAGES, Request, as_json, signed

MARK = "<b title='\">"
"""Harmless where it is escaped."""
TOLD = re.compile(r"[\x20\x21\x23-\x5B\x5D-\x7E]*")
"""RFC 6749 §5.2."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`how`: set, drop, repeat. `where`: own, which is the form, the query or the JSON; query, headers.

    `name`: a number chooses one that is there, a text may be new.
    """

    how: str
    where: str
    name: str | int
    value: Any

    def of(self, request: Request) -> Request:
        where = self.where if self.where != "own" else "form" if request.form else "query"
        if self.where == "own" and request.content is not None:
            return replace(request, content=self._in_object(request.content))
        pairs = list(getattr(request, where))
        name = self._named([name for name, _ in pairs])
        if self.how != "repeat":
            pairs = [pair for pair in pairs if pair[0] != name]
        if self.how != "drop":
            text = self.value if isinstance(self.value, str) else as_json(self.value).decode()
            pairs.append((name, without_lines(text) if where == "headers" else text))
        changed: dict[str, Any] = {where: pairs}
        return replace(request, **changed)

    def _in_object(self, content: Mapping[str, Any]) -> dict[str, Any]:
        name = self._named(list(content))
        kept = {member: value for member, value in content.items() if member != name}
        return kept if self.how == "drop" else {**kept, name: self.value}

    def _named(self, there: list[str]) -> str:
        if isinstance(self.name, str):
            return self.name
        return there[self.name % len(there)] if there else "nothing"


def without_lines(text: str) -> str:
    """As much of it as the server lets through in a header."""
    return re.sub(r"[\r\n\x00]", "", text)[:4096]


WORDS = """
client_id redirect_uri response_type response_mode scope state nonce prompt max_age claims request request_uri resource
dpop_jkt id_token_hint login_hint logout_hint acr_values ui_locales claims_locales display token rel code_challenge
code_challenge_method code_verifier grant_type client_secret client_assertion refresh_token subject_token actor_token
audience assertion device_code post_logout_redirect_uri again interaction csrf redirect_uris grant_types response_types
jwks jwks_uri contacts default_max_age subject_type token_endpoint_auth_method tls_client_auth_subject_dn client_name
sector_identifier_uri logo_uri#es software_statement context authorization cookie dpop origin accept-language
content-type client-cert x-forwarded-for if-none-match accept sec-fetch-site
x-original-uri x-original-method
"""
NAMES = sorted({*WORDS.split(), *(name for names in PAGES.values() for name in names)})
ODD = (
    "",
    "\x00",
    "\ud800",
    "\u202e",
    "ı",
    MARK,
    "x" * 3000,
    "9" * 5000,
    "1e400",
    "NaN",
    "a.b.c",
    "a.b.c.d.e",
    "http://[",
    "https://evil.example/",
    "javascript:alert(1)",
    "none login",
    "urn:ietf:params:oauth:request_uri:x",
    '{"userinfo":{"email":{"values":[1e999]}}}',
    "Basic ====",
    "Basic OjoA",
    "DPoP x",
    "Bearer a b",
    "idp-session=a.b.c; idp-browser=\xff; idp-link=x; idp-registered=..; idp-notice=x.y",
    "en;q=nan,es;q=1e999,x-y_z;q=-1",
    ":MAA=:",
)
DEEP = st.integers(1, 1200).map("@deep-{}".format)
texts = st.sampled_from(ODD) | st.text(max_size=20)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | texts | DEEP
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=2))
NOW = int(MORNING.timestamp())
HEADERS: tuple[Mapping[str, Any], ...] = (
    {"alg": "ES256"},
    {"alg": "ES256", "typ": "oauth-authz-req+jwt"},
    {"alg": "ES256", "typ": "dpop+jwt", "jwk": jwks(KEYS["ES256"])["keys"][0]},
)
CLAIMS: Mapping[str, Any] = {
    "iss": "keyed",
    "sub": "keyed",
    "aud": ISSUER,
    "iat": NOW,
    "exp": NOW + 60,
    "htm": "POST",
    "htu": f"{ISSUER}/oauth2/token",
    "response_type": "code",
    "redirect_uri": CALLBACK,
}
"""Of an assertion, a request object and a proof at once."""

odd_headers = st.dictionaries(
    st.sampled_from(["alg", "typ", "kid", "crit", "b64", "zip", "jwk", "jku", "cty"]),
    st.sampled_from(["none", "HS256", "RS256", "EdDSA", "at+jwt", "JWT"]) | values,
    max_size=1,
)
odd_claims = st.dictionaries(st.sampled_from([*CLAIMS, "nbf", "jti", *NAMES]), values, max_size=2)
tokens = st.builds(
    lambda header, odd, claims, jti: signed({**header, **odd}, {**CLAIMS, "jti": jti, **claims}),
    st.sampled_from(HEADERS),
    odd_headers,
    odd_claims,
    st.uuids().map(str),
)
token_changes = st.builds(
    Change,
    how=st.just("set"),
    where=st.sampled_from(["own", "headers"]),
    name=st.sampled_from(
        ["client_assertion", "request", "dpop", "assertion", "subject_token", "id_token_hint", "token"]
    ),
    value=tokens,
)
changes = token_changes | st.builds(
    Change,
    how=st.sampled_from(["set", "set", "set", "drop", "repeat"]),
    where=st.sampled_from(["own", "own", "own", "query", "headers"]),
    name=st.integers(0, 20) | st.sampled_from(NAMES),
    value=texts | values,
)


EVIL = {"half a character": "\ud800", "no ASCII": "ÿı", "NUL": "a\x00b", "markup": MARK}
"""What some field or other was not ready for, elsewhere and here."""


def with_each_field(request: Request, value: str) -> Iterator[Request]:
    """One field after the other set to `value`."""
    own = request.content or request.form or request.query
    for where, there in (("own", own), ("headers", request.headers)):
        for number in range(len(there)):
            yield Change(how="set", where=where, name=number, value=value).of(request)


def judge(answer: httpx2.Response, request: Request) -> None:
    """What must be so of every answer."""
    assert answer.status_code < 500
    location, text = answer.headers.get("location", ""), answer.text
    assert not location or location.startswith((CALLBACK, "/"))
    assert not location.startswith(("//", "/\\"))
    assert SECRET not in text
    if answer.headers.get("content-type", "").startswith("text/html"):
        assert MARK not in text
        assert "default-src 'none'" in answer.headers["content-security-policy"]
    if request.path.startswith("/oauth2/") and answer.headers.get("content-type", "").startswith(JSON):
        _judge_words(answer)


def _judge_words(answer: httpx2.Response) -> None:
    """RFC 6749 §5.2: an error is told by a code, in characters that every client reads."""
    told = answer.json()
    if answer.is_error and "statusCode" not in told:
        assert told.keys() <= {"error", "error_description"}
        assert re.fullmatch(r"[a-z_]+", told["error"])
        assert TOLD.fullmatch(told.get("error_description", ""))
        assert "no-store" in answer.headers["cache-control"]
