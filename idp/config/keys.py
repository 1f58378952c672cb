"""Signing keys, cookies and how long sessions live."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from idp.config.refusal import refused
from idp.config.secret import Secret
from idp.config.table import Switch, Table
from idp.config.types import FilePath, Span, Within

SHORTEST_MASTER_KEY = 32


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < SHORTEST_MASTER_KEY:
        raise refused(f"is shorter than {SHORTEST_MASTER_KEY} characters", "Make one: openssl rand -base64 32")
    return secret


class Keys(Table):
    """The master key, which seals what lies in the database, and the keys that sign tokens."""

    master_key: Annotated[Secret, AfterValidator(_long_enough)] | None = Field(
        default=None, examples=[{"env": "IDP_MASTER_KEY"}]
    )
    """At least 32 characters, the same for every process and every restart. Unset: the one in `master_key_file`."""

    master_key_file: FilePath = Path("var/master.key")
    """Made at the first start, with mode 0600, unless `master_key` is set. Keep a copy apart from the database's."""

    access_token_algorithm: Literal["RS256", "ES256", "EdDSA"] = "ES256"
    """What access tokens are signed with (RFC 7518 §3.1, RFC 8037 §3.1)."""

    rsa_bits: Literal[2048, 3072, 4096] = 3072
    """Length of new RSA keys (RS256, PS256). 3072 have 128 bits of strength, as ASVS 11.2.3 asks. 2048 have 112, good
    until 2030 (NIST SP 800-57 Part 1 §5.6.1), and sign about three times as fast: for those whose busiest clients take
    nothing but RS256. 4096 sign half as fast. Keys that are there already stay as they are until their turn, which
    `idp keys rotate` brings sooner."""

    rotate_every: Annotated[Span, Within(timedelta(hours=1), timedelta(days=3650))] = timedelta(days=30)
    """How long a key signs. After it, it is published until the last token it signed has died."""

    publish_lead: Annotated[Span, Within(timedelta(seconds=1), timedelta(days=30))] = timedelta(minutes=15)
    """How long a new key is published before it signs; longer than `jwks_max_age`."""

    jwks_max_age: Annotated[Span, Within(timedelta(0), timedelta(days=1))] = timedelta(minutes=5)
    """How long others may cache the published keys; shorter than `publish_lead`, else they meet unknown keys."""


class Cookies(Table):
    """What all our cookies have in common. They are HttpOnly, with `Path=/` and without `Domain`."""

    prefix: Literal["", "__Host-", "__Secure-"] = ""
    """Put before the cookies' names (RFC 6265bis §4.1.3): browsers then refuse a cookie planted by a sibling host. Not
    put before Bloom's `access-token-available`, which front ends read by its name. Needs an https issuer."""

    same_site: Literal["lax", "strict", "none"] = "lax"
    """`none` lets pages of other sites send the cookies: for front ends on a site of their own, and only on https."""

    secure: Switch | None = Field(default=None, examples=[True])
    """Whether browsers send the cookies over https only. Unset: yes when the issuer is https, where it must be so."""


class Sessions(Table):
    """How long people stay signed in."""

    access: Annotated[Span, Within(timedelta(minutes=1), timedelta(hours=24))] = timedelta(hours=1)
    """Life of an access token and its cookie. NodeLoom's only cookie lives as long, and is prolonged by its refresh."""

    refresh: Annotated[Span, Within(timedelta(minutes=1), timedelta(days=400))] = timedelta(hours=24)
    """Life of a refresh token and its cookie; each use gives a new one."""

    longest: Annotated[Span, Within(timedelta(minutes=1), timedelta(days=400))] = timedelta(days=30)
    """After this a session ends, however often it was prolonged."""

    refresh_grace: Annotated[Span, Within(timedelta(0), timedelta(seconds=10))] = timedelta(0)
    """How long a refresh token that was just used still yields its successor, for double clicks. At 0, and after it,
    a second use ends the session: of two browser tabs that refresh at once, the second then signs both out. A few
    seconds (`"5s"`) are sensible for front ends in browsers."""
