"""A request to one of the endpoints that clients, not people, speak to."""

from collections.abc import Mapping
from dataclasses import dataclass

from idp.core.session import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthRequest:
    """`url` is our own address of the endpoint, from the issuer and never from Host (rows 66, 105).

    `form` holds each parameter once; `resources` the one that may repeat (RFC 8707 §2). Header names are in lower case.
    `certificate` is the client's, in PEM, as the trusted proxy showed it. `dpop` holds every DPoP header: two are one
    too many (RFC 9449 §4.3).
    """

    method: str
    url: str
    headers: Mapping[str, str]
    form: Mapping[str, str]
    resources: tuple[str, ...] = ()
    dpop: tuple[str, ...] = ()
    certificate: str | None = None
    source: Source
